"""The sources of completions, one file each: a function from where the cursor stands to `Candidates`, or None.

Sources of rare places (imports, magics, files, keys, symbols) are imported when the cursor first stands there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..expressions import Cursor


class Candidates(NamedTuple):
    """What one source offers: each item is (text, kind, signature) and replaces the code from `start` to the cursor."""

    start: int
    items: list[tuple[str, str, str]]
    exclusive: bool = False
    """Nothing else makes sense here: drop the other sources."""
    ordered: bool = False
    """Keep the order of `items`."""


def _late(module: str, function: str, cursor: Cursor, **needs: Any) -> Candidates | None:
    source: Callable[..., Candidates | None] = getattr(
        __import__(f"{__name__}.{module}", fromlist=[function]), function
    )
    return source(cursor, **needs)


def symbols(cursor: Cursor) -> Candidates | None:
    """`\\alpha`, `\\GREEK SMALL`: characters by their LaTeX or Unicode name."""
    return _late("symbols", "symbols", cursor) if "\\" in cursor.line else None


def imports(cursor: Cursor) -> Candidates | None:
    """Module names behind `import` and `from`."""
    line = cursor.line.lstrip()
    return _late("imports", "imports", cursor) if line.startswith(("import ", "from ")) else None


def magics_source(cursor: Cursor, magics: Any) -> Candidates | None:
    """Magics and what may follow them."""
    if magics is None or (cursor.string_start is not None and "%" not in cursor.line):
        return None
    return _late("magics", "magic_names", cursor, magics=magics)


def keys(cursor: Cursor, names: dict[str, Any], deadline: Any, settings: Any) -> Candidates | None:
    """Keys of a dictionary or a frame behind `d[`."""
    inside = cursor.brackets and cursor.text[cursor.brackets[-1]] == "["
    if not inside:
        return None
    closing = settings.autoclose_dict_keys
    return _late("keys", "keys", cursor, names=names, deadline=deadline, closing=closing)


def files(cursor: Cursor) -> Candidates | None:
    """File names, in strings, behind `!` and behind magics that take a file."""
    if cursor.string_start is None and not cursor.line.lstrip().startswith(("!", "%")) and "!" not in cursor.line:
        return None
    return _late("files", "files", cursor)


def attributes(cursor: Cursor, names: dict[str, Any], deadline: Any, settings: Any) -> Candidates | None:
    """What follows a dot."""
    if cursor.string_start is not None or cursor.before[cursor.word_start - 1 : cursor.word_start] != ".":
        return None
    return _late("attributes", "attributes", cursor, names=names, deadline=deadline, omit=settings.omit_names)


def arguments(cursor: Cursor, names: dict[str, Any]) -> Candidates | None:
    """Keyword arguments of the call around the cursor."""
    if not cursor.brackets or cursor.string_start is not None:
        return None
    return _late("arguments", "arguments", cursor, names=names)


def plain_names(cursor: Cursor, names: dict[str, Any]) -> Candidates | None:
    """The user's names, builtins and keywords."""
    if cursor.string_start is not None or cursor.in_comment:
        return None
    return _late("plain_names", "plain_names", cursor, names=names)


BUILTIN_SOURCES: tuple[Callable[..., Candidates | None], ...] = (
    symbols,
    imports,
    keys,
    files,
    attributes,
    arguments,
    magics_source,
    plain_names,
)
