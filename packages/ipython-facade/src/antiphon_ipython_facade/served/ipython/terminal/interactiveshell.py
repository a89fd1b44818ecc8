"""The shell of a terminal session."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell, InteractiveShellABC
from traitlets import Bool, Unicode

__all__ = ["InteractiveShellABC", "TerminalInteractiveShell"]


class TerminalInteractiveShell(InteractiveShell):
    """What terminals have besides; the console's own settings decide how it looks."""

    simple_prompt = Bool(False).tag(config=True)
    confirm_exit = Bool(True).tag(config=True)
    editing_mode = Unicode("emacs").tag(config=True)
    highlighting_style = Unicode("").tag(config=True)
    term_title = Bool(False).tag(config=True)
    true_color = Bool(False).tag(config=True)
    mouse_support = Bool(False).tag(config=True)
    keep_running = Bool(True)
    pt_app: Any = None

    def mainloop(self, display_banner: Any = None) -> None:
        raise NotImplementedError("a second prompt inside this session is not offered: call `antiphon` in a terminal")
