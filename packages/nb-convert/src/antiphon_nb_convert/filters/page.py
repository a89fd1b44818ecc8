"""`current`: the rendering whose template runs, for the filters that have to know the notebook in hand.

A variable, since Jinja hands the filters in an imported macro nothing of ours.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..rendering import Rendering

current: ContextVar[Rendering] = ContextVar("rendering")
