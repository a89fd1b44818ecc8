"""text/plain, and tracebacks: as they are, with colours, without anything that moves the cursor."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..escapes import still
from .look import Look

# How tracebacks begin: a rule of 75 dashes, then the name of the error and these words at its right end.
_HEAD = re.compile(r"\A(?P<rule>(?:\x1b\[[\d;]*m)*-{20,}.*\n)?(?P<name>.*?\S)(?P<gap> {2,})(?P<words>Traceback \(.*)")


def render_text(value: object, look: Look) -> str | None:
    """Whatever was sent as text; the terminal wraps it, so that it can be copied out whole."""
    return still(joined(value), look.colour)


def render_error(ename: str, evalue: str, traceback: Sequence[str], look: Look) -> str:
    """The traceback as the kernel drew it, or the error in one line where it drew none."""
    lines = traceback or (f"{ename}: {evalue}" if evalue else ename,)
    text = still("\n".join(map(str, lines)), look.colour).rstrip("\n")
    return _HEAD.sub(lambda head: _narrowed(head, look.columns), text)


def _narrowed(head: re.Match[str], columns: int) -> str:
    """The head of a traceback for a terminal that is narrower than it."""
    from ..widths import visible_width

    rule, name, gap, words = head["rule"] or "", head["name"], head["gap"], head["words"]
    rule = re.sub("-{20,}", lambda dashes: dashes[0][:columns], rule)
    over = max(0, visible_width(name + gap + words) - columns)
    return f"{rule}{name}{gap[: max(1, len(gap) - over)]}{words}"


def joined(value: object) -> str:
    """A MIME value as text: notebooks on disk hold lists of lines."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return str(value)
