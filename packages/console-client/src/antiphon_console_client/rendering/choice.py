"""Which of its forms a value is shown in.

In the built-in order a form may step back: a formula for a drawing in text that has several lines, HTML for any text
that says something. An order of the user's own is taken as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from .look import Look
from .text import joined, render_text

IMAGES = ("image/png", "image/jpeg", "image/svg+xml", "image/gif", "image/webp")
DEFAULT_PREFERENCE = (
    "image/png",
    "image/jpeg",
    "image/svg+xml",
    "image/gif",
    "image/webp",
    "text/markdown",
    "text/latex",
    "text/html",
    "application/json",
    "text/plain",
)
_PLACEHOLDER = re.compile(r"<[^\n]{1,300}>")
_WIDGET = "application/vnd.jupyter.widget-view+json"


class Rendered(NamedTuple):
    """`text` for the terminal; where `mime` is an image, the `image` to be drawn and the `text` for where it is not."""

    mime: str
    text: str
    image: object = None
    metadata: Mapping[str, Any] | None = None


def choose(
    data: Mapping[str, Any], metadata: Mapping[str, Any] | None, preference: Sequence[str], look: Look
) -> Rendered:
    """The first form in `preference` (empty: the built-in order) that can be shown. Never raises."""
    own = tuple(preference) or DEFAULT_PREFERENCE
    strict = bool(preference) and own != DEFAULT_PREFERENCE
    for mime in (*own, "text/plain"):
        if mime not in data or (not strict and _steps_back(mime, data)):
            continue
        if mime in IMAGES:
            if look.pictures:
                own_metadata = (metadata or {}).get(mime)
                known = own_metadata if isinstance(own_metadata, dict) else {}
                return Rendered(mime, _instead(data, look), data[mime], known)
            continue
        text = _render(mime, data[mime], look)
        if text is not None:
            return Rendered(mime, text)
    return Rendered("", _instead(data, look))


def _steps_back(mime: str, data: Mapping[str, Any]) -> bool:
    if mime == "text/plain" or "text/plain" not in data:
        return False
    if _WIDGET in data:
        return True
    plain = joined(data["text/plain"]).strip()
    if _PLACEHOLDER.fullmatch(plain) or not plain:
        return False
    return mime == "text/html" or (mime == "text/latex" and "\n" in plain)


def _instead(data: Mapping[str, Any], look: Look) -> str:
    if "text/plain" in data:
        return render_text(data["text/plain"], look) or ""
    return f"<{', '.join(map(str, data)) or 'nothing to show'}>"


def _render(mime: str, value: object, look: Look) -> str | None:
    """None: there is no way to show this one."""
    render: Callable[[object, Look], str | None]
    match mime:
        case "text/plain":
            render = render_text
        case "text/markdown":
            from .markdown import render_markdown as render
        case "text/latex":
            from .latex import render_latex as render
        case "text/html":
            from .html import render_html as render
        case "application/json":
            from .tree import render_json as render
        case _:
            return None
    return render(value, look)
