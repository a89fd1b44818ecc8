"""A page (what `obj?` answers) shown to a reader: by a pager where it is long and there is a terminal, else printed.

The environment decides as for other programs: PAGER is the command (`less -R` where it is unset), and LESS is set to
"quit if it fits, keep colours, leave the screen" where it is unset.
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from . import sgr, widths
from .rendering import Look, choose

Run = Callable[[Sequence[str], str, Mapping[str, str]], bool]
"""Run a command with text on its standard input and this environment; False when it could not."""

_LESS = "FRX"


def page_text(
    data: Mapping[str, Any], look: Look, preference: Sequence[str] = ("text/plain", "text/markdown", "text/html")
) -> str:
    """The MIME bundle of a page payload as text; pages are written as text/plain first of all."""
    return choose(data, {}, preference, look).text.rstrip("\n") + "\n"


def rows_of(text: str, columns: int) -> int:
    """How many rows of the screen `text` takes."""
    lines = text.removesuffix("\n").split("\n")
    return sum(max(1, -(-widths.visible_width(line) // columns)) for line in lines)


def command(environ: Mapping[str, str]) -> list[str] | None:
    """The pager as words, or None where there is none (`PAGER=cat` and an empty PAGER say: do not page)."""
    words = shlex.split(environ.get("PAGER", "less -R"), posix=os.name != "nt")
    if not words or words[0] in ("cat", "") or environ.get("TERM", "dumb") == "dumb":
        return None
    return words if shutil.which(words[0], path=environ.get("PATH")) else None


def page(
    text: str,
    *,
    write: Callable[[str], Any],
    rows: int,
    columns: int,
    interactive: bool,
    start: int = 0,
    environ: Mapping[str, str] | None = None,
    run: Run | None = None,
) -> bool:
    """Show `text` from line `start` on; True when a pager showed it. Blocks while it is read."""
    environ = os.environ if environ is None else environ
    words = command(environ) if interactive and rows_of(text, columns) > rows - 2 else None
    if words is not None:
        plain = os.path.basename(words[0]) != "less"
        if not plain:
            environ = {**environ, "LESS": environ.get("LESS", _LESS)}
            words += [f"+{start + 1}"] * (start > 0)
        if (run or _run)(words, sgr.strip(text) if plain else text, environ):
            return True
    write("".join(text.splitlines(keepends=True)[start:]))
    return False


def _run(words: Sequence[str], text: str, environ: Mapping[str, str]) -> bool:
    """The reader may leave before the end, and Ctrl-C is the pager's."""
    import signal
    import subprocess

    before = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, lambda *_: None)  # a handler, unlike "ignore", is not handed down
        owned = True
    except ValueError:  # not the main thread
        owned = False
    try:
        process = subprocess.Popen(words, stdin=subprocess.PIPE, env=dict(environ))
        with process, suppress(BrokenPipeError):
            process.communicate(text.encode(errors="replace"))
        return process.returncode in (0, 1, 2) or process.returncode < 0
    except OSError:
        return False
    finally:
        if owned:
            signal.signal(signal.SIGINT, before)
