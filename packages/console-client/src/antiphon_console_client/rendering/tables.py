"""A table drawn with box characters, as wide as it must be and never wider than the screen."""

from __future__ import annotations

from collections.abc import Sequence

from .. import widths
from .look import Look
from .wrapping import fitted, wrapped

Cell = tuple[str, str]
"""Text (ours: it may hold colours and newlines) and `left`, `right` or `center`."""


def drawn(rows: Sequence[Sequence[Cell]], heads: int, look: Look, columns: int) -> list[str]:
    """The rows of the table as lines; the first `heads` rows are its head. Columns that do not fit are left out."""
    count = max((len(row) for row in rows), default=0)
    if not count:
        return []
    natural = [1] * count
    for row in rows:
        for at, (text, _) in enumerate(row):
            natural[at] = max(natural[at], *(widths.visible_width(line) for line in text.split("\n")))
    shown = min(count, max(1, (columns + 1) // 4))  # a column takes three cells at least, and one between
    left_out = shown < count
    sizes = _shares(natural[:shown], columns - 3 * (shown - 1) - 2 * left_out)
    bar = look.paint("rule", "│")
    lines: list[str] = []
    for number, row in enumerate(rows):
        if number == heads and heads:
            lines.append(look.paint("rule", "─┼─".join("─" * size for size in sizes)))
        cells = [*row[:shown], *[("", "left")] * (shown - len(row))]
        folded = [wrapped(text, size) for (text, _), size in zip(cells, sizes, strict=True)]
        for at in range(max(map(len, folded))):
            parts = []
            for texts, (_, align), size in zip(folded, cells, sizes, strict=True):
                text = texts[at] if at < len(texts) else ""
                parts.append(fitted(look.paint("strong", text) if number < heads else text, size, align))
            tail = " …" if left_out and not at else ""
            lines.append((f" {bar} ".join(parts) + tail).rstrip(" "))
    return [_clipped(line, columns) for line in lines]


def _clipped(line: str, columns: int) -> str:
    return line if widths.visible_width(line) <= columns else fitted(line, columns)


def _shares(natural: list[int], room: int) -> list[int]:
    """Widths that fit: narrow columns get what they need, the others share what is left."""
    room = max(room, len(natural))
    if sum(natural) <= room:
        return natural
    sizes = [0] * len(natural)
    order = sorted(range(len(natural)), key=natural.__getitem__)
    for left, at in zip(range(len(order), 0, -1), order, strict=True):
        sizes[at] = max(1, min(natural[at], room // left))
        room -= sizes[at]
    return sizes
