"""The settings of a console, with their defaults: one frozen value. Their face for config files is `app.py`."""

from __future__ import annotations

from typing import NamedTuple


class Settings(NamedTuple):
    """How the console looks and behaves."""

    editing_mode: str = "emacs"  # emacs, vi
    theme: str = "auto"  # auto, dark, light, none
    colour: bool = True
    completions: str = "multicolumn"  # multicolumn, column, readlinelike
    complete_while_typing: bool = False
    suggestions: bool = True  # from history, in grey
    signatures: bool = True
    highlight: bool = True
    mouse: bool = False
    confirm_exit: bool = True
    banner: bool = True
    editor: str = ""  # empty: $VISUAL, $EDITOR, vi
    editor_shortcuts: bool = False  # vi's v opens it too
    history_length: int = 1000  # cells offered from earlier sessions
    patience: float = 0.2  # seconds a cell may take before the prompt comes back beside it
    mime_preference: tuple[str, ...] = ()
    image_handler: str = ""  # empty: by the terminal; PIL, stream, tempfile, none
