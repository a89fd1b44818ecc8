"""Bytes and text."""

from __future__ import annotations

import builtins as builtin_mod
import sys
from typing import Any

PYPY = sys.implementation.name == "pypy"


def decode(s: bytes, encoding: str | None = None) -> str:
    return s.decode(encoding or "utf-8", "replace")


def encode(u: str, encoding: str | None = None) -> bytes:
    return u.encode(encoding or "utf-8", "replace")


def cast_unicode(s: Any, encoding: str | None = None) -> Any:
    return decode(s, encoding) if isinstance(s, bytes) else s


def safe_unicode(e: Any) -> str:
    """The text of an error, whatever its `str` does."""
    for way in (str, repr):
        try:
            return way(e)
        except Exception:
            continue
    return f"<unprintable {type(e).__name__}>"


def execfile(fname: str, glob: dict[str, Any], loc: dict[str, Any] | None = None, compiler: Any = None) -> None:
    with open(fname, "rb") as file:
        exec((compiler or compile)(file.read(), fname, "exec"), glob, glob if loc is None else loc)


__all__ = ["PYPY", "builtin_mod", "cast_unicode", "decode", "encode", "execfile", "safe_unicode"]
