"""The kitty graphics protocol (sw.kovidgoyal.net/kitty/graphics-protocol): PNG goes untouched, in base64.

Directly: placed at the cursor, which stays where it is (C=1). Within tmux: a virtual placement (U=1), shown wherever
the placeholder character U+10EEEE is written with the image's number as its colour, so that tmux may move it around.
"""

from __future__ import annotations

import base64
import os

from .drawing import Drawing
from .image import Image, as_png

_CHUNK = 4096
_PLACEHOLDER = "\U0010eeee"
# The first of the protocol's rowcolumn-diacritics.txt, as ranges; a picture takes no more rows or columns than these.
_MARKS = """305 30D-30E 310 312 33D-33F 346 34A-34C 350-352 357 35B 363-36F 483-487 592-595 597-599 59C-5A1 5A8-5A9
5AB-5AC 5AF 5C4 610-617 657-65B 65D-65E 6D6-6DC 6DF-6E2 6E4 6E7-6E8 6EB-6EC 730 732-733 735-736 73A 73D 73F-741 743 745
747 749-74A 7EB-7F1 7F3 816-819 81B-823 825-827 829-82D 951 953-954 F82-F83 F86-F87 135D-135F 17DD 193A 1A17 1A75-1A7C
1B6B 1B6D-1B73 1CD0-1CD2 1CDA-1CDB 1CE0 1DC0-1DC1 1DC3-1DC9 1DCB-1DCC 1DD1-1DE6 1DFE 20D0-20D1 20D4-20D7 20DB-20DC
20E1 20E7 20E9 20F0"""


def _marks() -> list[str]:
    ends = ([int(end, 16) for end in part.split("-")] for part in _MARKS.split())
    return [chr(code) for first, *last in ends for code in range(first, (last or [first])[0] + 1)]


DIACRITICS = _marks()

_next = int.from_bytes(os.urandom(3)) or 1


def fresh_number() -> int:
    """A number for one more image: below 2**24, so that it fits into a colour, and apart from other programs'."""
    global _next
    _next = (_next + 1) % 0x1000000 or 0x100
    return _next


def draw(image: Image, columns: int, rows: int, *, tmux: bool = False, true_colour: bool = True) -> Drawing | None:
    """`image` over that many cells; None when it cannot be made a PNG."""
    png = as_png(image)
    if png is None:
        return None
    number = fresh_number()
    if tmux:
        number = number if true_colour else number % 255 + 1
        columns, rows = min(columns, len(DIACRITICS)), min(rows, len(DIACRITICS))
    keys = f"a=T,f=100,i={number},c={columns},r={rows},q=2," + ("U=1" if tmux else "C=1")
    commands = _transmission(keys, png.data)
    wipe = f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"
    if not tmux:
        return Drawing([""] * rows, "".join(commands), wipe)
    return Drawing(_placeholders(number, columns, rows, true_colour), "".join(map(through, commands)), through(wipe))


def through(sequence: str) -> str:
    """`sequence` handed on by tmux (`allow-passthrough on`) to the terminal it runs in: every ESC is doubled."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def _transmission(keys: str, data: bytes) -> list[str]:
    """Commands of at most 4096 characters of payload; the first has all the keys, all but the last say m=1."""
    payload = base64.b64encode(data).decode()
    chunks = [payload[at : at + _CHUNK] for at in range(0, len(payload), _CHUNK)] or [""]
    commands = []
    for at, chunk in enumerate(chunks):
        more = f"m={int(at + 1 < len(chunks))}"
        commands.append(f"\x1b_G{keys},{more};{chunk}\x1b\\" if not at else f"\x1b_Gq=2,{more};{chunk}\x1b\\")
    return commands


def _placeholders(number: int, columns: int, rows: int, true_colour: bool) -> list[str]:
    colour = f"38;2;{number >> 16};{number >> 8 & 255};{number & 255}" if true_colour else f"38;5;{number}"
    across = DIACRITICS[:columns]
    lines = ("".join(_PLACEHOLDER + down + mark for mark in across) for down in DIACRITICS[:rows])
    return [f"\x1b[{colour}m{line}\x1b[0m" for line in lines]
