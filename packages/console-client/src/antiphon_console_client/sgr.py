"""Select Graphic Rendition (ECMA-48, 8.3.117): what a chain of them amounts to, as one shortest sequence."""

from __future__ import annotations

import re
from functools import lru_cache

RESET = "\x1b[0m"
_SGR = re.compile(r"\x1b\[([0-9;:]*)m")
_OFF = {"22": ("1", "2"), "23": ("3",), "24": ("4",), "25": ("5",), "27": ("7",), "28": ("8",), "29": ("9",)}
_OFF |= {"39": ("38",), "49": ("48",), "55": ("53",), "59": ("58",)}


def strip(text: str) -> str:
    """`text` without colours."""
    return _SGR.sub("", text) if "\x1b" in text else text


@lru_cache(2048)
def change(style: str, parameters: str) -> str:
    """The sequence for `style` (one of ours, or empty) followed by an SGR with `parameters`; empty for plain text."""
    state = _fold({}, style[2:-1]) if style else {}
    state = _fold(state, parameters)
    return f"\x1b[{';'.join(state.values())}m" if state else ""


def last(style: str, text: str) -> str:
    """The style in force after `text`."""
    for parameters in _SGR.findall(text):
        style = change(style, parameters)
    return style


def _fold(state: dict[str, str], parameters: str) -> dict[str, str]:
    codes = parameters.split(";")
    state = dict(state)
    at = 0
    while at < len(codes):
        code, at = codes[at].lstrip("0"), at + 1
        kind = code.partition(":")[0]
        if not code:
            state.clear()
        elif code in ("38", "48", "58"):  # the colour follows: 5;n or 2;r;g;b
            length = {"5": 2, "2": 4}.get(codes[at] if at < len(codes) else "", 1)
            colour = codes[at : at + length]
            at += length
            if len(colour) == length > 1:
                state[code] = ";".join((code, *colour))
        elif code in _OFF:
            for key in _OFF[code]:
                state.pop(key, None)
        elif kind in ("38", "48", "58"):
            state[kind] = code
        elif kind == "4" or code == "21":
            state["4"] = code
            if code == "4:0":
                del state["4"]
        elif code in ("1", "2", "3", "7", "8", "9", "53"):
            state[code] = code
        elif code in ("5", "6"):
            state["5"] = code
        elif code.isdecimal() and (30 <= int(code) <= 37 or 90 <= int(code) <= 97):
            state["38"] = code
        elif code.isdecimal() and (40 <= int(code) <= 47 or 100 <= int(code) <= 107):
            state["48"] = code
    return state
