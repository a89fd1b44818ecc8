"""What follows a dot: the attributes of a live object, without touching them."""

from __future__ import annotations

from typing import Any

from ..expressions import Cursor, expression_before
from ..static_lookup import (
    attribute,
    attribute_kind,
    attribute_names,
    brief_signature,
)
from . import Candidates, Lookup

_SIGNATURES = 40  # up to so many matches each is shown with its signature


def attributes(cursor: Cursor, lookup: Lookup, deadline: Any, omit: int) -> Candidates | None:
    """Attributes of the expression before the dot.

    Until an underscore is typed, `omit` 2 leaves out names that begin with one, 1 those that begin with two.
    """
    dot = cursor.word_start - 1
    expression = expression_before(cursor.text, dot)
    if not expression or expression.isdigit():
        return Candidates(cursor.word_start, [], exclusive=True)
    try:
        value = lookup(expression)
    except Exception:  # also what a subscript raised: there is nothing to offer, and nothing else would fit here
        return Candidates(cursor.word_start, [], exclusive=True)
    word = cursor.word
    found = [name for name in attribute_names(value) if name.startswith(word)]
    if not word.startswith("_") and omit:
        hidden = "_" if omit == 2 else "__"
        found = [name for name in found if not name.startswith(hidden)]
    elif word == "_" and omit:
        found = [name for name in found if name[:2] != "__"]
    brief = len(found) <= _SIGNATURES
    items = []
    for name in found:
        if not name.isidentifier():
            continue
        kind = attribute_kind(value, name)
        items.append((name, kind, _signature(value, name) if brief and kind == "function" else ""))
        if not len(items) % 4096 and deadline.passed():
            break
    return Candidates(cursor.word_start, items, exclusive=True)


def _signature(value: object, name: str) -> str:
    try:
        return brief_signature(attribute(value, name))
    except Exception:
        return ""
