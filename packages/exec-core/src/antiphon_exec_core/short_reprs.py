"""Values in a few characters and a moment: however large they are, and whatever their `__repr__` does."""

from __future__ import annotations

import time
from typing import Any

from .deadlines import TooLate, call_within

LIMIT = 300

_CONTAINERS = (list, tuple, dict, set, frozenset)
_SIMPLE = (int, float, bool, complex, type(None), type, str, bytes, bytearray)


def short_repr(value: Any, limit: int = LIMIT) -> str:
    """The `repr` of a value, cut; of a large container only the beginning is read. Never raises an Exception."""
    try:
        type_ = type(value)
        if type_ in (str, bytes, bytearray) and len(value) > limit:
            return repr(value[:limit])[: limit - 3] + "..."
        if type_ in _CONTAINERS and len(value) > 4:
            from reprlib import Repr

            short = Repr()
            short.maxlist = short.maxtuple = short.maxdict = short.maxset = short.maxfrozenset = limit // 3
            short.maxstring = short.maxother = short.maxlong = limit
            text = short.repr(value)
        else:
            text = repr(value)
    except Exception:
        return "<unprintable>"
    return text if len(text) <= limit else text[: limit - 3] + "..."


class Reprs:
    """`short_repr` of many values, within so many characters and seconds altogether; afterwards each is `...`."""

    def __init__(self, characters: int = 20_000, seconds: float = 1.0) -> None:
        self._characters = characters
        self._end = time.monotonic() + seconds

    def __call__(self, value: Any) -> str:
        if self._characters <= 0:
            return "..."
        if type(value) in _SIMPLE:
            text = short_repr(value)
        else:
            left = self._end - time.monotonic()
            if left <= 0:
                return "..."
            try:
                text = call_within(left, short_repr, value)
            except TooLate:
                text = "<takes too long>"
        self._characters -= len(text)
        return text
