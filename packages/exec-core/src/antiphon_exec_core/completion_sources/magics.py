"""Names of magics, and what may follow some of them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from ..expressions import Cursor
from . import Candidates

_NAME = re.compile(r"(?:^|=\s*)\s*(%{0,2})(\w*)$")
_ON_OFF = ("off", "on")
_WORDS: dict[str, tuple[str, ...]] = {
    "matplotlib": ("inline", "agg", "auto", "notebook", "qt", "tk", "widget", "--list"),
    "xmode": ("Context", "Docs", "Doctest", "Minimal", "Plain", "Verbose"),
    "pdb": _ON_OFF,
    "automagic": _ON_OFF,
    "autocall": ("0", "1", "2"),
    "autoawait": ("asyncio", *_ON_OFF, "sync", "trio"),
    "reset": ("-f", "-s", "array", "dhist", "in", "out"),
    "reset_selective": ("-f",),
    "autoreload": ("0", "1", "2", "3", "all", "complete", "explicit", "now", "off"),
    "tb": ("Context", "Docs", "Doctest", "Minimal", "Plain", "Verbose"),
    "lsmagic": ("--json",),
}
_LISTS: dict[str, Callable[[Any], Iterable[str]]] = {
    "colors": lambda magics: _constant("builtin_magics.configuring", "THEMES"),
    "gui": lambda magics: _constant("gui", "TOOLKITS"),
    "load_ext": lambda magics: ("autoreload", "storemagic"),
    "unload_ext": lambda magics: magics.services["extensions"].loaded,
    "reload_ext": lambda magics: magics.services["extensions"].loaded,
    "env": lambda magics: os.environ,
    "set_env": lambda magics: os.environ,
    "alias_magic": lambda magics: magics.names("line"),
}
"""What the first word after a magic may be. Where none of these begins like what was typed, the others are asked."""


def _constant(module: str, name: str) -> Iterable[str]:
    package = __package__.rpartition(".")[0]
    found: Iterable[str] = getattr(__import__(f"{package}.{module}", fromlist=[name]), name)
    return found


def magic_arguments(cursor: Cursor, magics: Any, name: str) -> Candidates | None:
    """The words that may follow the magic `name`."""
    if name == "config":
        return _settings(cursor, magics)
    if name not in _WORDS and name not in _LISTS:
        return None
    match = re.search(r"(\S*)$", cursor.line)
    typed = match[1] if match else ""
    several = name in ("reset", "reset_selective", "matplotlib")
    if not several and len(cursor.line[: len(cursor.line) - len(typed)].split()) > 1:
        return None
    known = _WORDS[name] if name in _WORDS else sorted(_LISTS[name](magics))
    words = [word for word in known if word.lower().startswith(typed.lower())]
    return Candidates(cursor.position - len(typed), [(word, "param", "") for word in words], exclusive=True)


def _settings(cursor: Cursor, magics: Any) -> Candidates | None:
    """`%config Cla` -> the classes, `%config Class.tra` -> its settings, `%config Class.trait=` -> its values."""
    match = re.search(r"config\s+((\w*)(\.(\w*)(\s*=\s*)?)?(\S*))$", cursor.line)
    if match is None:
        return None
    from ..app import known_configurables

    services = magics.services
    known = known_configurables(services["settings"], services.get("configurables", None) or [])
    class_name, dotted, trait, equals, value = match[2], match[3], match[4], match[5], match[6]
    if dotted is None:
        items, typed, kind = sorted(known), class_name, "class"
    elif class_name not in known:
        return None
    elif equals is None:
        items, typed, kind = known[class_name].trait_names(config=True), trait, "param"
    else:
        chosen = known[class_name].traits(config=True).get(trait)
        boolean = type(chosen).__name__ == "Bool"
        items = [repr(item) for item in getattr(chosen, "values", None) or ((False, True) if boolean else ())]
        typed, kind = value, "value"
    found = [(item, kind, "") for item in sorted(items) if item.startswith(typed)]
    return Candidates(cursor.position - len(typed), found, exclusive=bool(found) or dotted is None)


def magic_names(cursor: Cursor, magics: Any) -> Candidates | None:
    """`%ti` -> %time, %timeit; `%%` only on the first line of a cell; bare words at the start of a line too."""
    match = _NAME.search(cursor.line)
    if match is None:
        return None
    percents, word = match[1], match[2]
    first = not cursor.before[: cursor.position - len(cursor.line)].strip()
    if ("=" in match[0] or not word) and not percents:
        return None
    found: list[str] = []
    if percents != "%%":
        found += ["%" + name for name in magics.names("line") if name.startswith(word)]
    if first and "=" not in match[0]:
        found += ["%%" + name for name in magics.names("cell") if name.startswith(word)]
    start = cursor.position - len(word) - len(percents)
    return Candidates(start, [(name, "magic", "") for name in found], exclusive=bool(percents))
