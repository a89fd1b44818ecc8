"""`Sections`: how deep a heading is, for formats that refuse levels left out."""

from __future__ import annotations


class Sections:
    """One for all cells of a document: a level that is left out is closed up, and stays so until a higher heading."""

    def __init__(self) -> None:
        self._open: list[int] = []

    def depth(self, level: int) -> int:
        """From 1: never more than one below the heading before."""
        while self._open and self._open[-1] >= level:
            self._open.pop()
        self._open.append(level)
        return len(self._open)
