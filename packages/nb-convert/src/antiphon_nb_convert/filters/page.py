"""`current`: the rendering whose template runs, for the filters that have to know the notebook in hand.

A variable, since Jinja hands the filters in an imported macro nothing of ours.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..rendering import Rendering
    from ..text_rendering import TextRendering

current: ContextVar[Rendering] = ContextVar("rendering")
"""That of a page."""

current_text: ContextVar[TextRendering] = ContextVar("text_rendering")
"""That of any other text."""
