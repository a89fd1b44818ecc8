"""What a kernel's text may tell the terminal, and what is taken out of it.

A stream may colour, go back in its line, erase the rest of it and climb over its own rows: that is what progress bars
do. Everything else a terminal would obey (titles, the clipboard, modes, questions whose answers would be typed into the
prompt) is dropped without a trace, whole sequences at a time; the grammar is ECMA-48, section 5.4 and 5.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_STRING = 4096  # characters; a control string that is longer has lost its end, and the rest is text

_START = r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])"  # of a string: OSC, DCS, SOS, PM, APC

_SUSPECT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_TOKEN = re.compile(
    rf"""
    (?P<text>[^\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]++)
  | (?:\x1b\[|\x9b)(?P<csi>[0-?]*+[ -/]*+[@-~])
  | (?:\x1b\[|\x9b)[0-?]*+[ -/]*+
  | {_START}[^\x07\x1b\x9c\n]{{0,{_STRING}}}+(?:\x07|\x1b\\|\x9c)?
  | \x1b[ -/]*+[0-~]?
  | (?P<control>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_UNFINISHED = re.compile(
    rf"(?:(?:\x1b\[|\x9b)[0-?]*+[ -/]*+|{_START}[^\x07\x1b\x9c\n]{{0,{_STRING}}}+\x1b?|\x1b[ -/]*+)\Z"
)
_COLOUR = re.compile(r"[0-9;:]*m")
_MOVE = re.compile(r"[0-9]{0,9}[ABCDEFG]|0*[012]?K|0*J")
LINK = re.compile(r"\x1b\]8;;[!-~]*\x1b\\")
_CONTROLS = {"\r": "\r", "\b": "\b", "\t": "\t", "\a": "\a", "\v": "\n", "\f": "\n"}


def plain(text: str) -> bool:
    """Is there nothing in `text` but characters and newlines?"""
    return _SUSPECT.search(text) is None


def tokens(text: str, *, links: bool = False) -> Iterator[str]:
    """`text` cut into runs of characters and newlines, single controls, and the sequences that are let through.

    A sequence is `ESC [`, decimal parameters, one final letter; with `links` (text of our own making) OSC 8 too. Lone
    surrogates come out as U+FFFD.
    """
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "text":
            yield match.group()
        elif kind == "csi":
            body = match["csi"]
            if _COLOUR.fullmatch(body) or _MOVE.fullmatch(body):
                yield "\x1b[" + body
        elif links and LINK.fullmatch(match.group()):
            yield match.group()
        elif kind == "control":
            control = match.group()
            if "\ud800" <= control <= "\udfff":
                yield "\ufffd"
            elif control in _CONTROLS:
                yield _CONTROLS[control]


def unfinished(text: str) -> int:
    """Where a sequence begins whose end has not come yet; the length of `text` when there is none."""
    match = _UNFINISHED.search(text, max(0, len(text) - _STRING - 3))
    return match.start() if match else len(text)


def still(text: str, colour: bool) -> str:
    """`text` for showing at rest: colours (where wanted), newlines, and tabs as spaces; nothing that moves."""
    text = text.replace("\r\n", "\n")
    if plain(text):
        return text
    kept = []
    for token in tokens(text):
        if token[0] == "\x1b":
            if colour and token[-1] == "m":
                kept.append(token)
        elif token == "\r":
            kept.append("\n")
        elif token not in ("\b", "\a"):
            kept.append(token)
    joined = "".join(kept)
    return "\n".join(_untabbed(line) if "\t" in line else line for line in joined.split("\n"))


def _untabbed(line: str) -> str:
    """Tab stops every eight cells; colours between do not count."""
    from .widths import visible_width

    parts = line.split("\t")
    out, column = [], 0
    for part in parts[:-1]:
        column += visible_width(part)
        gap = 8 - column % 8
        out.append(part + " " * gap)
        column += gap
    return "".join(out) + parts[-1]
