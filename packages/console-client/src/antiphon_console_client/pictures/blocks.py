"""Half blocks, for terminals that draw nothing else: two pixels a cell, one in its text colour, one behind it."""

from __future__ import annotations

from .drawing import Drawing
from .image import BOX, Image, opened


def draw(image: Image, columns: int, rows: int, *, true_colour: bool = True) -> Drawing | None:
    """`image` over that many cells; None where Pillow is not installed or cannot read it."""
    pixels = opened(image)
    if pixels is None:
        return None
    data = pixels.resize((columns, 2 * rows), BOX).tobytes()
    stride = 4 * columns
    colour = _exact if true_colour else _nearest
    lines = []
    for top in range(0, 2 * rows * stride, 2 * stride):
        line, before = [], ""
        for at in range(top, top + stride, 4):
            upper, lower = data[at : at + 4], data[at + stride : at + stride + 4]
            sign = " "
            codes = ""
            if upper[3] >= 128 and lower[3] >= 128:
                sign, codes = "▀", f"\x1b[38;{colour(upper)};48;{colour(lower)}m"
            elif upper[3] >= 128:
                sign, codes = "▀", f"\x1b[0;38;{colour(upper)}m"
            elif lower[3] >= 128:
                sign, codes = "▄", f"\x1b[0;38;{colour(lower)}m"
            if codes != before:
                line.append(codes or "\x1b[0m")
                before = codes
            line.append(sign)
        lines.append("".join(line) + "\x1b[0m" * bool(before))
    return Drawing(lines)


def _exact(pixel: bytes) -> str:
    return f"2;{pixel[0]};{pixel[1]};{pixel[2]}"


def _nearest(pixel: bytes) -> str:
    """Of the colours 16 to 231 (a cube of six steps a side) and 232 to 255 (grey), the one that is near."""
    red, green, blue = pixel[:3]
    if max(red, green, blue) - min(red, green, blue) < 8 and 8 <= red <= 238:
        return f"5;{232 + (red - 8) // 10}"
    steps = [0 if part < 48 else 1 if part < 115 else (part - 35) // 40 for part in (red, green, blue)]
    return f"5;{16 + 36 * steps[0] + 6 * steps[1] + steps[2]}"
