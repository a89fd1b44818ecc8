"""Pictures read back from what was written for a terminal: small decoders, for tests of whatever draws."""

from __future__ import annotations

import io
import re
from typing import Any


def pillow() -> Any:
    """Pillow's module of images; tests have it."""
    import PIL.Image

    return PIL.Image


def picture(width: int = 60, height: int = 40, form: str = "PNG", alpha: bool = False) -> bytes:
    """Red, green, blue and yellow quarters; with `alpha` the last is clear."""
    pixels = pillow().new("RGBA", (width, height), (255, 0, 0, 255))
    pixels.paste((0, 128, 0, 255), (width // 2, 0, width, height // 2))
    pixels.paste((0, 0, 255, 255), (0, height // 2, width // 2, height))
    pixels.paste((255, 255, 0, 0 if alpha else 255), (width // 2, height // 2, width, height))
    out = io.BytesIO()
    (pixels if form in ("PNG", "WEBP") else pixels.convert("RGB")).save(out, form)
    return out.getvalue()


def kitty_commands(text: str) -> list[tuple[dict[str, str], bytes]]:
    """Keys and payload (still in base64) of every kitty command in `text`."""
    found = []
    for keys, payload in re.findall(r"\x1b_G([^;\x1b]*);?([^\x1b]*)\x1b\\", text):
        assert len(payload) <= 4096
        found.append((dict(key.split("=") for key in keys.split(",")), payload.encode()))
    return found


def decode_sixel(text: str) -> dict[tuple[int, int], tuple[int, int, int]]:
    """A small decoder: pixel to colour in percent; what was not drawn is missing."""
    body = re.fullmatch(r"\x1bP[\d;]*q(.*)\x1b\\", text, re.DOTALL)
    assert body
    pixels: dict[tuple[int, int], tuple[int, int, int]] = {}
    colours: dict[int, tuple[int, int, int]] = {}
    colour, x, y = 0, 0, 0
    tokens = re.compile(r'"[\d;]+|#(\d+);2;(\d+);(\d+);(\d+)|#(\d+)|!(\d+)([?-~])|([?-~])|([$-])')
    at = 0
    while at < len(body[1]):
        match = tokens.match(body[1], at)
        assert match, body[1][at : at + 20]
        at = match.end()
        number, red, green, blue, chosen, times, repeated, single, move = match.groups()
        if number:
            colours[int(number)] = (int(red), int(green), int(blue))
        elif chosen:
            colour = int(chosen)
        elif move:
            x, y = 0, y + 6 * (move == "-")
        elif repeated or single:
            end = x + int(times or 1)
            rows = [bit for bit in range(6) if (ord(repeated or single) - 63) >> bit & 1]
            pixels |= {(column, y + bit): colours[colour] for column in range(x, end) for bit in rows}
            x = end
    return pixels
