"""`d["...`: keys of dictionaries, columns of frames, fields of records."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from ..deadlines import call_within
from ..expressions import Cursor, expression_before
from ..static_lookup import TRUSTED, in_class, instance_dict, top_module
from . import Candidates, Lookup

_LIMIT = 1000


def keys(cursor: Cursor, lookup: Lookup, deadline: Any, closing: bool) -> Candidates | None:
    """Keys that begin like what was typed behind the bracket; inside a tuple key, those that continue it.

    With `closing` each carries the quote and bracket that end it, or the comma behind which its tuple goes on.
    """
    opening = cursor.brackets[-1]
    expression = expression_before(cursor.text, len(cursor.text[:opening].rstrip(" \t")))
    if not expression:
        return None
    owner, _, last = expression.rpartition(".")
    try:
        value = lookup(owner if last in ("loc", "at") and owner else expression)
        if last in ("loc", "at"):
            value = _Axes(value.axes) if top_module(type(value)) == "pandas" else lookup(expression)
    except Exception:
        return None
    begun = cursor.text[opening + 1 : cursor.position]
    prefix = ""
    if cursor.string_start is not None:
        typed, start, quote = cursor.text[cursor.string_start : cursor.position], cursor.string_start, cursor.quote
        begun = cursor.text[opening + 1 : cursor.string_start - len(quote)]
        prefix = begun[len(begun.rstrip("rRbBuUfF")) :].lower()
        begun = begun[: len(begun) - len(prefix)]
    else:
        typed, start, quote = cursor.word, cursor.word_start, ""
        begun = begun[: len(begun) - len(typed)]
    earlier = _earlier(begun)
    if earlier is None:
        return None
    closes = cursor.text[cursor.position : cursor.position + 1] in ("'", '"')
    items = []
    for at, key in enumerate(_keys(value, len(earlier))):
        if at % 4096 == 4095 and deadline.passed():
            break
        goes_on = False
        if earlier and type(key) is not _Column:
            if not isinstance(key, tuple) or len(key) <= len(earlier) or key[: len(earlier)] != earlier:
                continue
            key, goes_on = key[len(earlier)], len(key) > len(earlier) + 1
        elif isinstance(key, tuple) and key:
            key, goes_on = key[0], len(key) > 1
        text = _written(key, quote, prefix)
        if text is not None and text.startswith(typed) and (quote or not typed or not isinstance(key, str)):
            end = quote + (", " if goes_on else "]") if quote and closing and not closes else ""
            items.append((text + end, "dict key", ""))
            if len(items) >= _LIMIT:
                break
    if not items:
        return None
    return Candidates(start, list(dict.fromkeys(items)), exclusive=bool(quote) or not typed, ordered=True)


class _Axes(tuple[Any, ...]):
    """The labels along each axis of what `frame.loc` is asked of."""


class _Column(str):
    """A label of such an axis: whatever was chosen on the axes before, it may follow."""

    __slots__ = ()


def _earlier(text: str) -> tuple[Any, ...] | None:
    """The finished parts of a key, `'a', 1, ` -> ("a", 1), a slice as Ellipsis; None when they are not literals."""
    if not text.strip():
        return ()
    import ast

    try:
        subscript: Any = ast.parse(f"_[{text.strip().rstrip(',')},]", mode="eval").body
        return tuple(... if isinstance(part, ast.Slice) else ast.literal_eval(part) for part in subscript.slice.elts)
    except (ValueError, SyntaxError, AttributeError, RecursionError, MemoryError):
        return None


def _written(key: object, quote: str, prefix: str) -> str | None:
    """A key as it would be typed; behind an open quote only the rest of a string."""
    if not quote:
        return repr(str(key) if type(key) is _Column else key) if isinstance(key, _LITERALS) else None
    if not isinstance(key, bytes if "b" in prefix else str):
        return None
    # With the other quote in front, repr puts the text into single quotes and escapes those.
    text = repr(b'"' + key)[3:-1] if isinstance(key, bytes) else repr('"' + key)[2:-1]
    return text if quote[0] == "'" else text.replace("\\'", "'").replace('"', '\\"')


_LITERALS = (str, int, float, bool, bytes, tuple, type(None))


def _keys(value: Any, position: int) -> Iterable[Any]:
    """The keys of a value; of an indexer with several axes, those for the axis at `position`."""
    if isinstance(value, dict):
        return list(dict.keys(value))
    try:
        in_class(type(value), "_ipython_key_completions_")
    except AttributeError:
        pass
    else:
        return list(call_within(0.3, value._ipython_key_completions_))
    if type(value) is _Axes:
        return [_Column(key) for key in value[position] if isinstance(key, str)] if position < len(value) else []
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
