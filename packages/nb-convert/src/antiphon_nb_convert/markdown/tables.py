"""Tables of the token tree as a grid: rows of cells that may span, the same for every writer.

Markdown's tables have one row of head and no spans; those that come out of HTML may have several and some.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from .html import plain

if TYPE_CHECKING:
    from .parsing import Token


class Cell(NamedTuple):
    """Inline tokens; `blocks` where HTML had more than that in it; `align` is "left", "right", "center" or None."""

    children: list[Token]
    align: str | None = None
    head: bool = False
    colspan: int = 1
    rowspan: int = 1


class Grid(NamedTuple):
    """`rows` hold the cells that begin there; the first `heads` of them are the head; `columns` is the width."""

    columns: int
    heads: int
    rows: list[list[Cell]]
    caption: list[Token]

    def filled(self) -> list[list[Cell | None]]:
        """Rows of `columns` each: a cell where it begins, None where a spanning one covers or nothing is."""
        found: list[list[Cell | None]] = [[None] * self.columns for _ in self.rows]
        for number, column, cell in self.placed():
            found[number][column] = cell
        return found

    def placed(self) -> Iterator[tuple[int, int, Cell]]:
        """Each cell with the row and the column it begins in."""
        taken: set[tuple[int, int]] = set()
        for number, row in enumerate(self.rows):
            column = 0
            for cell in row:
                while (number, column) in taken:
                    column += 1
                yield number, column, cell
                if cell.rowspan > 1:
                    taken.update(
                        (lower, right)
                        for lower in range(number + 1, number + cell.rowspan)
                        for right in range(column, column + cell.colspan)
                    )
                column += cell.colspan

    def widths(self) -> list[float]:
        """How wide each column would like to be, in em of the text: what can be broken counts up to a limit."""
        widths = [1.0] * self.columns
        for _, column, cell in self.placed():
            if cell.colspan > 1 or column >= self.columns:
                continue
            text = plain(cell.children)
            heavy = 1.15 if cell.head else 1.0
            longest = max((min(width_of(word), 21.0) for word in text.split()), default=0.0)
            widths[column] = max(widths[column], heavy * longest, min(heavy * width_of(text), 15.0))
        return [width + 1.1 for width in widths]

    def bands(self, room: float, smallest: float) -> tuple[list[list[int]], float]:
        """The columns that stand beside each other in `room` (em), and how much smaller their text must be.

        A table that would be smaller than `smallest` is cut, where no cell spans columns; the leading columns that
        name the rows stand in front of each band.
        """
        widths = self.widths()
        total = sum(widths)
        scale = min(1.0, room / total)
        every = list(range(self.columns))
        if scale >= smallest:
            return [every], scale
        if any(cell.colspan > 1 for _, _, cell in self.placed()):
            return [every], max(scale, 0.3)
        named = {column for number, column, cell in self.placed() if cell.head and number >= self.heads}
        names = 0
        while names in named and names < self.columns - 1:
            names += 1
        limit = room / smallest
        fixed = sum(widths[:names])
        if fixed > limit / 2:
            names, fixed = 0, 0.0
        even = (total - fixed) / math.ceil((total - fixed) / (limit - fixed))  # so that no column is left alone
        bands: list[list[int]] = [[]]
        used = 0.0
        for column in every[names:]:
            if bands[-1] and used + widths[column] / 2 > even * len(bands):
                bands.append([])
            bands[-1].append(column)
            used += widths[column]
        widest = fixed + max(sum(widths[column] for column in band) for band in bands)
        return [every[:names] + band for band in bands], max(min(1.0, room / widest), 0.3)


def width_of(text: str) -> float:
    """About how wide a text is, in em of a common font."""
    if text.isascii():
        return 0.52 * len(text)
    return sum(1.0 if unicodedata.east_asian_width(char) in "WF" else 0.52 for char in text)


def grid(table: Token) -> Grid:
    """The grid of a token of type `table`."""
    rows: list[list[Cell]] = []
    heads = 0
    for part in table["children"]:
        if part["type"] == "table_head":
            inner = part["children"]
            head_rows = [row["children"] for row in inner if row["type"] == "table_row"] or ([inner] if inner else [])
            rows += [[_cell(cell) for cell in row] for row in head_rows]
            heads += len(head_rows)
        else:
            rows += [[_cell(cell) for cell in row["children"]] for row in part["children"]]
    attrs = table.get("attrs", {})
    return Grid(attrs.get("columns", 0) or max(map(len, rows), default=0), heads, rows, attrs.get("caption", []))


def _cell(token: Token) -> Cell:
    attrs = token.get("attrs", {})
    return Cell(
        token.get("children", []),
        attrs.get("align"),
        bool(attrs.get("head")),
        attrs.get("colspan", 1),
        attrs.get("rowspan", 1),
    )
