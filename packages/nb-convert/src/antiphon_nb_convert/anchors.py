"""`Anchors`: an id for each heading of a document, as Jupyter spells them, none twice.

The spelling is a promise: notebooks link to their own headings by it (`[above](#My-Title)`). So an id depends on the
text of its heading and on the equal ones before it, on nothing else.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

_BLANKS = re.compile(r"\s+")
_CONTROLS = re.compile(r"[\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+")
_NOT_SLUG = re.compile(r"[^\w]+")


class Anchors:
    """The ids given so far. One for each document; cells in their order."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._next: dict[str, int] = {}  # the text: the number that its next double gets
        self._slugs: dict[str, str] = {}

    def claim(self, text: str) -> str:
        """An id for a heading of this text: its blanks as `-`; the second one of a text has `-1` at its end, and on."""
        base = _BLANKS.sub("-", _CONTROLS.sub(" ", text).strip()) or "section"
        name = base
        number = self._next.get(base, 0)
        while name in self._given:
            number += 1
            name = f"{base}-{number}"
        self._next[base] = number
        self._given.add(name)
        self._slugs.setdefault(_slug(name), name)
        return name

    def resolve(self, fragment: str) -> str | None:
        """The id that a link's fragment means: itself, percent-decoded, or one that differs in case and punctuation.

        So links spelled for GitHub find their heading too. None where there is none; ask when all cells were read.
        """
        for name in (fragment, unquote(fragment)):
            if name in self._given:
                return name
        return self._slugs.get(_slug(unquote(fragment)))


def href(name: str) -> str:
    """The address of an id in its own page."""
    return "#" + quote(name, safe="!$&'()*+,;=:@/?-._~")


def _slug(name: str) -> str:
    return _NOT_SLUG.sub("-", name.casefold()).strip("-")
