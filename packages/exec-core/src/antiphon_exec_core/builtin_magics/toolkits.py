"""The magic that keeps windows alive: gui."""

from __future__ import annotations

from typing import Any

from ..magic_options import unquote


def switch(line: str, gui: Any) -> None:
    """`%gui [toolkit]`: run a toolkit's event loop while nothing else runs; without a word, none.

    tk, qt (qt5, qt6), gtk3, gtk4, wx, osx; asyncio is the loop that awaiting cells share.
    """
    gui.enable(unquote(line.strip()))
