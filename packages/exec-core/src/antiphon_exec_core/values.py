"""The base of the small values that travel through this package.

A value is a class with `__slots__` and `__match_args__`: compared by its fields, shown by its fields, never changed
once made. Neither dataclasses nor named tuples: each costs a tenth of a millisecond a class, and all of these are
made while a kernel starts.
"""

from __future__ import annotations


class Value:
    """A class whose fields are its slots; equality, `repr` and pattern matching follow them."""

    __slots__: tuple[str, ...] = ()
    __match_args__: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__match_args__)

    __hash__ = None  # type: ignore[assignment]  # fields may be dictionaries

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{self.__class__.__name__}({fields})"
