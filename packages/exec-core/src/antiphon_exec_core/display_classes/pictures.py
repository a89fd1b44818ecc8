"""Pictures: embedded as bytes, or by the address the browser fetches them from."""

from __future__ import annotations

import os
from binascii import Error, a2b_base64, b2a_base64
from typing import Any

from .attributes import attributes
from .contents import DisplayObject, Shown

_IMAGES = {"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8", "jpeg"), (b"GIF8", "gif"), (b"RIFF", "webp"))


class Image(DisplayObject):
    """A picture: bytes, their base64 text, a file, or an address.

    What is given as `url` is left to the browser unless `embed` is true; everything else is embedded. `width` and
    `height` are pixels as shown; with `retina` half of what a png or jpeg measures. Raises ValueError without any
    content, and for a format that cannot be embedded.
    """

    _binary = True

    def __init__(
        self,
        data: Any = None,
        url: str | None = None,
        filename: str | os.PathLike[str] | None = None,
        format: str | None = None,
        embed: bool | None = None,
        width: int | str | None = None,
        height: int | str | None = None,
        retina: bool = False,
        unconfined: bool = False,
        metadata: dict[str, Any] | None = None,
        alt: str | None = None,
    ) -> None:
        if data is None and url is None and filename is None:
            raise ValueError("No image data found. Expecting filename, url, or data.")
        if isinstance(data, str) and data.startswith("data:"):
            url, data = data, None
        self.embed = embed if embed is not None else url is None
        self.width, self.height, self.alt, self.unconfined = width, height, alt, unconfined
        named = filename if filename is not None else data if isinstance(data, (str, os.PathLike)) else url
        extension = os.path.splitext(os.fspath(named))[1].lstrip(".").lower() if named is not None else ""
        super().__init__(data, url, filename, metadata)
        if format is None and isinstance(self.data, bytes):
            format = next((kind for start, kind in _SIGNATURES if self.data.startswith(start)), None)
        self.format = (format or (extension if extension in (*_IMAGES, "jpg") or self.embed else "") or "png").lower()
        if self.format == "jpg":
            self.format = "jpeg"
        if self.embed and self.format not in _IMAGES:
            raise ValueError(f"Cannot embed the '{self.format}' image format")
        if retina and isinstance(self.data, bytes):
            size = _pixels(self.data, self.format)
            if size is not None:
                self.width, self.height = size[0] // 2, size[1] // 2

    def reload(self) -> None:
        """Read the file or address again, if it is embedded."""
        if self.embed:
            super().reload()

    def _repr_html_(self) -> str | None:
        if self.embed:
            return None
        shown = attributes(
            src=self.url if self.url is not None else self.filename,
            width=self.width,
            height=self.height,
            class_="unconfined" if self.unconfined else None,
            alt=self.alt,
        )
        return f"<img {shown}/>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        if not self.embed or self.data is None:
            return {}, {}
        about = dict(self.metadata)
        for name in ("width", "height", "alt"):
            if getattr(self, name) is not None:
                about[name] = getattr(self, name)
        if self.unconfined:
            about["unconfined"] = True
        mime = _IMAGES[self.format]
        return {mime: self._base64()}, {mime: about} if about else {}

    def _repr_png_(self) -> Shown:
        return self._as("image/png")

    def _repr_jpeg_(self) -> Shown:
        return self._as("image/jpeg")

    def _as(self, mime: str) -> Shown:
        data, metadata = self._repr_mimebundle_()
        if mime not in data:
            return None
        return (data[mime], metadata[mime]) if mime in metadata else data[mime]

    def _base64(self) -> str:
        if not isinstance(self.data, str):
            return b2a_base64(self.data, newline=False).decode("ascii")
        try:
            if len(self.data) > 40 and a2b_base64(self.data.encode("ascii"), strict_mode=True):
                return self.data
        except (Error, UnicodeEncodeError):
            pass
        raise FileNotFoundError(f"No such file or directory: {self.data!r}")


def _pixels(data: bytes, format: str) -> tuple[int, int] | None:
    """Width and height that a png or jpeg says it has."""
    if format == "png" and data[12:16] == b"IHDR":
        return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    if format == "jpeg":
        at = 2
        while at + 9 < len(data) and data[at] == 0xFF:
            if 0xC0 <= data[at + 1] <= 0xC3:  # a start-of-frame segment: length, precision, height, width
                return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return None
