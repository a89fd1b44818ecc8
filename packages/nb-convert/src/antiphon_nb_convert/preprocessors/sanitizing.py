"""Outputs of strangers made harmless before any template sees them, so that no template can let them through.

HTML is sanitised, SVG becomes a picture that runs nothing, JavaScript and widgets go, what claims to be base64 is. A
value of which nothing is left is shown as its text. Markdown is sanitised where it is rendered, for it is not HTML yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..conversion import Cell, Conversion
from ..media import WIDGET_VIEW

_BASE64 = re.compile(r"[A-Za-z0-9+/\s]*={0,2}\s*\Z")
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_NUMBER = re.compile(r"\d{1,5}(\.\d{1,3})?(px|em|rem|%|pt|cm|mm|in)?\Z")
_HTML_RAW = ("", "text/html", "html")


def sanitize_notebook(conversion: Conversion, *, clean: Callable[[str], str]) -> Conversion:
    """`clean` makes a fragment of HTML harmless. A policy that trusts leaves everything as it is."""
    if conversion.policy.trusted:
        return conversion
    notebook = conversion.notebook
    metadata = {key: value for key, value in notebook["metadata"].items() if key != "widgets"}
    cells = [_cell(cell, clean) for cell in notebook["cells"]]
    return conversion._replace(notebook={**notebook, "metadata": metadata, "cells": cells})


def _cell(cell: Cell, clean: Callable[[str], str]) -> Cell:
    if cell["cell_type"] == "code" and cell["outputs"]:
        return {**cell, "outputs": [_output(output, clean) for output in cell["outputs"]]}
    if cell["cell_type"] == "raw" and str(cell["metadata"].get("raw_mimetype", "")).lower() in _HTML_RAW:
        return {**cell, "source": clean(cell["source"])}
    return cell


def _output(output: dict[str, Any], clean: Callable[[str], str]) -> dict[str, Any]:
    if "data" not in output:
        return output
    data: dict[str, Any] = {}
    for mime, value in output["data"].items():
        if mime == "text/html":
            data[mime] = clean(value)
        elif mime == "image/svg+xml":
            data[mime] = value  # shown through `picture`, as an image: there it runs nothing and loads nothing
        elif mime in _PICTURES or mime == "application/pdf":
            if isinstance(value, str) and _BASE64.match(value):
                data[mime] = value
        elif mime not in ("application/javascript", "text/javascript", WIDGET_VIEW):
            data[mime] = value
    return {**output, "data": data, "metadata": _metadata(output.get("metadata", {}))}


def _metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Sizes that are sizes; the rest as it is, for templates escape what they write of it."""
    kept = dict(metadata)
    for key in ("width", "height"):
        if key in kept and not _is_size(kept[key]):
            del kept[key]
    for mime, own in metadata.items():
        if isinstance(own, dict):
            kept[mime] = {k: v for k, v in own.items() if k not in ("width", "height") or _is_size(v)}
    return kept


def _is_size(value: object) -> bool:
    return (isinstance(value, (int, float)) and not isinstance(value, bool)) or (
        isinstance(value, str) and bool(_NUMBER.match(value))
    )
