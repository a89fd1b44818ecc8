"""Names of magics, and what may follow some of them."""

from __future__ import annotations

import re
from typing import Any

from ..expressions import Cursor
from . import Candidates

_NAME = re.compile(r"(?:^|=\s*)\s*(%{0,2})(\w*)$")
_CALL = re.compile(r"\s*%(\w+)\s+(?:\S+\s+)*(\S*)$")
_FOLLOWING = {
    "matplotlib": ("inline", "agg", "auto", "notebook", "qt", "tk", "widget", "--list"),
    "xmode": ("Context", "Minimal", "Plain", "Verbose"),
    "pdb": ("on", "off"),
    "automagic": ("on", "off"),
    "reset": ("-f", "-s", "array", "dhist", "in", "out"),
    "reset_selective": ("-f",),
}


def magic_names(cursor: Cursor, magics: Any) -> Candidates | None:
    """`%ti` -> %time, %timeit; `%%` only on the first line of a cell; bare words at the start of a line too."""
    match = _NAME.search(cursor.line)
    if match is not None:
        percents, word = match[1], match[2]
        first = not cursor.before[: cursor.position - len(cursor.line)].strip()
        if "=" in match[0] and not percents:
            return None
        found: list[str] = []
        if percents != "%%":
            found += ["%" + name for name in magics.names("line") if name.startswith(word)]
        if first and "=" not in match[0]:
            found += ["%%" + name for name in magics.names("cell") if name.startswith(word)]
        if not percents and not word:
            return None
        start = cursor.position - len(word) - len(percents)
        return Candidates(start, [(name, "magic", "") for name in found], exclusive=bool(percents))
    match = _CALL.match(cursor.line)
    if match is None or match[1] not in _FOLLOWING:
        return None
    words = [word for word in _FOLLOWING[match[1]] if word.startswith(match[2])]
    return Candidates(cursor.position - len(match[2]), [(word, "param", "") for word in words], exclusive=True)
