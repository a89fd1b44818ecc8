"""One row of the screen as it stands: runs of styled text, and perhaps a picture that hangs from it."""

from __future__ import annotations

from . import sgr, widths

END_LINK = "\x1b]8;;\x1b\\"

Part = tuple[str, str, int]
"""Style (an OSC 8 link, an SGR sequence, both or neither), text, cells."""


class Row:
    """`picture` draws the picture whose upper left corner is this row's first cell, `wipe` takes it away.

    A `fixed` row was written by somebody else: it is known to be there, but not what it says.
    """

    __slots__ = ("fixed", "parts", "picture", "width", "wipe")

    def __init__(self, parts: list[Part] | None = None, *, picture: str = "", wipe: str = "", fixed: bool = False):
        self.parts: list[Part] = list(parts or ())
        self.width = sum(part[2] for part in self.parts)
        self.picture = picture
        self.wipe = wipe
        self.fixed = fixed

    def copy(self) -> Row:
        """The same in another place."""
        return Row(self.parts, picture=self.picture, wipe=self.wipe, fixed=self.fixed)

    def put(self, column: int, style: str, text: str, cells: int) -> None:
        """Write over what is there; a gap before it becomes spaces."""
        if column >= self.width:
            if column > self.width:
                self.parts.append(("", " " * (column - self.width), column - self.width))
            _append(self.parts, (style, text, cells))
            self.width = column + cells
            return
        after = _between(self.parts, column + cells, self.width)
        self.parts = _between(self.parts, 0, column)
        _append(self.parts, (style, text, cells))
        if after:
            _append(self.parts, after[0])
            self.parts += after[1:]
        self.width = max(self.width, column + cells)

    @property
    def empty(self) -> bool:
        """Is there nothing to see?"""
        return not (self.fixed or self.picture or any(text.strip() for _, text, _ in self.parts))

    def erase(self, start: int, stop: int) -> None:
        """Empty the cells from `start` up to `stop`."""
        if stop >= self.width:
            self.parts = _between(self.parts, 0, start)
            self.width = min(self.width, start)
        elif stop > start:
            self.put(start, "", " " * (stop - start), stop - start)

    def text(self) -> str:
        """The row as written to a terminal, without its picture; it ends in the plain style."""
        out, style = [], ""
        for own, text, _ in self.parts:
            if own != style:
                out.append(_left(style) + own)
                style = own
            out.append(text)
        return "".join(out) + _left(style)


def _append(parts: list[Part], part: Part) -> None:
    """Add a part, to the last one if that is alike: a row written cell by cell does not become one part for each."""
    style, text, cells = part
    if parts and parts[-1][0] == style and text.isascii() and parts[-1][1].isascii():
        _, before, width = parts[-1]
        parts[-1] = (style, before + text, width + cells)
    else:
        parts.append(part)


def _left(style: str) -> str:
    """What ends a style."""
    return END_LINK * ("\x1b]" in style) + sgr.RESET * ("\x1b[" in style)


def _between(parts: list[Part], start: int, stop: int) -> list[Part]:
    """The cells from `start` up to `stop`; half a wide character becomes a space."""
    found: list[Part] = []
    at = 0
    for style, text, cells in parts:
        left, right = max(start - at, 0), min(stop - at, cells)
        at += cells
        if left >= right:
            if at >= stop:
                break
            continue
        if left == 0 and right == cells:
            found.append((style, text, cells))
            continue
        if len(text) == cells and text.isascii():
            found.append((style, text[left:right], right - left))
            continue
        found.append((style, _slice(text, left, right), right - left))
    return found


def _slice(text: str, left: int, right: int) -> str:
    cells: list[str] = []
    for character in text:
        size = widths.cell_width(character)
        if size:
            cells += [character, *[""] * (size - 1)]
        elif cells:
            cells[-1 if cells[-1] else -2] += character
    kept = cells[left:right]
    if not kept[0]:
        kept[0] = " "
    if right < len(cells) and not cells[right]:
        kept[-1] = " "
    return "".join(kept)
