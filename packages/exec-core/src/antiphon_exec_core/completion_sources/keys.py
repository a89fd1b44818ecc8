"""`d["...`: keys of dictionaries, columns of frames, fields of records."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from ..deadlines import call_within
from ..expressions import Cursor, expression_before
from ..static_lookup import TRUSTED, evaluate, in_class, instance_dict, top_module
from . import Candidates

_LIMIT = 1000


def keys(cursor: Cursor, names: Mapping[str, Any], deadline: Any, closing: bool) -> Candidates | None:
    """Keys that begin like what was typed behind the bracket; inside a tuple key, those that continue it.

    With `closing` each carries the quote and bracket that end it.
    """
    opening = cursor.brackets[-1]
    expression = expression_before(cursor.text, opening)
    if not expression:
        return None
    try:
        value = evaluate(expression, names)
    except Exception:
        return None
    begun = cursor.text[opening + 1 : cursor.position]
    if cursor.string_start is not None:
        typed, start, quote = cursor.text[cursor.string_start : cursor.position], cursor.string_start, cursor.quote
        begun = cursor.text[opening + 1 : cursor.string_start].rstrip("rRbBuUfF\"'")
    else:
        typed, start, quote = cursor.word, cursor.word_start, ""
        begun = begun[: len(begun) - len(typed)]
    earlier = _earlier(begun)
    if earlier is None:
        return None
    closes = cursor.text[cursor.position : cursor.position + 1] in ("'", '"')
    items = []
    for at, key in enumerate(_keys(value)):
        if at % 4096 == 4095 and deadline.passed():
            break
        if earlier:
            if not isinstance(key, tuple) or len(key) <= len(earlier) or key[: len(earlier)] != earlier:
                continue
            key = key[len(earlier)]
        elif isinstance(key, tuple) and key and quote:
            key = key[0]
        text = _written(key, quote)
        if text is not None and text.startswith(typed) and (quote or not typed or not isinstance(key, str)):
            end = quote + "]" if quote and closing and not closes and not isinstance(key, tuple) else ""
            items.append((text + end, "dict key", ""))
            if len(items) >= _LIMIT:
                break
    if not items:
        return None
    return Candidates(start, list(dict.fromkeys(items)), exclusive=bool(quote), ordered=True)


def _earlier(text: str) -> tuple[Any, ...] | None:
    """The finished parts of a tuple key, `'a', 1, ` -> ("a", 1); None when they are not literals."""
    if not text.strip():
        return ()
    import ast

    try:
        value = ast.literal_eval(f"({text.strip().rstrip(',')},)")
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, tuple) else None


def _written(key: object, quote: str) -> str | None:
    """A key as it would be typed; behind an open quote only the rest of a string."""
    if not quote:
        return repr(key) if type(key) in (str, int, float, bool, bytes, tuple, type(None)) else None
    if not isinstance(key, str):
        return None
    text = repr(quote[0] + key)[2:-1] if quote[0] not in key else repr(key)[1:-1]
    if quote[0] == '"' and '"' in key:
        text = text.replace('"', '\\"')
    return text


def _keys(value: object) -> Iterable[Any]:
    if isinstance(value, dict):
        return list(dict.keys(value))
    try:
        in_class(type(value), "_ipython_key_completions_")
    except AttributeError:
        pass
    else:
        return list(call_within(0.3, value._ipython_key_completions_))  # type: ignore[attr-defined]
    module = top_module(type(value))
    if module in TRUSTED:
        dtype = getattr(value, "dtype", None)
        if getattr(dtype, "names", None):
            return list(dtype.names)  # type: ignore[union-attr]
        columns = getattr(value, "columns", None)
        if columns is not None:
            return columns  # type: ignore[no-any-return]
    if isinstance(value, Mapping):
        if module in sys.stdlib_module_names:  # os.environ, ChainMap, UserDict: iterating them is harmless
            return list(value)
        data = instance_dict(value).get("data")
        return list(data) if type(data) is dict else []
    return []
