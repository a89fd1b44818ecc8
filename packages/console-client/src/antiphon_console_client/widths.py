"""How many cells text takes. Per character, as terminals do it; ASCII is not looked at twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_ESCAPE = re.compile(r"\x1b\[[0-?]*+[ -/]*+[@-~]|\x1b\][^\x07\x1b]*+(?:\x07|\x1b\\)")


@lru_cache(4096)
def cell_width(character: str) -> int:
    """0 for combining marks and controls, 2 for wide characters, else 1."""
    from wcwidth import wcwidth

    return max(0, wcwidth(character))


def width(text: str) -> int:
    """Cells of one line without escape sequences."""
    return len(text) if text.isascii() else sum(map(cell_width, text))


def visible_width(text: str) -> int:
    """Cells of one line of ours, which may hold colours and links."""
    return width(_ESCAPE.sub("", text)) if "\x1b" in text else width(text)


def cut(text: str, cells: int) -> tuple[str, int]:
    """The longest beginning of `text` that fits into `cells`, and its width; marks stay with their character."""
    if text.isascii():
        head = text[:cells]
        return head, len(head)
    taken = used = 0
    for character in text:
        size = cell_width(character)
        if used + size > cells:
            break
        used += size
        taken += 1
    return text[:taken], used


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """A line of ours as runs of text, and between them the escape sequences, which are marked True."""
    at = 0
    for match in _ESCAPE.finditer(text):
        if match.start() > at:
            yield text[at : match.start()], False
        yield match.group(), True
        at = match.end()
    if at < len(text):
        yield text[at:], False
