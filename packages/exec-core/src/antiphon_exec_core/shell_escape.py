"""`!command` and `x = !command`: what `get_ipython().system` and `.getoutput` do.

`_exit_code` in the user's names tells how the last `!command` ended. Where our outlet is the terminal itself, the
command has it; elsewhere its output is passed on as it comes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .outputs import current_outlet

INTERRUPTED = (-2, 130)  # by Ctrl-C: as the system says it, and as a shell does


def system(command: str, namespace: Any, raise_on_error: bool = False) -> None:
    """Run a shell command and show its output as it comes; sets `_exit_code`.

    Raises subprocess.CalledProcessError for a non-zero code if `raise_on_error`, KeyboardInterrupt when interrupted.
    """
    outlet = current_outlet()
    if has_terminal(outlet):
        from .foreground import run_in_foreground

        code = run_in_foreground(command, outlet.lend)  # type: ignore[attr-defined]
        if code in INTERRUPTED:
            namespace.user_ns["_exit_code"] = code
            raise KeyboardInterrupt
    else:
        from .processes import stream_command, to_stdout

        if command.rstrip().endswith("&"):
            raise OSError("Background processes not supported.")
        code = stream_command(command, out=to_stdout, terminal=True, ask=asking(outlet))
    namespace.user_ns["_exit_code"] = code
    if raise_on_error and code:
        import subprocess

        raise subprocess.CalledProcessError(code, command)


def asking(outlet: Any) -> Callable[[str, bool], str] | None:
    """How a child's questions reach the user; None where nobody answers."""
    ask: Callable[[str, bool], str] | None = outlet.ask if getattr(outlet, "asks_for_children", False) else None
    return ask


def getoutput(command: str) -> StringList:
    """The lines that a shell command writes, stderr among them."""
    from .processes import stream_command

    parts: list[str] = []
    stream_command(command, out=parts.append)
    return StringList("".join(parts).splitlines())


def has_terminal(outlet: Any) -> bool:
    """Whether a child can have the terminal that the outlet writes to."""
    return bool(getattr(outlet, "is_terminal", False)) and _is_stdout_ours()


def _is_stdout_ours() -> bool:
    """Whether stdout is what a child inherits, not something that a cell put in its place."""
    try:
        return sys.stdout.fileno() == 1
    except (AttributeError, OSError, ValueError):
        return False


class StringList(list[str]):
    """Lines of output: a list with `.s` (joined by blanks), `.n` (by newlines), `.p` (paths), grep, fields, sort."""

    @property
    def l(self) -> list[str]:  # noqa: E743
        return self

    list = l

    @property
    def s(self) -> str:
        return " ".join(self)

    spstr = s

    @property
    def n(self) -> str:
        return "\n".join(self)

    nlstr = n

    @property
    def p(self) -> Any:
        import os
        from pathlib import Path

        return [Path(line) for line in self if os.path.exists(line)]

    paths = p

    def grep(self, pattern: str | Callable[[str], bool], prune: bool = False, field: int | None = None) -> StringList:
        """Lines that match a regular expression (in any case) or a predicate; with `prune` those that do not.

        `field` looks at one whitespace-separated column only.
        """
        import re

        matches = pattern if callable(pattern) else lambda text: bool(re.search(pattern, text, re.IGNORECASE))

        def target(line: str) -> str:
            if field is None:
                return line
            columns = line.split()
            return columns[field] if -len(columns) <= field < len(columns) else ""

        return StringList(line for line in self if bool(matches(target(line))) != prune)

    def fields(self, *columns: int) -> Any:
        """The whitespace-separated columns of each line, joined by a blank; without arguments, lists of all of them."""
        split = [line.split() for line in self]
        if not columns:
            return split
        chosen = [" ".join(row[at] for at in columns if -len(row) <= at < len(row)) for row in split]
        return StringList(line for line in chosen if line)

    def sort(self, field: int | None = None, nums: bool = False) -> StringList:  # type: ignore[override]
        """Sorted lines, by a column if given, by number if `nums`; a new list."""

        def key(line: str) -> Any:
            columns = line.split()
            text = line if field is None else (columns[field] if -len(columns) <= field < len(columns) else "")
            if nums:
                digits = "".join(filter(str.isdigit, text))
                return int(digits) if digits else 0
            return text

        return StringList(sorted(self, key=key))
