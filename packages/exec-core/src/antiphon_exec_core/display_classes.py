"""Content that shows itself as what it is: HTML, Markdown, Image and their like.

Nobody imports this but who uses it. Every value that ends in an HTML attribute is escaped.
"""

from __future__ import annotations

import os
from html import escape
from typing import Any

from .display import display

_IMAGES = {"png": "image/png", "jpeg": "image/jpeg", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8", "jpeg"), (b"GIF8", "gif"), (b"RIFF", "webp"))

Shown = Any  # content, or (content, metadata)


def attributes(**values: Any) -> str:
    """HTML attributes, escaped; None and False leave one out, True writes its bare name."""
    parts = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        name = name.rstrip("_")
        parts.append(name if value is True else f'{name}="{escape(str(value), quote=True)}"')
    return " ".join(parts)


class DisplayObject:
    """Content given as `data`, or read from `filename` or `url`; a string that looks like an address is one."""

    _binary = False

    def __init__(
        self,
        data: Any = None,
        url: str | None = None,
        filename: str | os.PathLike[str] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        if isinstance(data, os.PathLike):
            filename, data = data, None
        if isinstance(data, str) and url is None and filename is None:
            if data.startswith(("http://", "https://")) and "\n" not in data:
                url, data = data, None
            elif self._binary and len(data) < 4096 and os.path.isfile(data):
                filename, data = data, None
        self.url = url
        self.filename = None if filename is None else os.fspath(filename)
        self.metadata = {} if metadata is None else metadata
        self.data = data
        self.reload()

    def reload(self) -> None:
        """Read the file or address again."""
        if self.filename is not None:
            if self._binary:
                with open(self.filename, "rb") as file:
                    self.data = file.read()
            else:
                with open(self.filename, encoding="utf-8") as text:
                    self.data = text.read()
        elif self.url is not None and self.data is None:
            self.data = self._fetch(self.url)

    def _fetch(self, url: str) -> Any:
        from urllib.request import urlopen

        with urlopen(url) as answer:
            content = answer.read()
            return content if self._binary else content.decode(answer.headers.get_content_charset() or "utf-8")

    def _shown(self) -> Shown:
        return (self.data, self.metadata) if self.metadata else self.data

    def __repr__(self) -> str:
        module = "antiphon_exec_core.display_classes"
        return f"<{module}.{type(self).__name__} object>"


class TextDisplayObject(DisplayObject):
    """Content that is text. Raises TypeError for anything else."""

    def reload(self) -> None:
        super().reload()
        if self.data is not None and not isinstance(self.data, str):
            raise TypeError(f"{type(self).__name__} expects text, not {self.data!r}")


class Pretty(TextDisplayObject):
    """Plain text, shown as it is."""

    def _repr_pretty_(self, p: Any, cycle: bool) -> None:
        p.text(self.data)


class HTML(TextDisplayObject):
    def _repr_html_(self) -> Shown:
        return self._shown()

    def __html__(self) -> str:
        return str(self.data)


class Markdown(TextDisplayObject):
    def _repr_markdown_(self) -> Shown:
        return self._shown()


class Latex(TextDisplayObject):
    def _repr_latex_(self) -> Shown:
        return self._shown()


class Math(TextDisplayObject):
    """A formula, without the dollars around it."""

    def _repr_latex_(self) -> Shown:
        formula = f"$\\displaystyle {self.data.strip('$')}$"
        return (formula, self.metadata) if self.metadata else formula


class SVG(TextDisplayObject):
    """A picture as text; what stands before `<svg` is left out."""

    _binary = False

    def reload(self) -> None:
        super().reload()
        if isinstance(self.data, str):
            start, end = self.data.find("<svg"), self.data.rfind("</svg>")
            if start >= 0 and end >= 0:
                self.data = self.data[start : end + 6]

    def _repr_svg_(self) -> Shown:
        return self._shown()


class JSON(DisplayObject):
    """Data that frontends show as a tree."""

    def __init__(
        self,
        data: Any = None,
        url: str | None = None,
        filename: str | None = None,
        expanded: bool = False,
        metadata: dict[str, Any] | None = None,
        root: str = "root",
        **options: Any,
    ) -> None:
        super().__init__(data, url, filename, {"expanded": expanded, "root": root, **(metadata or {}), **options})

    def reload(self) -> None:
        super().reload()
        if isinstance(self.data, str):
            import json

            self.data = json.loads(self.data)

    def _repr_json_(self) -> Shown:
        return self._shown()


class Javascript(TextDisplayObject):
    """A script that the frontend runs, after the libraries in `lib` and with the styles in `css`."""

    def __init__(
        self,
        data: str | None = None,
        url: str | None = None,
        filename: str | None = None,
        lib: str | list[str] | None = None,
        css: str | list[str] | None = None,
    ) -> None:
        self.lib = [lib] if isinstance(lib, str) else list(lib or ())
        self.css = [css] if isinstance(css, str) else list(css or ())
        super().__init__(data, url, filename)

    def _repr_javascript_(self) -> str:
        import json

        before = "".join(
            "\nnew Promise(function(resolve, reject) {\n"
            '  var link = document.createElement("link");\n'
            '  link.rel = "stylesheet"; link.type = "text/css"; link.onload = resolve; link.onerror = reject;\n'
            f"  link.href = {json.dumps(style)};\n  document.head.appendChild(link);\n}});"
            for style in self.css
        )
        loads = "".join(
            "new Promise(function(resolve, reject) {\n"
            '  var script = document.createElement("script");\n'
            "  script.onload = resolve; script.onerror = reject;\n"
            f"  script.src = {json.dumps(library)};\n  document.head.appendChild(script);\n}}).then(() => {{\n"
            for library in self.lib
        )
        return f"{before}{loads}{self.data}{'});' * len(self.lib)}"


class Image(DisplayObject):
    """A picture: bytes, a file, or an address. Only with `embed` is the content of an address fetched.

    `width` and `height` are pixels as shown; with `retina` half of what a png or jpeg measures. Raises ValueError for
    a format that cannot be embedded.
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
        address = url or (data if isinstance(data, str) and data.startswith(("http://", "https://")) else None)
        self.embed = embed if embed is not None else address is None
        self.width, self.height, self.alt, self.unconfined = width, height, alt, unconfined
        named = filename if filename is not None else data if isinstance(data, (str, os.PathLike)) else address
        extension = os.path.splitext(os.fspath(named))[1].lstrip(".").lower() if named is not None else ""
        super().__init__(data, url, filename, metadata)
        if format is None and isinstance(self.data, bytes):
            format = next((kind for start, kind in _SIGNATURES if self.data.startswith(start)), None)
        self.format = (format or extension or "png").lower()
        if self.format == "jpg":
            self.format = "jpeg"
        if self.embed and self.format not in _IMAGES:
            raise ValueError(f"Cannot embed the '{self.format}' image format")
        if retina and isinstance(self.data, bytes):
            size = _pixels(self.data, self.format)
            if size is not None:
                self.width, self.height = size[0] // 2, size[1] // 2

    def _fetch(self, url: str) -> Any:
        return super()._fetch(url) if self.embed else None

    def _repr_html_(self) -> str | None:
        if self.embed:
            return None
        shown = attributes(
            src=self.url,
            width=self.width,
            height=self.height,
            class_="unconfined" if self.unconfined else None,
            alt=self.alt,
        )
        return f"<img {shown}/>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        if not self.embed or self.data is None:
            return {}, {}
        from binascii import b2a_base64

        mime = _IMAGES[self.format]
        content = self.data if isinstance(self.data, str) else b2a_base64(self.data, newline=False).decode("ascii")
        about = dict(self.metadata)
        for name in ("width", "height", "alt"):
            if getattr(self, name) is not None:
                about[name] = getattr(self, name)
        if self.unconfined:
            about["unconfined"] = True
        return {mime: content}, {mime: about} if about else {}


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


class Code(TextDisplayObject):
    """A program's text, coloured. `language` is a pygments lexer name; without it the file's name or the text tells."""

    def __init__(
        self, data: str | None = None, url: str | None = None, filename: str | None = None, language: str | None = None
    ) -> None:
        self.language = language
        super().__init__(data, url, filename)

    def _highlighted(self, formatter: Any) -> str:
        from pygments import highlight  # type: ignore[import-untyped, unused-ignore]
        from pygments.lexers import (  # type: ignore[import-untyped, unused-ignore]
            get_lexer_by_name,
            get_lexer_for_filename,
            guess_lexer,
        )

        name = self.filename or self.url
        lexer = (
            get_lexer_by_name(self.language)
            if self.language
            else get_lexer_for_filename(name)
            if name
            else guess_lexer(self.data)
        )
        return str(highlight(self.data, lexer, formatter))

    def _repr_html_(self) -> str:
        from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped, unused-ignore]

        formatter = HtmlFormatter()
        styles: str = formatter.get_style_defs(".highlight")  # type: ignore[no-untyped-call, unused-ignore]
        return f"<style>{styles}</style>{self._highlighted(formatter)}"

    def _repr_latex_(self) -> str:
        from pygments.formatters import LatexFormatter

        return self._highlighted(LatexFormatter())

    def __repr__(self) -> str:
        return str(self.data)


class IFrame:
    """Another page inside this one; further keywords become its query."""

    def __init__(self, src: str, width: int | str, height: int | str, extras: list[str] | None = None, **query: Any):
        self.src, self.width, self.height, self.extras, self.query = src, width, height, extras or [], query

    def _repr_html_(self) -> str:
        from urllib.parse import urlencode

        src = self.src + ("?" + urlencode(self.query) if self.query else "")
        extras = " ".join(escape(extra, quote=False) for extra in self.extras)
        shown = attributes(width=self.width, height=self.height, src=src, frameborder=0)
        return f"<iframe {shown} allowfullscreen {extras}></iframe>"


class _Media(DisplayObject):
    """Audio and video: embedded, or by address."""

    _binary = True
    _default = ""

    def __init__(
        self,
        data: Any = None,
        filename: str | os.PathLike[str] | None = None,
        url: str | None = None,
        embed: bool | None = None,
        mimetype: str | None = None,
    ) -> None:
        name = filename if filename is not None else url if url is not None else data
        self.mimetype = mimetype
        if mimetype is None and isinstance(name, (str, os.PathLike)):
            from mimetypes import guess_type

            self.mimetype = guess_type(os.fspath(name))[0]
        self.mimetype = self.mimetype or self._default
        address = url or (data if isinstance(data, str) and data.startswith(("http://", "https://")) else None)
        self.embed = embed if embed is not None else address is None
        super().__init__(data, url, filename)

    def _fetch(self, url: str) -> Any:
        return super()._fetch(url) if self.embed else None

    def _source(self) -> str:
        if not self.embed:
            return str(self.url)
        from binascii import b2a_base64

        content = self.data if isinstance(self.data, str) else b2a_base64(self.data, newline=False).decode("ascii")
        return f"data:{self.mimetype};base64,{content}"


class Audio(_Media):
    """Sound: a file, bytes, an address, or samples (one sequence, or one per channel) with their `rate` per second.

    Samples are scaled to the loudest with `normalize`; without it they must lie in -1 to 1 (ValueError otherwise).
    """

    _default = "audio/wav"

    def __init__(
        self,
        data: Any = None,
        filename: str | None = None,
        url: str | None = None,
        embed: bool | None = None,
        rate: int | None = None,
        autoplay: bool = False,
        normalize: bool = True,
        element_id: str | None = None,
    ) -> None:
        self.autoplay, self.element_id = autoplay, element_id
        samples = data is not None and not isinstance(data, (str, bytes, os.PathLike))
        if samples:
            if rate is None:
                raise ValueError("rate must be specified when data is a numpy array or list of audio samples.")
            data = _wave(data, rate, normalize)
        super().__init__(data, filename, url, embed, "audio/wav" if samples or rate is not None else None)

    def _repr_html_(self) -> str:
        shown = attributes(id=self.element_id, controls="controls", autoplay="autoplay" if self.autoplay else None)
        source = attributes(src=self._source(), type=self.mimetype)
        return f"<audio {shown}><source {source} />Your browser does not support the audio element.</audio>"


def _wave(samples: Any, rate: int, normalize: bool) -> bytes:
    """Samples as a 16 bit wave file."""
    import array
    import io
    import sys
    import wave

    rows = [list(map(float, row)) for row in samples] if hasattr(samples[0], "__len__") else [list(map(float, samples))]
    loudest = max((abs(value) for row in rows for value in row), default=0.0) or 1.0
    if not normalize:
        if loudest > 1:
            raise ValueError("Audio data must be between -1 and 1 when normalize=False.")
        loudest = 1.0
    mixed = array.array("h", [int(row[n] / loudest * 32767) for n in range(len(rows[0])) for row in rows])
    if sys.byteorder == "big":
        mixed.byteswap()
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(len(rows))
        out.setframerate(rate)
        out.setsampwidth(2)
        out.writeframes(mixed.tobytes())
    return file.getvalue()


class Video(_Media):
    """A film: by address, or with `embed` inside the page. Raises ValueError for raw data that is not embedded."""

    _default = "video/mp4"

    def __init__(
        self,
        data: Any = None,
        url: str | None = None,
        filename: str | None = None,
        embed: bool = False,
        mimetype: str | None = None,
        width: int | None = None,
        height: int | None = None,
        html_attributes: str = "controls",
    ) -> None:
        self.width, self.height, self.html_attributes = width, height, html_attributes
        if isinstance(data, bytes) and not embed:
            raise ValueError("To embed videos, you must pass embed=True (this may make your notebook files huge)")
        local = filename or (data if isinstance(data, str) and not data.startswith(("http://", "https://")) else None)
        if local is not None and not embed:
            url, data, filename = local, None, None  # the browser asks the server for it
        super().__init__(data, filename, url, embed, mimetype)

    def _repr_html_(self) -> str:
        shown = attributes(src=self._source(), width=self.width, height=self.height)
        return f"<video {shown} {escape(self.html_attributes, quote=False)}></video>"


class FileLink:
    """A link to a file that the server serves."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        url_prefix: str = "",
        result_html_prefix: str = "",
        result_html_suffix: str = "<br>",
    ) -> None:
        self.path = os.fspath(path)
        if os.path.isdir(self.path):
            raise ValueError("Cannot display a directory using FileLink.")
        self.url_prefix, self.before, self.after = url_prefix, result_html_prefix, result_html_suffix

    def _repr_html_(self) -> str:
        if not os.path.exists(self.path):
            return (
                f"Path (<tt>{escape(self.path)}</tt>) doesn't exist. It may still be in the process of being generated."
            )
        from urllib.parse import quote

        link = attributes(href=self.url_prefix + quote(self.path), target="_blank")
        return f"{self.before}<a {link}>{escape(self.path)}</a>{self.after}"

    def __repr__(self) -> str:
        return os.path.abspath(self.path)


class ProgressBar:
    """A bar that fills as its `progress` is set, or as one iterates over it. `total` must be positive (ValueError)."""

    def __init__(self, total: int) -> None:
        if total <= 0:
            raise ValueError("total must be positive")
        self.total = total
        self._progress = 0
        self.html_width = "60ex"
        self.text_width = 60
        from .display import new_display_id

        self._display_id = new_display_id()

    @property
    def progress(self) -> int:
        return self._progress

    @progress.setter
    def progress(self, value: int) -> None:
        self._progress = value
        self.update()

    def display(self) -> None:
        display(self, display_id=self._display_id)

    def update(self) -> None:
        display(self, display_id=self._display_id, update=True)

    def __iter__(self) -> ProgressBar:
        self.display()
        self._progress = -1  # the first step shows nothing done
        return self

    def __next__(self) -> int:
        self.progress += 1
        if self.progress < self.total:
            return self.progress
        raise StopIteration

    def __repr__(self) -> str:
        fraction = self._progress / self.total
        done = "=" * int(fraction * self.text_width)
        return f"[{done:<{self.text_width}}] {self._progress}/{self.total}"

    def _repr_html_(self) -> str:
        shown = attributes(style=f"width:{self.html_width}", max=self.total, value=self._progress)
        return f"<progress {shown}></progress>"
