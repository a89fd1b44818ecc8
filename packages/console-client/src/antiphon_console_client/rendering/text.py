"""text/plain, and tracebacks: as they are, with colours, without anything that moves the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from ..escapes import still
from .look import Look


def render_text(value: object, look: Look) -> str | None:
    """Whatever was sent as text; the terminal wraps it, so that it can be copied out whole."""
    return still(joined(value), look.colour)


def render_error(ename: str, evalue: str, traceback: Sequence[str], look: Look) -> str:
    """The traceback as the kernel drew it, or the error in one line where it drew none."""
    lines = traceback or (f"{ename}: {evalue}" if evalue else ename,)
    return still("\n".join(map(str, lines)), look.colour).rstrip("\n")


def joined(value: object) -> str:
    """A MIME value as text: notebooks on disk hold lists of lines."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return str(value)
