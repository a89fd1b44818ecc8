"""The sources of completions, one file each: a function from where the cursor stands to `Candidates`, or None.

Sources of rare places (imports, magics, files, keys, symbols) are imported when the cursor first stands there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..deadlines import call_within
from ..expressions import Cursor


class Candidates(NamedTuple):
    """What one source offers: each item is (text, kind, signature) and replaces the code from `start` to the cursor."""

    start: int
    items: list[tuple[str, str, str]]
    exclusive: bool = False
    """Nothing else makes sense here: drop the other sources."""
    ordered: bool = False
    """Keep the order of `items`."""
    silences: frozenset[str] = frozenset()
    """Names of sources that need not be asked any more."""


Lookup = Callable[[str], Any]
"""Gives the value of an expression, or raises: see `evaluation`."""


def _late(module: str, function: str, cursor: Cursor, **needs: Any) -> Candidates | None:
    source: Callable[..., Candidates | None] = getattr(
        __import__(f"{__name__}.{module}", fromlist=[function]), function
    )
    return source(cursor, **needs)


def _in_time(within: Any, module: str, function: str, cursor: Cursor, **needs: Any) -> Candidates | None:
    """As `_late`, for what asks the file system or a library: nothing when it has not come back by the deadline.

    Such a source looks at the deadline itself and answers with what it has; it gets a moment more for that.
    """
    return call_within(max(within.left(), 0.0) + _MOMENT, lambda: _late(module, function, cursor, **needs))


_MOMENT = 0.2  # seconds


def symbols(cursor: Cursor, settings: Any) -> Candidates | None:
    """`\\alpha`, `\\GREEK SMALL`: characters by their LaTeX or Unicode name."""
    if "\\" not in cursor.line or not settings.symbol_names:
        return None
    if cursor.line.endswith("\\") and cursor.string_start is None:
        return Candidates(cursor.position, [], exclusive=True)  # a name is about to be typed
    return _late("symbols", "symbols", cursor)


def imports(cursor: Cursor, deadline: Any) -> Candidates | None:
    """Module names behind `import` and `from`."""
    line = cursor.line.lstrip()
    if not line.startswith(("import ", "from ")):
        return None
    return _in_time(deadline, "imports", "imports", cursor, deadline=deadline)


def magic_arguments(cursor: Cursor, magics: Any, names: dict[str, Any], settings: Any) -> Candidates | None:
    """What may follow certain magics: the modes of %xmode, the classes and settings of %config."""
    if magics is None or cursor.line.isidentifier() or not cursor.line.strip():
        return None
    name = called_magic(cursor.line, names, settings.automagic, magics)
    return _late("magics", "magic_arguments", cursor, magics=magics, name=name) if name else None


def magics_source(cursor: Cursor, magics: Any) -> Candidates | None:
    """Names of magics."""
    if magics is None or (cursor.string_start is not None and "%" not in cursor.line):
        return None
    return _late("magics", "magic_names", cursor, magics=magics)


def keys(cursor: Cursor, lookup: Lookup, deadline: Any, settings: Any) -> Candidates | None:
    """Keys of a dictionary or a frame behind `d[`."""
    inside = cursor.brackets and cursor.text[cursor.brackets[-1]] == "["
    if not inside:
        return None
    closing = settings.autoclose_dict_keys
    return _in_time(deadline, "keys", "keys", cursor, lookup=lookup, deadline=deadline, closing=closing)


def files(cursor: Cursor, names: dict[str, Any], magics: Any, settings: Any, deadline: Any) -> Candidates | None:
    """File names, in strings, behind `!` and behind magics that take a file."""
    name = called_magic(cursor.line, names, settings.automagic, magics)
    if cursor.string_start is None and not name and "!" not in cursor.line:
        return None
    return _in_time(deadline, "files", "files", cursor, magic=name)


def attributes(cursor: Cursor, lookup: Lookup, deadline: Any, settings: Any) -> Candidates | None:
    """What follows a dot."""
    if cursor.string_start is not None or cursor.before[cursor.word_start - 1 : cursor.word_start] != ".":
        return None
    omit = settings.omit_names
    return _in_time(deadline, "attributes", "attributes", cursor, lookup=lookup, deadline=deadline, omit=omit)


def arguments(cursor: Cursor, lookup: Lookup) -> Candidates | None:
    """Keyword arguments of the call around the cursor."""
    if not cursor.brackets or cursor.string_start is not None:
        return None
    return _late("arguments", "arguments", cursor, lookup=lookup)


def plain_names(cursor: Cursor, names: dict[str, Any]) -> Candidates | None:
    """The user's names, builtins and keywords."""
    if cursor.string_start is not None or cursor.in_comment:
        return None
    return _late("plain_names", "plain_names", cursor, names=names)


def called_magic(line: str, names: dict[str, Any], automagic: bool, magics: Any) -> str:
    """The magic whose arguments are being typed, with its percent signs or (automagic) without; "" for none."""
    word, blank, rest = line.lstrip().partition(" ")
    if not blank:
        return ""
    bare = word.lstrip("%")
    if not bare.isidentifier() or (
        word == bare and (not automagic or bare in names or rest.startswith(("=", ".", "(")))
    ):
        return ""
    if magics is None:
        return bare if word != bare else ""
    return bare if magics.has(bare, "cell" if word.startswith("%%") else "line") else ""


BUILTIN_SOURCES: tuple[Callable[..., Candidates | None], ...] = (
    symbols,
    imports,
    magic_arguments,
    keys,
    files,
    attributes,
    arguments,
    magics_source,
    plain_names,
)
