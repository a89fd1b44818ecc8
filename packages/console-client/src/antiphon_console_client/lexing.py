"""The language of what is typed: Pygments' lexer by the name that the kernel gives, plain text where there is none."""

from __future__ import annotations

from prompt_toolkit.lexers import Lexer, PygmentsLexer, SimpleLexer

_ALIASES = {"ipython": "python", "ipython3": "python", "ipython2": "python", "text": ""}


def lexer(name: str) -> Lexer:
    """The lexer that Pygments knows by `name`."""
    from pygments.lexers import find_lexer_class_by_name
    from pygments.util import ClassNotFound

    name = _ALIASES.get(name, name)
    if not name:
        return SimpleLexer()
    if name == "python":
        from pygments.lexers.python import PythonLexer

        return PygmentsLexer(PythonLexer)
    try:
        return PygmentsLexer(find_lexer_class_by_name(name))
    except ClassNotFound:
        return SimpleLexer()
