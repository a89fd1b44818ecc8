"""The settings of a console, with their defaults: one frozen value. Their face for config files is `app.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Settings(NamedTuple):
    """How the console looks and behaves."""

    # keys
    editing_mode: str = "emacs"  # emacs, vi
    shows_mode: bool = True  # vi's mode in the prompt
    modal_cursor: bool = True  # and as the shape of the cursor
    key_seconds: float = 0.5  # so long a key waits for others that could follow it, as `j k` in vi
    escape_seconds: float = 0.01  # so long Escape waits for what terminals send after it
    mouse: bool = False
    auto_match: bool = False  # brackets and quotes are closed as they are opened
    history_search: bool = True  # the Up key looks for what begins as the line does
    editor: str = ""  # empty: $VISUAL, $EDITOR, vi
    editor_shortcuts: bool = False  # vi's v opens it too
    # looks
    theme: str = "auto"  # auto, dark, light, none
    colour: bool = True
    true_color: bool = False  # 24 bits; else 256 colours, or what $PROMPT_TOOLKIT_COLOR_DEPTH says
    highlight: bool = True
    code_style: Any = ""  # a style of Pygments', by name or class; empty: the theme's
    code_overrides: Mapping[Any, str] = {}  # by token
    brackets: bool = True  # the one that matches is marked
    completions: str = "multicolumn"  # multicolumn, column, readlinelike
    complete_while_typing: bool = False
    menu_rows: int = 6
    suggestions: bool = True  # from history, in grey
    signatures: bool = True
    title: str = "antiphon: {cwd}"  # of the window; empty: left as it is
    simple: bool = False  # a prompt of plain lines: no keys, menus, colours
    # behaviour
    confirm_exit: bool = True
    banner: bool = True
    history_length: int = 1000  # cells offered from earlier sessions
    patience: float = 0.2  # seconds a cell may take before the prompt comes back beside it
    others: bool = True  # what other clients of the kernel do is shown
    other_prefix: str = "Remote "
    # what is not text
    mime_preference: tuple[str, ...] = ()
    image_handler: str = ""  # empty: by the terminal; PIL, stream, tempfile, callable, none
    image_stream: tuple[str, ...] = ()  # the words of a command that reads an image
    image_tempfile: tuple[str, ...] = ()  # of one that is given a file: {file}, {format}
    image_function: Callable[[Mapping[str, Any]], Any] | None = None
