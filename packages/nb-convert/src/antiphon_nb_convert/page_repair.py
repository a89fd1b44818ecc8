"""The last look at a page: ids that a notebook's own HTML gives twice, and characters that HTML does not have, go.

The first element of an id keeps it, so what our template names is never taken away by what a notebook has.
"""

from __future__ import annotations

import re

_NO_CHARACTERS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_SCRIPT = re.compile(r"(<script\b.*?</script>)", re.S)
_ID = re.compile(r'\sid="([^"<>]*)"')


def repaired(page: str) -> str:
    """The page with each id once. Scripts, which are our own where this is used, are left as they are."""
    page = _NO_CHARACTERS.sub("", page)
    taken: set[str] = set()

    def once(match: re.Match[str]) -> str:
        text, start = match.string, match.start()
        if text.rfind("<", 0, start) < text.rfind(">", 0, start):
            return match[0]  # it is text of the page
        if not match[1] or match[1] in taken:
            return ""
        taken.add(match[1])
        return match[0]

    if "<script" not in page:
        return _ID.sub(once, page)
    return "".join(part if number % 2 else _ID.sub(once, part) for number, part in enumerate(_SCRIPT.split(page)))
