"""Which pictures a terminal draws, from its answers and its environment; and how large a character cell is.

One question is asked, in three parts: kitty's graphics query, the cell size (XTWINOPS 16), and the device attributes
(DA1, ECMA-48 8.3.24), which every terminal answers and which is therefore the end; attribute 4 is sixel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

Kind = Literal["kitty", "iterm", "sixel", "blocks", "none"]

QUESTION = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t\x1b[c"
DEFAULT_CELL = (8, 16)

_KITTY = re.compile(rb"\x1b_Gi=31;([^\x1b]*)\x1b\\")
_CELL = re.compile(rb"\x1b\[6;(\d{1,4});(\d{1,4})t")
_ATTRIBUTES = re.compile(rb"\x1b\[\?([\d;]*)c")


class Terminal(NamedTuple):
    """`cell` is width and height in pixels; within `tmux` pictures have to be handed through."""

    kind: Kind = "none"
    cell: tuple[int, int] = DEFAULT_CELL
    tmux: bool = False
    true_colour: bool = False


class Answers(NamedTuple):
    """What a terminal said; `rest` is what was typed meanwhile and belongs to the prompt."""

    kitty: bool = False
    sixel: bool = False
    cell: tuple[int, int] | None = None
    rest: bytes = b""


def complete(data: bytes) -> bool:
    """Has the last of the answers come?"""
    return _ATTRIBUTES.search(data) is not None


def read(data: bytes) -> Answers:
    """Take the answers out of what came from the terminal."""
    kitty, cell, attributes = _KITTY.search(data), _CELL.search(data), _ATTRIBUTES.search(data)
    rest = data
    for pattern in (_KITTY, _CELL, _ATTRIBUTES):
        rest = pattern.sub(b"", rest)
    size = (int(cell[2]), int(cell[1])) if cell and int(cell[1]) and int(cell[2]) else None
    return Answers(
        kitty=bool(kitty and kitty[1] == b"OK"),
        sixel=bool(attributes and b"4" in attributes[1].split(b";")[1:]),
        cell=size,
        rest=rest,
    )


def askable(environ: Mapping[str, str]) -> bool:
    """Some terminals print what they do not understand; these are not asked."""
    term = environ.get("TERM", "dumb")
    return term not in ("", "dumb", "linux", "unknown", "cons25", "emacs") and not environ.get("INSIDE_EMACS")


def detect(
    environ: Mapping[str, str],
    answers: Answers,
    *,
    outer: str = "",
    cell: tuple[int, int] | None = None,
    colour: bool = True,
) -> Terminal:
    """The best way there is.

    `outer` is the name (TERM) of the terminal around tmux when that hands sequences through, and `cell` is the size of
    a cell where the system knows it.
    """
    tmux = bool(environ.get("TMUX"))
    term = environ.get("TERM", "")
    program = environ.get("TERM_PROGRAM", "")
    true_colour = environ.get("COLORTERM", "") in ("truecolor", "24bit") or "direct" in term
    kind: Kind = "none"
    if (tmux and outer.startswith(("xterm-kitty", "xterm-ghostty"))) or (not tmux and answers.kitty):
        kind = "kitty"
    elif not tmux and (program in ("iTerm.app", "WezTerm", "mintty") or environ.get("LC_TERMINAL") == "iTerm2"):
        kind = "iterm"
    elif answers.sixel:
        kind = "sixel"
    elif colour and askable(environ) and (true_colour or "256" in term or "kitty" in term):
        kind = "blocks"
    return Terminal(kind, answers.cell or cell or DEFAULT_CELL, tmux, true_colour)
