"""Content that is text, or data written as text: HTML, Markdown, Latex, SVG, JSON, Javascript and their like.

Each takes its content as `data`, or from `filename` or `url`; a string that is an address, or the name of a file that
is there, is taken as that.
"""

from __future__ import annotations

import os
from typing import Any

Shown = Any  # content, or (content, metadata)

_ADDRESSES = ("http://", "https://")
_MODULE = "IPython.core.display"


def is_address(data: object) -> bool:
    return isinstance(data, str) and data.startswith(_ADDRESSES) and "\n" not in data


def is_file(data: object) -> bool:
    """Is this short text the name of a file?"""
    return isinstance(data, str) and 0 < len(data) < 4096 and "\n" not in data and os.path.isfile(data)


class DisplayObject:
    """Content and where it is from; `reload()` reads it again."""

    shown_module = _MODULE  # documents and doctests know these objects by the text of their repr
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
        if url is None and filename is None:
            if is_address(data):
                url, data = data, None
            elif is_file(data):
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
        elif self.url is not None:
            self.data = self._fetch(self.url)

    def _fetch(self, url: str) -> Any:
        from urllib.request import urlopen

        with urlopen(url) as answer:
            content = answer.read()
            return content if self._binary else content.decode(answer.headers.get_content_charset() or "utf-8")

    def _shown(self) -> Shown:
        return (self.data, self.metadata) if self.metadata else self.data

    def __repr__(self) -> str:
        class_ = type(self)
        ours = class_.__module__.startswith(__package__ or "")
        return f"<{self.shown_module if ours else class_.__module__}.{class_.__name__} object>"


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

    def reload(self) -> None:
        super().reload()
        if isinstance(self.data, str):
            start, end = self.data.find("<svg"), self.data.rfind("</svg>")
            if start >= 0 and end >= 0:
                self.data = self.data[start : end + 6]

    def _repr_svg_(self) -> Shown:
        return self._shown()


class JSON(DisplayObject):
    """A dict or list, or the text of one, that frontends show as a tree. Raises TypeError for anything else."""

    def __init__(
        self,
        data: Any = None,
        url: str | None = None,
        filename: str | os.PathLike[str] | None = None,
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
        if self.data is not None and not isinstance(self.data, (dict, list)):
            raise TypeError(f"{type(self).__name__} expects JSONable dict or list, not {self.data!r}")

    def _repr_json_(self) -> Shown:
        return self._shown()


class GeoJSON(JSON):
    """Places and shapes that frontends draw on a map; `url_template` and `layer_options` choose the map."""

    def _repr_json_(self) -> Shown:
        return None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        return {"application/geo+json": self.data}, {"application/geo+json": self.metadata}


class Javascript(TextDisplayObject):
    """A script that the frontend runs, after the libraries in `lib` and with the styles in `css`."""

    def __init__(
        self,
        data: str | None = None,
        url: str | None = None,
        filename: str | os.PathLike[str] | None = None,
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
            f"  link.href = {json.dumps(style)};\n  document.head.appendChild(link);\n}});\n"
            for style in self.css
        )
        loads = "".join(
            "new Promise(function(resolve, reject) {\n"
            '  var script = document.createElement("script");\n'
            "  script.onload = resolve; script.onerror = reject;\n"
            f"  script.src = {json.dumps(library)};\n  document.head.appendChild(script);\n}}).then(() => {{\n"
            for library in self.lib
        )
        # a newline before the brackets: the script may end in a comment
        return f"{before}{loads}{self.data}" + "\n});" * len(self.lib)
