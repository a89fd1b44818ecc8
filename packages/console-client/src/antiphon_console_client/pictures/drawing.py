"""A picture ready for the screen, and how many cells it takes there."""

from __future__ import annotations

from typing import NamedTuple

from .image import Image


class Drawing(NamedTuple):
    """`lines` are the rows it takes, as text; `picture` is written at the beginning of the first, once all are there.

    `wipe` takes the picture away where erasing text does not.
    """

    lines: list[str]
    picture: str = ""
    wipe: str = ""


def fit(image: Image, columns: int, rows: int, cell: tuple[int, int]) -> tuple[int, int]:
    """Columns and rows for `image` in its proportions: never larger than asked for, never larger than the room.

    `cell` is the width and height of a character cell in pixels.
    """
    width, height = image.size
    scale = min(1.0, columns * cell[0] / width, rows * cell[1] / height)
    across = max(1, min(columns, round(width * scale / cell[0])))
    down = max(1, min(rows, -(-round(height * scale) // cell[1])))
    return across, down
