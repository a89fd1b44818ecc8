"""SVG drawings of outputs also as PDF, for LaTeX, which reads no SVG."""

from __future__ import annotations

import base64
from typing import Any

from ..conversion import Cell, Conversion
from ..errors import ConversionError

_SVG, _PDF = "image/svg+xml", "application/pdf"


def draw_pdf(conversion: Conversion) -> Conversion:
    """Each drawing in SVG gets one in PDF beside it, if it has none and can be drawn (which takes the extra `pdf`)."""
    return conversion.with_cells(_cell(cell) for cell in conversion.notebook["cells"])


def _cell(cell: Cell) -> Cell:
    outputs = cell.get("outputs")
    if not outputs or not any(_SVG in output.get("data", {}) for output in outputs):
        return cell
    return {**cell, "outputs": [_output(output) for output in outputs]}


def _output(output: dict[str, Any]) -> dict[str, Any]:
    data = output.get("data", {})
    if not isinstance(data.get(_SVG), str) or _PDF in data:
        return output
    from ..pdf.compiler import drawing

    try:
        made = drawing(data[_SVG].encode("utf-8", "replace"))
    except ConversionError:
        return output  # another form of it is shown
    return {**output, "data": {**data, _PDF: base64.b64encode(made).decode("ascii")}}
