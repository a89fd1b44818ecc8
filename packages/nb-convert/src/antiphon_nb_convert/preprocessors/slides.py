"""Which cell begins and ends what on a deck: slides stand side by side, sub-slides under them, fragments appear.

The marks in a cell's metadata are nbconvert's: `slide_type` and `slide_start`, `slide_end`, `subslide_…`, `fragment_…`.
"""

from __future__ import annotations

from typing import Any

from ..conversion import Conversion
from ..errors import ConversionError

_HIDDEN = ("skip", "notes")


def mark_slides(conversion: Conversion) -> Conversion:
    """Set the marks. The first cell that is seen begins a slide; where none is, `ConversionError` says so."""
    cells = conversion.notebook["cells"]
    kinds = [_kind(cell["metadata"]) for cell in cells]
    seen = [number for number, kind in enumerate(kinds) if kind not in _HIDDEN]
    if not seen:
        raise ConversionError(f"{conversion.name}: no cell is left to be shown: all are skipped, or notes")
    kinds[seen[0]] = "slide"
    marks: list[dict[str, Any]] = [{"slide_type": kind} for kind in kinds]
    in_fragment = False
    last = seen[0]
    for number in seen:
        kind = kinds[number]
        begins_slide, begins_subslide = kind == "slide", kind in ("slide", "subslide")
        if number != seen[0]:
            if in_fragment and (begins_subslide or kind == "fragment"):
                marks[last]["fragment_end"] = True
                in_fragment = False
            if begins_subslide:
                marks[last]["subslide_end"] = True
            if begins_slide:
                marks[last]["slide_end"] = True
        if begins_slide:
            marks[number]["slide_start"] = True
        if begins_subslide:
            marks[number]["subslide_start"] = True
        if kind == "fragment":
            marks[number]["fragment_start"] = True
            in_fragment = True
        last = number
    marks[last].update(subslide_end=True, slide_end=True, **({"fragment_end": True} if in_fragment else {}))
    return conversion.with_cells(
        {**cell, "metadata": {**cell["metadata"], **mark}} for cell, mark in zip(cells, marks, strict=True)
    )


def is_deck(conversion: Conversion) -> bool:
    """Whether somebody has made slides of it: a cell says what it is on a deck."""
    return any(_kind(cell["metadata"]) != "-" for cell in conversion.notebook["cells"])


def _kind(metadata: dict[str, Any]) -> str:
    slideshow = metadata.get("slideshow")
    kind = slideshow.get("slide_type") if isinstance(slideshow, dict) else None
    return kind if isinstance(kind, str) and kind in ("slide", "subslide", "fragment", *_HIDDEN) else "-"
