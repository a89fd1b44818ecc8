"""The data of outputs: which of their forms is shown, what their metadata says of it, pictures as addresses."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from typing import Any

_PLACEHOLDER = re.compile(r"<(.{1,200})>\Z", re.S)
_SVG_TITLE = re.compile(r"<title(?:\s[^<>]*)?>\s*([^<]{1,200}?)\s*</title>")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"


def first_shown(data: Mapping[str, Any], order: Sequence[str], widgets: Iterable[str] = ()) -> list[str]:
    """The form to show, as a list of one: the first of `order` that is there; else the first of all; none for none.

    A widget is only shown where its model is among those whose state the notebook keeps (`widgets`).
    """
    for mime in order:
        if mime in data and (mime != WIDGET_VIEW or _model(data[mime]) in set(widgets)):
            return [mime]
    return [mime for mime in data if mime not in order][:1]


def widget_models(metadata: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the widget models whose state a notebook's metadata keeps."""
    widgets = metadata.get("widgets")
    kept = widgets.get(WIDGET_STATE) if isinstance(widgets, dict) else None
    state = kept.get("state") if isinstance(kept, dict) else None
    return frozenset(state) if isinstance(state, dict) else frozenset()


def get_metadata(output: Mapping[str, Any], key: str, mimetype: str | None = None) -> Any:
    """What the metadata says under `key` for this form, else for the output as a whole; None where nothing is said."""
    metadata = output.get("metadata")
    if not isinstance(metadata, dict):
        return None
    own = metadata.get(mimetype) if mimetype else None
    if isinstance(own, dict) and key in own:
        return own[key]
    return metadata.get(key)


def _model(view: object) -> str:
    return str(view.get("model_id", "")) if isinstance(view, dict) else ""


def alternative(output: Mapping[str, Any], mime: str) -> str:
    """What stands for a picture where it is not seen: what its metadata says, its title, its text, else its kind."""
    said = get_metadata(output, "alt", mime)
    if isinstance(said, str) and said.strip():
        return said
    if mime == "image/svg+xml" and (title := _SVG_TITLE.search(output["data"][mime])):
        return unescape(title[1].strip())
    text = output["data"].get("text/plain")
    if isinstance(text, str) and 0 < len(text.strip()) <= 200:
        placeholder = _PLACEHOLDER.match(text.strip())
        if placeholder is None:
            return text.strip()
        if not placeholder[1].startswith("IPython."):
            return placeholder[1]
    return "Picture"


def data_url(mime: str, value: str) -> str:
    """The address that a picture's data are: base64 as it is, SVG encoded."""
    if mime == "image/svg+xml":
        return f"data:{mime};base64,{base64.b64encode(value.encode()).decode('ascii')}"
    return f"data:{mime};base64,{''.join(value.split())}"
