"""text/latex as Unicode text: formulas in one line, matrices and aligned equations in as many as they have rows.

The names of symbols come from pylatexenc, which is loaded with the first formula; the structure (scripts, fractions,
roots, accents, alphabets, environments) is read here, in one pass, and what is not understood is shown by its name.
"""

from __future__ import annotations

# ruff: noqa: RUF001 - mathematical signs are what this module is about
import re
import unicodedata
from functools import lru_cache

from .. import widths
from ..escapes import still
from .look import Look
from .text import joined
from .wrapping import wrapped

_LONGEST = 50_000
_DEPTH = 60

_TOKEN = re.compile(
    r"\\[A-Za-z]+\*?|\\.|[{}^_&\[\]]|\$\$?|\s+|~|%[^\n]*\n?|[A-Za-z0-9.]|[^\\{}^_&$\s~%\[\]A-Za-z0-9.]", re.S
)
_SUPER = dict(
    zip(
        "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδεθιφχ′ ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᵋᶿᶥᵠᵡ′ ",
        strict=True,
    )
)
_SUB = dict(zip("0123456789+-=()aehijklmnoprstuvxβγρφχ ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ ", strict=True))
_SUPER["−"], _SUB["−"] = "⁻", "₋"
_VULGAR = {"1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾", "1/5": "⅕", "1/6": "⅙", "1/8": "⅛"}
_ACCENTS = {"hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304"}
_ACCENTS |= {"overline": "\u0305", "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7", "underline": "\u0332"}
_ALPHABETS = {"mathbb": "DOUBLE-STRUCK", "mathcal": "SCRIPT", "mathscr": "SCRIPT", "mathfrak": "FRAKTUR"}
_ALPHABETS |= {"mathbf": "BOLD", "boldsymbol": "BOLD", "bm": "BOLD"}
_PLAIN = {"text", "textrm", "textit", "textbf", "mathrm", "mathit", "mathsf", "mathtt", "operatorname", "operatorname*"}
_PLAIN |= {"mbox", "hbox", "textnormal", "boxed", "label", "emph", "texttt"}
_NOTHING = {"displaystyle", "textstyle", "scriptstyle", "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr"}
_NOTHING |= {"Bigl", "Bigr", "limits", "nolimits", "nonumber", "notag", "middle", "hline", "rm", "bf", "it"}
_WORDS = {"\\,": " ", "\\;": " ", "\\:": " ", "\\!": "", "\\ ": " ", "\\quad": "  ", "\\qquad": "    ", "\\|": "‖"}
_WORDS |= {"\\{": "{", "\\}": "}", "\\$": "$", "\\%": "%", "\\&": "&", "\\_": "_", "\\#": "#", "\\implies": "⟹"}
_WORDS |= {"\\iff": "⟺", "\\Re": "ℜ", "\\Im": "ℑ", "\\prime": "′", "\\mid": "∣", "\\colon": ":", "\\lVert": "‖"}
_WORDS |= {
    "\\rVert": "‖",
    "\\lvert": "|",
    "\\rvert": "|",
    "\\dots": "…",
    "\\ldots": "…",
    "\\mod": " mod ",
    "\\degree": "°",
}
_BRACKETS = {"pmatrix": "()", "bmatrix": "[]", "Bmatrix": "{}", "vmatrix": "||", "Vmatrix": "‖‖", "cases": "{ "}
_TALL = {"(": "⎛⎜⎝", ")": "⎞⎟⎠", "[": "⎡⎢⎣", "]": "⎤⎥⎦", "{": "⎧⎨⎩", "}": "⎫⎬⎭", "|": "│││", "‖": "‖‖‖", " ": "   "}

_COLUMN, _LINE = "\0&", "\0\\"  # no text holds a NUL
_BREAKS = {"&": _COLUMN, "\\\\": _LINE, "\\cr": _LINE, "\\newline": _LINE}

Box = list[str]
"""Lines of equal width."""


def render_latex(value: object, look: Look) -> str | None:
    """The formula in at most the columns there are; None for what is too long to be one."""
    source = joined(value).strip()
    if len(source) > _LONGEST:
        return None
    lines = unicode_lines(source)
    if any(widths.width(line) > look.columns for line in lines):
        lines = wrapped("\n".join(lines), look.columns)
    return "\n".join(lines)


def unicode_lines(source: str) -> list[str]:
    """A piece of LaTeX mathematics as lines of text."""
    formula = _Formula(_TOKEN.findall(still(source, colour=False)))
    return [line.rstrip() for line in _beside(formula.atoms(0, ""))]


def unicode_text(source: str) -> str:
    """The same in one line, for formulas inside a sentence."""
    return _flat(_Formula(_TOKEN.findall(still(source, colour=False).replace("\n", " "))).atoms(0, ""))


class _Formula:
    """A reader over tokens; every token is taken once."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.next = 0

    def take(self) -> str:
        """The next token, or nothing."""
        token = self.tokens[self.next] if self.next < len(self.tokens) else ""
        self.next += 1
        return token

    def skip(self) -> str:
        """The next token that is no space, left where it is."""
        while self.next < len(self.tokens) and self.tokens[self.next].isspace():
            self.next += 1
        return self.tokens[self.next] if self.next < len(self.tokens) else ""

    def atoms(self, depth: int, end: str) -> list[str | Box]:
        """Everything up to `end`, which is taken too: texts and boxes, from left to right."""
        found: list[str | Box] = []
        while self.next < len(self.tokens):
            token = self.take()
            if token == end:
                break
            if token in ("}", "$", "$$", "\\(", "\\)", "\\[", "\\]") or token[0] == "%":
                continue
            if token in ("^", "_"):
                found.append(_script(self.argument(depth), token))
            elif token in _BREAKS:
                found.append(_BREAKS[token])
            elif token.isspace() or token == "~":
                if found and found[-1] != " ":
                    found.append(" ")
            else:
                found.append(self.atom(token, depth))
        return found

    def argument(self, depth: int) -> str:
        """The group or the single token that comes next, as one line."""
        token = self.skip()
        if token in ("", "}") or token in _BREAKS:
            return ""
        self.next += 1
        if token in ("^", "_"):
            return ""
        return _flat([self.atom(token, depth)]).strip()

    def atom(self, token: str, depth: int) -> str | Box:
        """What `token` begins."""
        if token == "{":
            if depth >= _DEPTH:
                return ""
            return _flat(self.atoms(depth + 1, "}"))
        if token[0] != "\\" or len(token) == 1:
            return {"-": "−", "*": "∗", "'": "′"}.get(token, token)
        if token in _WORDS:
            return _WORDS[token]
        name = token[1:]
        if name in _NOTHING:
            if self.skip() == "." and name in ("left", "right"):
                self.next += 1
            return ""
        if depth >= _DEPTH:
            return name
        return self.command(name, depth + 1)

    def command(self, name: str, depth: int) -> str | Box:
        """A command that may take arguments."""
        if name in ("frac", "dfrac", "tfrac", "cfrac", "binom"):
            over, under = self.argument(depth), self.argument(depth)
            if name == "binom":
                return f"C({over}, {under})"
            return _VULGAR.get(f"{over}/{under}") or f"{_bracketed(over)}/{_bracketed(under)}"
        if name == "sqrt":
            index = ""
            if self.skip() == "[":
                self.next += 1
                index = _flat(self.atoms(depth, "]"))
            root = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(index) or _script(index, "^") + "√"
            return root + _bracketed(self.argument(depth))
        if name in _ACCENTS:
            text = "".join(sign + _ACCENTS[name] for sign in self.argument(depth))
            return unicodedata.normalize("NFC", text)
        if name in _ALPHABETS:
            return "".join(_letter(sign, _ALPHABETS[name]) for sign in self.argument(depth))
        if name in _PLAIN:
            return self.words()
        if name == "begin":
            return self.environment(depth)
        if name == "end":
            self.argument(depth)
            return ""
        if name == "not":
            return self.argument(depth) + "\u0338"
        return _symbol(name)

    def words(self) -> str:
        """A group of text: its spaces count."""
        if self.skip() != "{":
            return self.argument(_DEPTH)
        self.next += 1
        found, depth = [], 1
        while self.next < len(self.tokens):
            token = self.take()
            depth += (token == "{") - (token == "}")
            if not depth:
                break
            if token not in "{}$":
                found.append(_WORDS.get(token, token.lstrip("\\")))
        return " ".join("".join(found).split("\n"))

    def environment(self, depth: int) -> str | Box:
        """From behind `begin` to its `end`."""
        name = self.words().strip()
        if name.rstrip("*") == "array" and self.skip() == "{":
            self.words()
        start = self.next
        level = 1
        while self.next < len(self.tokens) and level:
            token = self.take()
            level += (token == "\\begin") - (token == "\\end")
        inner = _Formula(self.tokens[start : self.next - (not level)])
        if not level:
            self.words()
        atoms = inner.atoms(depth, "") if depth < _DEPTH else []
        return _matrix(atoms, _BRACKETS.get(name, "  "), aligned=name.rstrip("*") in ("align", "aligned", "split"))


def _matrix(atoms: list[str | Box], brackets: str, *, aligned: bool) -> Box:
    rows: list[list[str]] = [[]]
    cell: list[str | Box] = []
    for atom in [*atoms, _COLUMN]:
        if atom in (_COLUMN, _LINE):
            rows[-1].append(_flat(cell).strip())
            cell = []
            if atom == _LINE:
                rows.append([])
        else:
            cell.append(atom)
    rows = [row for row in rows if any(row)] or [[""]]
    count = max(map(len, rows))
    sizes = [max(widths.width(row[at]) if at < len(row) else 0 for row in rows) for at in range(count)]
    lines = []
    for row in rows:
        cells = []
        for at, size in enumerate(sizes):
            text = row[at] if at < len(row) else ""
            gap = " " * (size - widths.width(text))
            cells.append(gap + text if aligned and at % 2 == 0 else text + gap)
        lines.append((" " if aligned else "  ").join(cells))
    left, right = _tall(brackets[0], len(lines)), _tall(brackets[1], len(lines))
    return [a + line + b for a, line, b in zip(left, lines, right, strict=True)]


def _tall(sign: str, rows: int) -> list[str]:
    if rows == 1:
        return [sign.strip()]
    if sign == " ":
        return [""] * rows
    top, middle, foot = tuple(_TALL[sign])
    side = "⎪" if sign in "{}" else middle
    return [top, *(middle if at == rows // 2 else side for at in range(1, rows - 1)), foot]


def _beside(atoms: list[str | Box]) -> list[str]:
    """Texts and boxes beside each other, centred on one line; line breaks start a new line of them."""
    lines: list[str] = []
    row: list[Box] = []
    for atom in [*atoms, _LINE]:
        if atom != _LINE:
            if atom:
                row.append([" " if atom == _COLUMN else atom] if isinstance(atom, str) else atom)
            continue
        row = [_grown(at, row) for at in range(len(row))]
        height = max(map(len, row), default=0)
        text = [""] * height
        for box in row:
            above = (height - len(box)) // 2
            size = max(map(widths.width, box))
            for at in range(height):
                part = box[at - above] if 0 <= at - above < len(box) else ""
                text[at] += part + " " * (size - widths.width(part))
        lines += text
        row = []
    return lines


def _grown(at: int, row: list[Box]) -> Box:
    """A bracket grows to the box it stands beside."""
    box = row[at]
    if len(box) != 1 or box[0] not in _TALL or box[0] == " ":
        return box
    beside = row[at + 1 : at + 2] if box[0] in "([{" else row[at - 1 : at] if box[0] in ")]}" else []
    height = max(map(len, beside or (row[max(0, at - 1) : at] + row[at + 1 : at + 2])), default=1)
    return _tall(box[0], height) if height > 1 else box


def _flat(atoms: list[str | Box]) -> str:
    return "".join(" " if atom in (_COLUMN, _LINE) else atom if isinstance(atom, str) else _row(atom) for atom in atoms)


def _row(box: Box) -> str:
    table = str.maketrans("", "", "".join(_TALL.values()).replace(" ", "") + "⎪")
    return "[" + "; ".join(" ".join(line.translate(table).split()) for line in box) + "]" if len(box) > 1 else box[0]


def _script(text: str, kind: str) -> str:
    table = _SUPER if kind == "^" else _SUB
    if not text:
        return ""
    if all(sign in table for sign in text):
        return "".join(table[sign] for sign in text if sign != " ")
    return kind + (text if len(text) == 1 else f"({text})")


def _bracketed(text: str) -> str:
    return text if re.fullmatch(r"[\w′⁰¹²³⁴-⁹₀-₉√∞π]+|\(.[^()]*\)", text) else f"({text})"


@lru_cache(512)
def _letter(sign: str, alphabet: str) -> str:
    if not (sign.isascii() and sign.isalnum()):
        return sign
    kind = "DIGIT " + unicodedata.name(sign).split()[-1] if sign.isdigit() else ""
    kind = kind or f"{'CAPITAL' if sign.isupper() else 'SMALL'} {sign.upper()}"
    for name in (f"{alphabet} {kind}", f"BLACK-LETTER {kind}", f"MATHEMATICAL {alphabet} {kind}"):
        if name.startswith("BLACK") and alphabet != "FRAKTUR":
            continue
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return sign


@lru_cache(1024)
def _symbol(name: str) -> str:
    from pylatexenc.latex2text import get_default_latex_context_db  # type: ignore[import-untyped]

    spec = get_default_latex_context_db().get_macro_spec(name)
    shown = getattr(spec, "simplify_repl", None)
    if isinstance(shown, str) and shown and "%" not in shown:
        return shown
    return name
