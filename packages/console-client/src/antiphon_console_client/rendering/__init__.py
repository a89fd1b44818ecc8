"""From a MIME bundle to text for a terminal: one module a family, all of them functions without I/O.

`choose` picks the form and gives it as `Rendered`; `Look` is what it may use: how wide, colours or not, links or not.
"""

from __future__ import annotations

from .choice import DEFAULT_PREFERENCE, Rendered, choose
from .look import Look

__all__ = ["DEFAULT_PREFERENCE", "Look", "Rendered", "choose"]
