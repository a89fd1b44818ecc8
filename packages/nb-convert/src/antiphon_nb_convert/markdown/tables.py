"""Tables of the token tree as a grid: rows of cells that may span, the same for every writer.

Markdown's tables have one row of head and no spans; those that come out of HTML may have several and some.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

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
