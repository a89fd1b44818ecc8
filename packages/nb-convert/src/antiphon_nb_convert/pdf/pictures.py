"""Pictures as files of a document: what kind they are by their first bytes, and how large they are by nature."""

from __future__ import annotations

import hashlib
import re
import struct

from ..markdown.typst import Picture

PAGE_WIDTH = 440.0
PAGE_HEIGHT = 640.0
"""The most that a picture may take of an A4 page, in pt."""

_POINT = {"pt": 1.0, "px": 0.75, "": 0.75, "in": 72.0, "cm": 28.3465, "mm": 2.83465, "pc": 12.0}
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+(?:[eE][-+]?\d+)?)\s*(pt|px|in|cm|mm|pc|)\s*\Z")
_SVG = re.compile(rb"<svg\b[^>]*>", re.DOTALL)


class Pictures:
    """The picture files of one document; equal ones are one file."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def add(self, data: bytes, width: float = 0.0, height: float = 0.0) -> Picture | None:
        """A picture for these bytes, None where they are of no kind that can be shown.

        `width` and `height` are wishes in px, 96 to the inch; one of them is enough.
        """
        kind = kind_of(data)
        if kind is None:
            return None
        path = f"pictures/{hashlib.sha256(data).hexdigest()[:16]}.{kind}"
        self.files[path] = data
        natural = size_of(data, kind)
        if width or height:
            ratio = natural[0] / natural[1] if natural[0] and natural[1] else 0
            wide, high = width * 0.75 or height * 0.75 * ratio, height * 0.75 or (width * 0.75 / ratio if ratio else 0)
        else:
            wide, high = natural
        if not wide:
            return Picture(path)
        shrink = min(1.0, PAGE_WIDTH / wide, PAGE_HEIGHT / high if high else 1.0)
        return Picture(path, wide * shrink, high * shrink)


def kind_of(data: bytes) -> str | None:
    """The suffix for pictures that Typst reads."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data.startswith(b"%PDF-"):
        return "pdf"
    if b"<svg" in data[:4096] or (data.lstrip()[:1] == b"<" and _SVG.search(data)):
        return "svg"
    return None


def size_of(data: bytes, kind: str) -> tuple[float, float]:
    """Width and height in pt, px taken as 1/96 inch; zeros where it is not easily told."""
    try:
        if kind == "png":
            width, height = struct.unpack(">II", data[16:24])
            return width * 0.75, height * 0.75
        if kind == "gif":
            width, height = struct.unpack("<HH", data[6:10])
            return width * 0.75, height * 0.75
        if kind == "jpg":
            return _jpeg_size(data)
    except struct.error:
        return 0.0, 0.0
    return _svg_size(data) if kind == "svg" else _pdf_size(data) if kind == "pdf" else (0.0, 0.0)


def _jpeg_size(data: bytes) -> tuple[float, float]:
    """From the frame header, segment by segment (ITU T.81, B.1.1.4)."""
    position = 2
    while position + 9 < len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[position + 5 : position + 9])
            return width * 0.75, height * 0.75
        if marker == 0xFF:
            position += 1
            continue
        position += 2 + int(struct.unpack(">H", data[position + 2 : position + 4])[0])
    return 0.0, 0.0


def _svg_size(data: bytes) -> tuple[float, float]:
    found = _SVG.search(data)
    if not found:
        return 0.0, 0.0
    tag = found[0].decode("utf-8", "replace")
    sides = []
    for side in ("width", "height"):
        value = re.search(rf"""\s{side}\s*=\s*["']([^"']*)["']""", tag)
        length = _LENGTH.match(value[1]) if value else None
        sides.append(float(length[1]) * _POINT[length[2]] if length else 0.0)
    if sides[0] and sides[1]:
        return sides[0], sides[1]
    box = re.search(r"""\sviewBox\s*=\s*["']([^"']*)["']""", tag)
    numbers = re.findall(r"-?[0-9]*\.?[0-9]+(?:[eE][-+]?\d+)?", box[1]) if box else []
    if len(numbers) == 4 and float(numbers[2]) > 0 and float(numbers[3]) > 0:
        return float(numbers[2]) * 0.75, float(numbers[3]) * 0.75
    return 0.0, 0.0


def _pdf_size(data: bytes) -> tuple[float, float]:
    found = re.search(rb"/MediaBox\s*\[\s*([-0-9.]+)\s+([-0-9.]+)\s+([-0-9.]+)\s+([-0-9.]+)\s*\]", data)
    if not found:
        return 0.0, 0.0
    try:
        left, bottom, right, top = (float(number) for number in found.groups())
    except ValueError:
        return 0.0, 0.0
    return (right - left, top - bottom) if right > left and top > bottom else (0.0, 0.0)
