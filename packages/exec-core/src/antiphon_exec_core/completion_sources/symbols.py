# ruff: noqa: RUF001, RUF002  # characters that look like others are what this file is about
"""Characters by name: `\\alpha` and `\\to` as in LaTeX, `\\GREEK SMALL LETTER` as in Unicode, and back from `\\α`.

The tables are made by rule from the Unicode database, over the ranges in which mathematics stands, at first use.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from ..expressions import Cursor
from . import Candidates

_TYPED = re.compile(r"\\([A-Za-z0-9_^+()=-]+(?: [A-Z0-9 -]*)?|[^\x00-\x7f])$")
_RANGES = ((0x00A0, 0x0590), (0x1E00, 0x2000), (0x2010, 0x2C00), (0x1D400, 0x1D800), (0x1F300, 0x1F700))
_GREEK = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lamda",
    "mu",
    "nu",
    "xi",
    "omicron",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
]
_BY_HAND = {
    "lambda": "λ", "Lambda": "Λ", "varepsilon": "ɛ", "vartheta": "ϑ", "varphi": "φ", "phi": "ϕ",
    "varsigma": "ς", "varrho": "ϱ", "infty": "∞", "partial": "∂", "nabla": "∇", "sum": "∑", "prod": "∏",
    "int": "∫", "iint": "∬", "oint": "∮", "sqrt": "√", "cbrt": "∛", "pm": "±", "mp": "∓", "times": "×",
    "div": "÷", "cdot": "⋅", "ast": "∗", "circ": "∘", "bullet": "•", "oplus": "⊕", "ominus": "⊖", "otimes": "⊗",
    "odot": "⊙", "wedge": "∧", "vee": "∨", "cap": "∩", "cup": "∪", "setminus": "∖", "le": "≤", "leq": "≤",
    "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "ll": "≪", "gg": "≫", "approx": "≈", "equiv": "≡", "sim": "∼",
    "simeq": "≃", "cong": "≅", "propto": "∝", "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂", "supset": "⊃",
    "subseteq": "⊆", "supseteq": "⊇", "emptyset": "∅", "forall": "∀", "exists": "∃", "nexists": "∄", "neg": "¬",
    "top": "⊤", "bot": "⊥", "perp": "⟂", "parallel": "∥", "mid": "∣", "vdash": "⊢", "models": "⊨", "to": "→",
    "rightarrow": "→", "leftarrow": "←", "uparrow": "↑", "downarrow": "↓", "leftrightarrow": "↔",
    "Rightarrow": "⇒", "Leftarrow": "⇐", "Leftrightarrow": "⇔", "mapsto": "↦", "hookrightarrow": "↪",
    "implies": "⟹", "iff": "⟺", "hbar": "ħ", "ell": "ℓ", "Re": "ℜ", "Im": "ℑ", "aleph": "ℵ", "wp": "℘",
    "angle": "∠", "degree": "°", "prime": "′", "dagger": "†", "ddagger": "‡", "ldots": "…", "cdots": "⋯",
    "vdots": "⋮", "ddots": "⋱", "langle": "⟨", "rangle": "⟩", "lceil": "⌈", "rceil": "⌉", "lfloor": "⌊",
    "rfloor": "⌋", "star": "⋆", "triangle": "△", "square": "□", "checkmark": "✓", "euro": "€", "pounds": "£",
    "copyright": "©", "S": "§", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "o": "ø", "O": "Ø", "hat": "\u0302", "bar": "\u0304", "dot": "\u0307", "ddot": "\u0308", "tilde": "\u0303",
    "vec": "\u20d7", "widehat": "\u0302", "overline": "\u0305",
}  # fmt: skip


@cache
def latex() -> dict[str, str]:
    """LaTeX name -> character."""
    table = {}
    for name in _GREEK:
        table[name] = unicodedata.lookup(f"GREEK SMALL LETTER {name}")
        table[name.capitalize()] = unicodedata.lookup(f"GREEK CAPITAL LETTER {name}")
    del table["lamda"], table["Lamda"]
    table.update(_BY_HAND)
    digits = ("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE")
    signs = {"+": "PLUS SIGN", "-": "MINUS", "=": "EQUALS SIGN", "(": "LEFT PARENTHESIS", ")": "RIGHT PARENTHESIS"}
    for key, name in [*((str(number), f"DIGIT {digit}") for number, digit in enumerate(digits)), *signs.items()]:
        name = name.replace("DIGIT ", "")
        table["_" + key] = unicodedata.lookup(f"SUBSCRIPT {name}")
        table["^" + key] = unicodedata.lookup(f"SUPERSCRIPT {name}")
    for code in range(ord("A"), ord("Z") + 1):
        styles = {"bb": "DOUBLE-STRUCK", "bf": "MATHEMATICAL BOLD", "scr": "SCRIPT", "frak": "FRAKTUR"}
        for short, style in styles.items():
            for letter, size in ((chr(code), "CAPITAL"), (chr(code).lower(), "SMALL")):
                for prefix in ("", "MATHEMATICAL "):
                    try:
                        table[short + letter] = unicodedata.lookup(f"{prefix}{style} {size} {chr(code)}")
                        break
                    except KeyError:
                        continue
    for letter in "aeoxhklmnpst":
        table["_" + letter] = unicodedata.lookup(f"LATIN SUBSCRIPT SMALL LETTER {letter}")
    for letter in "aiourv":
        if letter in "iruv":
            table["_" + letter] = unicodedata.lookup(f"LATIN SUBSCRIPT SMALL LETTER {letter}")
    return table


@cache
def unicode_names() -> dict[str, str]:
    """Unicode name -> character, for characters that one may want to type."""
    codes = (code for first, last in _RANGES for code in range(first, last))
    return {name: chr(code) for code in codes if (name := unicodedata.name(chr(code), ""))}


def symbols(cursor: Cursor) -> Candidates | None:
    """A complete name becomes its character, a begun one the names it could become, a character its name."""
    match = _TYPED.search(cursor.line)
    if match is None or cursor.position - len(match[0]) < 0:
        return None
    typed = match[1]
    start = cursor.position - len(match[0])
    if not typed.isascii():
        back = [name for name, char in latex().items() if char == typed]
        found = "\\" + back[0] if back else "\\" + unicodedata.name(typed, "")
        return Candidates(start, [(found, "symbol", "")], exclusive=True) if len(found) > 1 else None
    if typed in latex():
        return Candidates(start, [(latex()[typed], "symbol", "")], exclusive=True)
    names = ["\\" + name for name in latex() if name.startswith(typed)]
    if typed.isupper() and len(typed) > 1:
        spelled = typed.replace("_", " ")
        if spelled in unicode_names():
            return Candidates(start, [(unicode_names()[spelled], "symbol", "")], exclusive=True)
        names += ["\\" + name for name in unicode_names() if name.startswith(spelled)]
    if not names or (cursor.string_start is not None and len(names) > 1 and len(typed) < 2):
        return None
    return Candidates(start, [(name, "symbol", "") for name in names[:500]], exclusive=True)
