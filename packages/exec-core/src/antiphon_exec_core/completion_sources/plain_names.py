"""Names that can stand alone: the user's, those of builtins, keywords."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from keyword import kwlist, softkwlist
from typing import Any

from ..expressions import Cursor
from ..static_lookup import brief_signature, kind_of
from . import Candidates

_KEYWORDS = (*kwlist, *(word for word in softkwlist if word != "_"))


def plain_names(cursor: Cursor, names: Mapping[str, Any]) -> Candidates | None:
    """All names that begin like the word at the cursor; those with a leading underscore only when one was typed."""
    word = cursor.word
    if word[:1].isdigit():
        return None
    found: dict[str, tuple[str, str, str]] = {}
    for name, value in list(names.items()):
        if isinstance(name, str) and name.startswith(word) and (word or name[:1] != "_"):
            kind = kind_of(value)
            found[name] = (name, kind, brief_signature(value) if kind == "function" and word else "")
    for name, value in vars(builtins).items():
        if name.startswith(word) and name not in found and (word or name[:1] != "_"):
            found[name] = (name, kind_of(value), "")
    for name in _KEYWORDS:
        if name.startswith(word):
            found[name] = (name, "keyword", "")
    _add_assigned(cursor, found)
    return Candidates(cursor.word_start, list(found.values()))


def _add_assigned(cursor: Cursor, found: dict[str, tuple[str, str, str]]) -> None:
    """Names the cell itself defines but has not run yet: `def name`, `class name`, `name =`, `for name in`."""
    if not cursor.word:
        return
    import re

    text = cursor.text[: cursor.word_start] + " " + cursor.text[cursor.position :]
    name_of = rf"\b(?:(def|class|for|as)\s+)?({re.escape(cursor.word)}\w*)"
    pattern = name_of + r"(?=\s*(?::[^=\n]*)?=[^=]|\s*[(:]|\s+in\b|\s*$)"
    for match in re.finditer(pattern, text, re.M):
        name = match[2]
        if name in found or (match[1] is None and "=" not in text[match.end() : match.end() + 40].split("\n")[0]):
            continue
        found[name] = (name, {"def": "function", "class": "class"}.get(match[1] or "", "statement"), "")
