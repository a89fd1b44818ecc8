"""DEC sixel graphics (VT330/VT340 Programmer Reference Manual, volume 2, chapter 14); pixels come from Pillow.

A band is six rows of pixels; in it every colour draws a line of characters whose six bits say where it is. Bits are set
for a whole row at once by `bytes.translate`, and rows are put together as large integers.
"""

from __future__ import annotations

import re
from typing import Any

from .drawing import Drawing
from .image import BOX, Image, opened

_COLOURS = 255
_SAME = re.compile(rb"(.)\1{3,}", re.DOTALL)


def draw(image: Image, columns: int, rows: int, cell: tuple[int, int]) -> Drawing | None:
    """`image` over that many cells of `cell` pixels; None where Pillow is not installed or cannot read it."""
    pixels = opened(image)
    if pixels is None:
        return None
    width, height = image.size
    scale = min(columns * cell[0] / width, rows * cell[1] / height, 1.0)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if pixels.size != size:
        pixels = pixels.resize(size, BOX)
    return Drawing([""] * rows, encoded(pixels))


def encoded(pixels: Any) -> str:
    """A Pillow image in RGBA as one sixel sequence; what is more than half transparent is left as it is (P2=1)."""
    width, height = pixels.size
    reduced = pixels.convert("RGB").quantize(_COLOURS)
    palette = reduced.getpalette()
    clear = bytes(255 if value < 128 else 0 for value in range(256))
    alpha = pixels.getchannel("A").tobytes().translate(clear)
    indexes = reduced.tobytes()
    if any(alpha):  # number 255 is no colour
        whole = int.from_bytes(indexes) | int.from_bytes(alpha)
        indexes = whole.to_bytes(len(indexes))
    used = sorted(set(indexes) - {255})
    out = [f'\x1bP0;1;0q"1;1;{width};{height}']
    for colour in used:
        red, green, blue = (round(part * 100 / 255) for part in palette[3 * colour : 3 * colour + 3])
        out.append(f"#{colour};2;{red};{green};{blue}")
    for top in range(0, height, 6):
        out.append(_band([indexes[row * width : (row + 1) * width] for row in range(top, min(top + 6, height))], width))
    return "".join(out) + "\x1b\\"


def _band(rows: list[bytes], width: int) -> str:
    lines = []
    for colour in sorted(set(b"".join(rows)) - {255}):
        bits = 0
        for at, row in enumerate(rows):
            if colour in row:
                table = bytearray(256)
                table[colour] = 1 << at
                bits |= int.from_bytes(row.translate(table))
        line = bytes(bits.to_bytes(width).translate(_TO_SIXEL)).rstrip(b"?")
        lines.append(b"#%d" % colour + _SAME.sub(_repeat, line))
    return b"$".join(lines).decode() + "-"


def _repeat(match: re.Match[bytes]) -> bytes:
    return b"!%d%s" % (len(match.group()), match[1])


_TO_SIXEL = bytes(63 + value if value < 64 else 63 for value in range(256))
