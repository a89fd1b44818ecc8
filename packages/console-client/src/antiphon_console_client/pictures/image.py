"""An image as it came: its bytes, its size in pixels (read from its header), and the size somebody wished for it.

Sizes follow the PNG specification (11.2.2), ITU T.81 annex B for JPEG, GIF89a section 18, and the WebP container.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from io import BytesIO
from typing import Any, NamedTuple

from ..rendering.text import joined

BOX = 4  # Pillow's resampling by averages (PIL.Image.Resampling.BOX)


class Image(NamedTuple):
    """`wanted` is in CSS pixels: a retina figure has twice as many of its own. 0 is "not said"."""

    data: bytes
    mime: str
    width: int
    height: int
    wanted: tuple[int, int] = (0, 0)

    @property
    def size(self) -> tuple[int, int]:
        """Pixels to show it in; one wish alone keeps the proportions."""
        width, height = self.wanted
        if width and height:
            return width, height
        if width:
            return width, max(1, round(self.height * width / self.width))
        if height:
            return max(1, round(self.width * height / self.height)), height
        return self.width, self.height


def read(value: object, mime: str, metadata: Mapping[str, Any] | None = None) -> Image | None:
    """An image of a MIME bundle; None for what is none, or (SVG) where nothing is installed that draws it."""
    if mime == "image/svg+xml":
        data = _rasterised(joined(value))
    elif isinstance(value, bytes):
        data = value
    else:
        try:
            data = base64.b64decode(joined(value))
        except (binascii.Error, ValueError):
            return None
    size = dimensions(data) if data else None
    if data is None or size is None or not all(size):
        return None
    wishes = metadata or {}
    wanted = (_pixels(wishes.get("width")), _pixels(wishes.get("height")))
    return Image(data, "image/png" if mime == "image/svg+xml" else mime, *size, wanted)


def dimensions(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, from the first bytes of a PNG, JPEG, GIF or WebP."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    if data[:2] == b"\xff\xd8":
        return _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        return _webp(data)
    return None


def as_png(image: Image) -> Image | None:
    """The same as PNG; None where it is another format and Pillow is not installed, or cannot read it."""
    if image.mime == "image/png":
        return image
    pixels = opened(image)
    if pixels is None:
        return None
    out = BytesIO()
    pixels.save(out, "PNG")
    return image._replace(data=out.getvalue(), mime="image/png")


def opened(image: Image) -> Any:
    """A Pillow image in RGBA; None where Pillow is not installed or cannot read it."""
    try:
        from PIL import Image as Pillow
    except ImportError:
        return None
    try:
        with Pillow.open(BytesIO(image.data)) as pixels:
            return pixels.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError):
        return None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # a frame header
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    match data[12:16]:
        case b"VP8X":
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    return None


def _pixels(value: object) -> int:
    """A wish for a width or height: a number, or text such as `300` or `300px`; what else there is says nothing."""
    if isinstance(value, str) and value.removesuffix("px").strip().isdecimal():
        value = int(value.removesuffix("px"))
    if isinstance(value, int | float) and 0 < value < 100_000:
        return max(1, round(value))
    return 0


def _rasterised(svg: str) -> bytes | None:
    """SVG as PNG, by whichever of the two rasterisers is installed."""
    import importlib

    for module, function, argument in (
        ("resvg_py", "svg_to_bytes", "svg_string"),
        ("cairosvg", "svg2png", "bytestring"),
    ):
        try:
            draw = getattr(importlib.import_module(module), function)
        except (ImportError, OSError, AttributeError):
            continue
        try:
            return bytes(draw(**{argument: svg}))
        except Exception:  # theirs: whatever a broken drawing makes them raise
            return None
    return None
