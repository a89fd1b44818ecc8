"""The display classes, and `display_png(obj)` and its like: an object shown as one type of content only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon_exec_core.display import display as _display
from antiphon_exec_core.display_classes import (
    HTML,
    JSON,
    SVG,
    DisplayObject,
    GeoJSON,
    Image,
    Javascript,
    Latex,
    Markdown,
    Math,
    Pretty,
    ProgressBar,
    TextDisplayObject,
    Video,
)

__all__ = [
    "HTML",
    "JSON",
    "SVG",
    "DisplayObject",
    "GeoJSON",
    "Image",
    "Javascript",
    "Latex",
    "Markdown",
    "Math",
    "Pretty",
    "ProgressBar",
    "TextDisplayObject",
    "Video",
    "display_html",
    "display_javascript",
    "display_jpeg",
    "display_json",
    "display_latex",
    "display_markdown",
    "display_pdf",
    "display_png",
    "display_pretty",
    "display_svg",
]


def _shown_as(mime: str) -> Callable[..., None]:
    def show(*objs: Any, raw: bool = False, metadata: dict[str, Any] | None = None, **options: Any) -> None:
        for obj in objs:
            if raw:
                _display({mime: obj}, raw=True, metadata={mime: metadata} if metadata else None, **options)
            else:
                plain = [] if mime == "text/plain" else ["text/plain"]
                _display(obj, include=[*plain, mime], metadata={mime: metadata} if metadata else None, **options)

    show.__doc__ = f"Show objects as {mime}; with `raw` they are that content already."
    return show


display_pretty = _shown_as("text/plain")
display_html = _shown_as("text/html")
display_markdown = _shown_as("text/markdown")
display_svg = _shown_as("image/svg+xml")
display_png = _shown_as("image/png")
display_jpeg = _shown_as("image/jpeg")
display_webp = _shown_as("image/webp")
display_latex = _shown_as("text/latex")
display_json = _shown_as("application/json")
display_javascript = _shown_as("application/javascript")
display_pdf = _shown_as("application/pdf")
