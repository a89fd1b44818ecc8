"""A shell inside of a running program."""

from __future__ import annotations

import sys
from typing import Any


def embed(*, header: str = "", compile_flags: Any = None, **options: Any) -> None:
    """Talk to the caller's names at the terminal, until Ctrl-D. Raises EOFError where there is nobody to ask."""
    import code

    from antiphon_exec_core.outputs import current_outlet

    frame = sys._getframe(1)
    names = {**frame.f_globals, **frame.f_locals}
    code.interact(header or "the names of the caller; Ctrl-D leaves", current_outlet().ask, names, exitmsg="")


class InteractiveShellEmbed:
    """`embed` to be called more than once."""

    def __init__(self, *_: Any, banner1: str = "", **__: Any) -> None:
        self.banner1 = banner1

    def __call__(self, header: str = "", **_: Any) -> None:
        embed(header=header or self.banner1)
