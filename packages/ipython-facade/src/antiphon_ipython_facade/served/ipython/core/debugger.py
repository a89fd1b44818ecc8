"""The debugger of cells."""

from __future__ import annotations

import sys
from types import FrameType

from antiphon_exec_core.debug_session import DebugSession as Pdb

__all__ = ["Pdb", "set_trace"]


def set_trace(frame: FrameType | None = None, header: str | None = None) -> None:
    """Stop at the caller."""
    if header:
        print(header)
    from antiphon_ipython_facade.session import services

    services()["debugger"].set_trace(frame or sys._getframe(1))
