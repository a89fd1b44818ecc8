"""How much memory a value keeps alive, near enough to decide what is let go.

No code of the user's is called. Arrays and frames of known libraries are asked; a view counts as the whole it is a view
of; of other objects what they hold is followed up to a number of objects, and a long container is sampled.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from sys import getsizeof
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

_LIGHT = (bool, int, float, complex, str, bytes, type(None))
_SHARED = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType, CodeType, FrameType)
"""What is there whether or not a result refers to it."""
_ASKED = frozenset({"numpy", "pandas", "polars", "pyarrow", "torch", "jaxlib", "scipy"})
_FOLLOWED = 1000  # objects
_SAMPLE = 100  # elements of a long container


def weight(value: Any) -> tuple[int, int]:
    """(an identity, bytes): two values of one identity are the same memory."""
    whole = _whole(value)
    total = 0.0
    seen: set[int] = set()
    ahead: deque[tuple[Any, float]] = deque([(whole, 1.0)])  # with how many such objects one stands for
    while ahead and len(seen) < _FOLLOWED:
        found, times = ahead.popleft()
        if id(found) in seen or isinstance(found, _SHARED):
            continue
        seen.add(id(found))
        own, inner, length = _opened(found)
        total += own * times
        if length:
            sample = _some(inner, length)
            ahead.extend((each, times * length / len(sample)) for each in sample)
    return id(whole), int(total)


def _whole(value: Any) -> Any:
    """The array that a view is a view of."""
    while type(value).__module__.partition(".")[0] == "numpy" and getattr(value, "base", None) is not None:
        value = value.base
    return value


def _opened(value: Any) -> tuple[int, Iterator[Any], int]:
    """The bytes of an object itself, and what it holds: an iterator and how much it gives."""
    kind = type(value)
    if kind in _LIGHT:
        return getsizeof(value), iter(()), 0
    if kind.__module__.partition(".")[0] in _ASKED:
        asked = _asked(_whole(value))
        if asked:
            return asked, iter(()), 0
    own = object.__sizeof__(value)
    if kind.__module__ != "__main__":
        with suppress(Exception):  # a __sizeof__ of somebody's
            own = getsizeof(value)
    if isinstance(value, dict):
        return own, _pairs(value), 2 * dict.__len__(value)
    for base in (list, tuple, set, frozenset):
        if isinstance(value, base):
            return own, base.__iter__(value), base.__len__(value)  # type: ignore[arg-type]
    try:
        names = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return own, iter(()), 0
    return own, iter((names,)), 1


def _some(inner: Iterator[Any], length: int) -> list[Any]:
    """All of a short container, the first of a long one."""
    try:
        return list(islice(inner, min(length, _SAMPLE))) or [None]
    except RuntimeError:  # another thread changes it
        return [None]


def _pairs(value: dict[Any, Any]) -> Any:
    for key, item in dict.items(value):
        yield key
        yield item


def _asked(value: Any) -> int:
    """What a library says of its own object; 0 when it says nothing."""
    try:
        usage = getattr(value, "memory_usage", None)
        if usage is not None:  # pandas
            if len(getattr(value, "columns", ())) > _SAMPLE:  # it adds up column by column
                return int(value.size) * 8
            found = usage(index=True, deep=False) if type(value).__module__.startswith("pandas") else 0
            return int(found if isinstance(found, int) else found.sum())
        size = getattr(value, "estimated_size", None)
        if size is not None:  # polars
            return int(size())
        return int(getattr(value, "nbytes", 0))
    except Exception:  # whatever a library raises must not cost the user a result
        return 0
