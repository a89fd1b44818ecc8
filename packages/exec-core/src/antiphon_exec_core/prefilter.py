"""What a single line may mean beyond Python: `cd ..` for `%cd ..`, `exit`, and calls without parentheses.

It needs the user's names, so it runs apart from the transforms, and only for cells of one line.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from keyword import iskeyword
from typing import Any

# What follows a name in plain Python, and so is no argument of a call without parentheses.
_OPERATORS = (*"!=()<>,+*/%^&|:;@[.", "- ", "-\t", "-=")
_WORDS = frozenset(["is", "not", "in", "and", "or", "if", "else", "for"])


def _is_operator(rest: str) -> bool:
    return rest == "-" or rest.startswith(_OPERATORS) or rest.partition(" ")[0] in _WORDS


def prefilter(
    text: str, names: dict[str, Any], has_magic: Callable[[str], bool], automagic: bool = True, autocall: int = 0
) -> str:
    """The Python text that a line stands for; the line itself if it is nothing special."""
    parts = text.split(None, 1)
    if not parts:
        return text
    word = parts[0]
    rest = parts[1].rstrip() if len(parts) > 1 else ""
    first, dot, _ = word.partition(".")
    if not first.isidentifier() or iskeyword(first) or (word in ("match", "type", "case") and rest):
        return text
    found = names.get(first, _MISSING)
    if found is _MISSING:
        found = getattr(builtins, first, _MISSING)
    if found is _MISSING:
        if automagic and not dot and not rest.startswith(("=", ",")) and has_magic(word):
            return f"get_ipython().run_line_magic({word!r}, {rest!r})\n"
        return text
    if not rest:
        if not dot and getattr(found, "autocall", False) is True:
            return f"{word}()\n"
        if autocall < 2:
            return text
    if autocall and not _is_operator(rest) and all(part.isidentifier() for part in word.split(".")):
        try:
            value = eval(word, names)
        except Exception:
            return text
        if callable(value):
            return f"{word}({rest})\n"
    return text


_MISSING = object()
