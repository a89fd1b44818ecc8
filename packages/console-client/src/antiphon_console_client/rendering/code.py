"""Source text in colours, by Pygments, which is loaded when the first piece of code comes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ..escapes import still
from .look import Look

_LONGEST = 100_000  # characters; beyond, colours are not worth the wait


def highlighted(code: str, language: str, look: Look) -> str:
    """`code` with colours where the language is known, else as it is; lines stay lines."""
    code = still(code, colour=False)
    if not look.colour or not language or len(code) > _LONGEST:
        return code
    lexer, formatter = _lexer(language), _formatter(look.code_style, look.true_colour)
    if lexer is None:
        return code
    from pygments import highlight

    painted = highlight(code, lexer, formatter)
    return str(painted).rstrip("\n") if not code.endswith("\n") else str(painted)


@lru_cache(32)
def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@lru_cache(8)
def _formatter(style: str, true_colour: bool) -> Any:
    from pygments.formatters import Terminal256Formatter, TerminalTrueColorFormatter
    from pygments.util import ClassNotFound

    kind = TerminalTrueColorFormatter if true_colour else Terminal256Formatter
    try:
        return kind(style=style)
    except ClassNotFound:
        return kind(style="default")
