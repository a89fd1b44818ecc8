"""What a single line may mean beyond Python: `cd ..` for `%cd ..`, `exit`, and calls without parentheses.

It needs the user's names, so it runs apart from the transforms, and only for cells of one line.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable
from keyword import iskeyword
from typing import Any

_line = re.compile(r"([^\W\d][\w.]*)(?:[ \t]+(.*?))?[ \t]*\n?$")
_operator = re.compile(r"[!=()<>,+*/%^&|:;@]|-[ \t=]|(?:is|not|in|and|or|if|else|for)\b|\[|\.")


def prefilter(
    text: str, names: dict[str, Any], has_magic: Callable[[str], bool], automagic: bool = True, autocall: int = 0
) -> str:
    """The Python text that a line stands for; the line itself if it is nothing special."""
    match = _line.match(text)
    if match is None:
        return text
    word, rest = match[1], match[2] or ""
    if iskeyword(word) or word in ("match", "type", "case") and rest:
        return text
    missing = object()
    first, _, _ = word.partition(".")
    found = names.get(first, getattr(builtins, first, missing))
    if found is missing:
        if automagic and first == word and not _operator.match(rest) and has_magic(word):
            return f"get_ipython().run_line_magic({word!r}, {rest!r})\n"
        return text
    if not rest:
        if getattr(found, "autocall", False) is True and first == word:
            return f"{word}()\n"
        if autocall < 2:
            return text
    if autocall and not _operator.match(rest):
        try:
            value = eval(word, names)
        except Exception:
            return text
        if callable(value):
            return f"{word}({rest})\n"
    return text
