"""The text of stdout or stderr as a terminal would leave it: carriage returns overwrite, backspaces take away.

However the kernel cuts its output into pieces, the text is the same as if it had come at once; what a progress bar
has overwritten is not kept in memory either.
"""

from __future__ import annotations

import re

SETTLE = 65_536
"""Characters that may wait before what they say for good is worked out."""

_ENDS = re.compile(r"(?<!\r)\r+\n")
_UNITS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\s\S]")
"""What takes one place, or, an escape sequence, none."""


def settled(text: str) -> str:
    """`text` with its carriage returns and backspaces carried out.

    A return overwrites character by character, as in a terminal; where one of the two texts has escape sequences, which
    take no place there, it starts the line anew. One at the very end stays: what it does depends on what follows.
    """
    if "\r" not in text and "\b" not in text:
        return text
    *whole, last = _ENDS.sub("\n", text).split("\n")
    # What a backspace took away may leave a return at the end of its line, where it does nothing.
    return "\n".join([*(_line(line).rstrip("\r") for line in whole), _line(last)])


class StreamText:
    """Pieces of one stream, as they come."""

    __slots__ = ("_limit", "_open", "_settled", "_size")

    def __init__(self) -> None:
        self._settled: list[str] = []
        self._open: list[str] = []
        self._size = 0
        self._limit = SETTLE

    def write(self, text: str) -> None:
        self._open.append(text)
        self._size += len(text)
        if self._size > self._limit:
            self._settle()

    @property
    def text(self) -> str:
        """All of it so far."""
        return "".join(self._settled) + settled("".join(self._open))

    def _settle(self) -> None:
        """Whole lines are done with. Of the last line only what its last return may still overwrite is kept."""
        lines, end, rest = "".join(self._open).rpartition("\n")
        if end:
            self._settled.append(settled(lines + end))
        before, back, after = rest.rpartition("\r")
        # A sequence may come in two pieces: backspaces among such are left until all is there.
        kept = after if "\x1b" in after else _erased(after)
        self._open = [_line(before) + back + kept if back else kept]
        self._size = 0
        self._limit = max(SETTLE, len(self._open[0]))  # each time twice as much, so that a long line takes linear time


def _line(line: str) -> str:
    if "\r" not in line:
        return _erased(line)
    parts = [_erased(part) for part in line.split("\r")]
    shown: list[str] = []
    styled = False
    for part in parts:
        if not part:
            continue
        if styled or "\x1b" in part:
            shown = list(part)
            styled = "\x1b" in part
        else:
            shown[: len(part)] = part
    if not parts[-1]:
        shown.append("\r")
    return "".join(shown)


def _erased(text: str) -> str:
    """Without the characters that backspaces took away; never beyond its start. Escape sequences stay."""
    if "\b" not in text:
        return text
    units: list[str] = []
    places: list[int] = []  # where in them the characters are that a backspace can reach
    for unit in _UNITS.findall(text):
        if unit != "\b":
            if len(unit) == 1:
                places.append(len(units))
            units.append(unit)
        elif places:
            units[places.pop()] = ""
    return "".join(units)
