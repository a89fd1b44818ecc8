"""Sound and film: embedded, or by address."""

from __future__ import annotations

import os
import sys
from binascii import b2a_base64
from html import escape
from typing import Any

from .attributes import attributes
from .contents import DisplayObject, is_address, is_file


class _Media(DisplayObject):
    _binary = True
    _default = ""

    def __init__(
        self,
        data: Any,
        filename: str | os.PathLike[str] | None,
        url: str | None,
        embed: bool,
        mimetype: str | None,
    ) -> None:
        self.embed = embed
        self.mimetype = mimetype
        name = filename if filename is not None else url if url is not None else data
        if mimetype is None and isinstance(name, (str, os.PathLike)):
            from mimetypes import guess_type

            self.mimetype = guess_type(os.fspath(name))[0]
        self.mimetype = self.mimetype or self._default
        super().__init__(data, url, filename)

    def reload(self) -> None:
        """Read the file or address again, if it is embedded."""
        if self.embed:
            super().reload()

    def _source(self) -> str:
        if not self.embed:
            return str(self.url if self.url is not None else self.filename)
        content = self.data if isinstance(self.data, str) else b2a_base64(self.data, newline=False).decode("ascii")
        return f"data:{self.mimetype};base64,{content}"


class Audio(_Media):
    """Sound: a file, bytes, an address, or samples (one sequence, or one per channel) with their `rate` per second.

    What is given as `url` is left to the browser unless `embed` is true. Samples are scaled to the loudest with
    `normalize`; without it they must lie in -1 to 1 (ValueError otherwise).
    """

    shown_module = "IPython.lib.display"
    _default = "audio/wav"

    def __init__(
        self,
        data: Any = None,
        filename: str | os.PathLike[str] | None = None,
        url: str | None = None,
        embed: bool | None = None,
        rate: int | None = None,
        autoplay: bool = False,
        normalize: bool = True,
        *,
        element_id: str | None = None,
    ) -> None:
        if data is None and filename is None and url is None:
            raise ValueError("No audio data found. Expecting filename, url, or data.")
        self.autoplay, self.element_id = autoplay, element_id
        mimetype = None
        if isinstance(data, str) and not is_address(data) and not is_file(data):
            raise FileNotFoundError(f"No such file or directory: {data!r}")
        if data is not None and not isinstance(data, (str, bytes, os.PathLike)):
            if rate is None:
                raise ValueError("rate must be specified when data is a numpy array or list of audio samples.")
            data, mimetype = _wave(data, rate, normalize), "audio/wav"
        super().__init__(data, filename, url, url is None if embed is None else embed, mimetype)

    def autoplay_attr(self) -> str:
        """The attribute that makes the browser start by itself, or nothing; for subclasses to change."""
        return 'autoplay="autoplay"' if self.autoplay else ""

    def element_id_attr(self) -> str:
        return attributes(id=self.element_id)

    def _repr_html_(self) -> str:
        shown = " ".join(part for part in (self.element_id_attr(), 'controls="controls"', self.autoplay_attr()) if part)
        source = attributes(src=self._source(), type=self.mimetype)
        return f"<audio {shown}><source {source} />Your browser does not support the audio element.</audio>"


def _wave(samples: Any, rate: int, normalize: bool) -> bytes:
    """Samples as a 16 bit wave file."""
    import io
    import wave

    numpy = sys.modules.get("numpy")
    many = numpy is not None and isinstance(samples, numpy.ndarray)
    frames, channels = (_from_array if many else _from_sequence)(samples, normalize)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setframerate(rate)
        out.setsampwidth(2)
        out.writeframes(frames)
    return file.getvalue()


def _loudest(value: float, normalize: bool) -> float:
    if normalize:
        return value or 1.0
    if value > 1:
        raise ValueError("Audio data must be between -1 and 1 when normalize=False.")
    return 1.0


def _from_array(samples: Any, normalize: bool) -> tuple[bytes, int]:
    numpy = sys.modules["numpy"]
    if samples.ndim not in (1, 2) or not samples.size:
        raise ValueError("Array audio input must be a 1D or 2D array with samples in it")
    rows = samples.reshape(1, -1) if samples.ndim == 1 else samples
    rows = rows.astype(float)
    loudest = _loudest(float(numpy.abs(rows).max()), normalize)
    return (rows.T / loudest * 32767).astype("<i2").tobytes(), len(rows)


def _from_sequence(samples: Any, normalize: bool) -> tuple[bytes, int]:
    import array

    samples = list(samples)
    if not samples:
        raise ValueError("there are no samples")
    rows = [list(map(float, row)) for row in samples] if hasattr(samples[0], "__len__") else [list(map(float, samples))]
    loudest = _loudest(max((abs(value) for row in rows for value in row), default=0.0), normalize)
    mixed = array.array("h", [int(row[n] / loudest * 32767) for n in range(len(rows[0])) for row in rows])
    if sys.byteorder == "big":
        mixed.byteswap()
    return mixed.tobytes(), len(rows)


class Video(_Media):
    """A film: by address, or with `embed` inside the page. Raises ValueError for raw data that is not embedded."""

    _default = "video/mp4"

    def __init__(
        self,
        data: Any = None,
        url: str | None = None,
        filename: str | os.PathLike[str] | None = None,
        embed: bool = False,
        mimetype: str | None = None,
        width: int | None = None,
        height: int | None = None,
        html_attributes: str = "controls",
    ) -> None:
        self.width, self.height, self.html_attributes = width, height, html_attributes
        if isinstance(data, bytes) and not embed:
            raise ValueError(
                "To embed videos, you must pass embed=True (this may make your notebook files huge)\n"
                "Consider passing Video(url='...')"
            )
        if isinstance(data, (str, os.PathLike)) and not embed and not is_address(data):
            filename, data = data, None  # the browser asks the server for it
        super().__init__(data, filename, url, embed, mimetype)

    def _repr_html_(self) -> str:
        shown = attributes(src=self._source(), width=self.width, height=self.height)
        return f"<video {shown} {escape(self.html_attributes, quote=False)}></video>"
