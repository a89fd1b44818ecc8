"""A mark for doctests."""

from __future__ import annotations

from typing import TypeVar

F = TypeVar("F")


def skip_doctest(f: F) -> F:
    f.__dict__["skip_doctest"] = True
    return f
