"""The language of what is typed: Pygments' lexer by the name that the kernel gives, plain text where there is none.

Making a lexer takes longer than drawing a prompt, so the first prompt comes without: text first,
colours a moment later.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
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


class LateLexer(Lexer):
    """Plain text until `ready`, then `lexer(name)`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lexer: Lexer | None = None

    @property
    def is_ready(self) -> bool:
        return self._lexer is not None

    def ready(self) -> Lexer:
        """Colours from here on; the lexer itself."""
        if self._lexer is None:
            self._lexer = lexer(self._name)
        return self._lexer

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """See prompt_toolkit's `Lexer`."""
        return (self._lexer or SimpleLexer()).lex_document(document)

    def invalidation_hash(self) -> Hashable:
        """Coloured text replaces plain text."""
        return self._lexer is not None
