"""Slides: a page that reveal.js turns into a deck, with everything it needs in it."""

from __future__ import annotations

from typing import Any

from ..conversion import Conversion
from ..preprocessors.slides import mark_slides
from ..settings import Options, Slides
from .exporter import Exporter, Result
from .templated import make_html


def make_slides(conversion: Conversion, exporter: Exporter, options: Options) -> Result:
    """The deck. Raises `ConversionError` where no cell is left to be shown."""
    return make_html(mark_slides(conversion), exporter, options, {"reveal": reveal(options.slides)})


def reveal(slides: Slides) -> dict[str, Any]:
    """What templates see as `resources.reveal`; `settings` are those of reveal.js."""
    settings: dict[str, Any] = {
        "controls": True,
        "progress": True,
        "history": True,
        "hash": True,
        "center": False,
        "transition": slides.transition,
        "slideNumber": slides.number or False,
    }
    for key, value in (("width", slides.width), ("height", slides.height)):
        if value:
            settings[key] = int(value) if value.isdigit() else value
    if slides.scroll:
        settings["view"] = "scroll"
    return {**slides._asdict(), "settings": settings}
