"""Colours: which theme a terminal gets, and what each part of the prompt looks like in it.

NO_COLOR (no-color.org) and TERM=dumb mean none; a background is told from COLORFGBG where the terminal sets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prompt_toolkit.styles import BaseStyle

_CODE = {"dark": "monokai", "light": "default"}
_PARTS = {
    "dark": {
        "prompt": "ansigreen",
        "prompt.number": "ansibrightgreen bold",
        "continuation": "ansigreen",
        "busy": "ansiyellow",
        "auto-suggestion": "#888888",
        "signature": "noreverse bg:#303030 #d0d0d0",
        "signature.active": "bold #ffffff",
        "bottom-toolbar": "noreverse bg:#303030 #d0d0d0",
    },
    "light": {
        "prompt": "ansigreen",
        "prompt.number": "ansigreen bold",
        "continuation": "ansigreen",
        "busy": "ansired",
        "auto-suggestion": "#888888",
        "signature": "noreverse bg:#e8e8e8 #303030",
        "signature.active": "bold #000000",
        "bottom-toolbar": "noreverse bg:#e8e8e8 #303030",
    },
    "none": {
        "bottom-toolbar": "noreverse",
    },
}


def chosen(wanted: str, environ: Mapping[str, str]) -> str:
    """`dark`, `light` or `none` for what the settings ask (`auto` looks at the environment)."""
    if environ.get("NO_COLOR") or environ.get("TERM", "dumb") == "dumb":
        return "none"
    if wanted in ("dark", "light", "none"):
        return wanted
    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    return "light" if background in ("7", "15") else "dark"


def prompt_parts(theme: str) -> Mapping[str, str]:
    """How the prompt itself looks: styles of prompt_toolkit by the name of the part."""
    return _PARTS[theme]


def style(theme: str) -> BaseStyle:
    """The style of the prompt itself, by the table above."""
    from prompt_toolkit.styles import Style

    return Style.from_dict(_PARTS[theme])


def code_style(theme: str, wanted: Any = "", overrides: Mapping[Any, str] | None = None) -> BaseStyle | None:
    """The style of the code in it: `wanted`, a name or class of Pygments', else the theme's; None without colours.

    `overrides` are styles by token, or by a token's name.
    """
    if theme == "none":
        return None
    from prompt_toolkit.styles import merge_styles
    from prompt_toolkit.styles.pygments import style_from_pygments_cls, style_from_pygments_dict
    from pygments.styles import get_style_by_name
    from pygments.token import string_to_tokentype

    wanted = wanted or _CODE[theme]
    found = style_from_pygments_cls(get_style_by_name(wanted) if isinstance(wanted, str) else wanted)
    if not overrides:
        return found
    named = {
        string_to_tokentype(token.removeprefix("Token.")) if isinstance(token, str) else token: look
        for token, look in overrides.items()
    }
    return merge_styles([found, style_from_pygments_dict(named)])
