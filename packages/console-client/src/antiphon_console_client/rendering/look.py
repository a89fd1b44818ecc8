"""What rendered text may use, and how it is coloured. Styles are SGR parameters; without colours nothing is wrapped."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

STYLES: Mapping[str, str] = MappingProxyType(
    {
        "heading": "1",
        "title": "1;4",
        "strong": "1",
        "emphasis": "3",
        "struck": "9",
        "code": "36",
        "link": "4;34",
        "quote": "2",
        "rule": "2",
        "key": "34",
        "string": "32",
        "number": "36",
        "word": "35",
    }
)


class Look(NamedTuple):
    """`links`: the terminal knows OSC 8. `code_style`: a Pygments style for code blocks. `pictures`: it can draw."""

    columns: int = 80
    colour: bool = True
    links: bool = False
    pictures: bool = False
    code_style: str = "default"
    true_colour: bool = False
    styles: Mapping[str, str] = STYLES

    def paint(self, style: str, text: str) -> str:
        """`text` in the named style; styles inside it come back to it."""
        codes = self.styles.get(style, "") if self.colour else ""
        if not codes or not text:
            return text
        return f"\x1b[{codes}m" + text.replace("\x1b[0m", f"\x1b[0;{codes}m") + "\x1b[0m"

    def link(self, url: str, text: str) -> str:
        """`text` that leads to `url` (OSC 8 of "Hyperlinks in terminal emulators", Egmont Koblinger)."""
        painted = self.paint("link", text)
        if not self.links or not url.isprintable() or not url.startswith(("http://", "https://", "mailto:", "file:")):
            return painted
        return f"\x1b]8;;{_ascii(url)}\x1b\\{painted}\x1b]8;;\x1b\\"


def _ascii(url: str) -> str:
    from urllib.parse import quote

    return quote(url, safe="%/:=&?~#+!$,;'@()*[]")
