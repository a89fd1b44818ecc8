"""TeX formulas to Typst's mathematics, for the part of TeX that MathJax knows and notebooks use.

What comes out always compiles: every sign is escaped, every argument closed, and a command that is not known gives
`None` for the whole formula, so that its source can be shown instead. Nothing is guessed and nothing is left out.
"""

# ruff: noqa: RUF001, SIM905 - signs of mathematics look like others
from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from .math_symbols import ACCENTS, COLOURS, DELIMITERS, OPERATORS, SPACES, STYLES, SWITCHES, SYMBOLS, escaped
from .strings import quoted

MAX_DEPTH = 60
MAX_TOKENS = 20_000
"""Beyond either, a formula is shown as its source: macros can grow without end."""

_TOKEN = re.compile(r"\\(?:[a-zA-Z]+\*?|.)|%[^\n]*|\s+|[0-9]+(?:\.[0-9]+)?|#[1-9]|.", re.DOTALL)
_STARRED = frozenset({"\\operatorname*", "\\tag*", "\\hspace*", "\\DeclareMathOperator*"})
_LENGTH = re.compile(r"\s*(-?[0-9]*\.?[0-9]+)\s*(em|ex|pt|mm|cm|in|mu|pc)\s*\Z")
_COLOUR = re.compile(r"#?[0-9a-fA-F]{6}\Z")
_LINES = frozenset("align aligned alignat alignedat split gather gathered multline eqnarray equation displaymath math "
                   "flalign dcases".split())  # fmt: skip
_MATRICES = {
    "matrix": "#none",
    "smallmatrix": "#none",
    "pmatrix": '"("',
    "bmatrix": '"["',
    "Bmatrix": '"{"',
    "vmatrix": '"|"',
    "Vmatrix": '"‖"',
}
_BIG = {"big": "1.2em", "Big": "1.8em", "bigg": "2.4em", "Bigg": "3em"}


class Unknown(Exception):
    """Something in a formula that is not understood; its text names it."""


class MathConverter:
    """Converts the formulas of one document: what one defines with `\\newcommand`, the later ones may use."""

    def __init__(self, number: Callable[[str], str | None] = lambda label: label) -> None:
        """`number` tells what a reference to the equation of a label says (by default the label)."""
        self._macros: dict[str, tuple[int, str | None, list[str]]] = {}
        self._number = number

    def __call__(self, tex: str) -> str | None:
        """The inside of a Typst equation, or None for a formula that has something unknown in it."""
        try:
            return self.convert(tex)
        except Unknown:
            return None

    def convert(self, tex: str) -> str:
        """As a call, but raises `Unknown` with what it stumbled over."""
        return _Parser(_tokens(tex), self._macros, self._number).formula()


def _tokens(tex: str) -> list[str]:
    """Commands, numbers, signs and single blanks; comments left out."""
    found: list[str] = []
    for match in _TOKEN.finditer(tex):
        token = match.group()
        if token[0] == "%":
            continue
        if token[0] == "\\" and token.endswith("*") and len(token) > 2 and token not in _STARRED:
            found += [token[:-1], "*"]
        else:
            found.append(" " if token.isspace() else token)
    return found


def join(parts: list[str]) -> str:
    """Pieces of Typst mathematics side by side: a blank only between two that would otherwise run together."""
    out: list[str] = []
    last = ""
    for part in parts:
        if not part:
            continue
        if last and _is_word(last) and _is_word(part[0]):
            out.append(" ")
        out.append(part)
        last = part[-1]
    return "".join(out)


def _is_word(char: str) -> bool:
    return char.isalnum() or ord(char) > 127


def leaf(char: str) -> str:
    """One sign, so that it stands for itself."""
    if char.isalnum() or (ord(char) > 127 and char.isprintable() and not char.isspace()):
        return escaped(char)
    if char.isascii() and char.isprintable():
        return {"-": "−", "*": "∗", "'": "′"}.get(char) or "\\" + char
    raise Unknown(f"the character U+{ord(char):04X}")


class _Parser:
    """Recursive descent over tokens; each method returns Typst."""

    def __init__(
        self,
        tokens: list[str],
        macros: dict[str, tuple[int, str | None, list[str]]],
        number: Callable[[str], str | None],
    ) -> None:
        self._tokens = tokens[::-1]  # the next one last, so that macros unfold in place
        self._macros = macros
        self._number = number
        self._depth = 0
        self._spent = 0

    def formula(self) -> str:
        found = self._group(None)
        if self._peek():
            raise Unknown(self._peek())
        return found

    # -- tokens --------------------------------------------------------------------------------------------------------

    def _peek(self) -> str:
        return self._tokens[-1] if self._tokens else ""

    def _next(self) -> str:
        self._spent += 1
        if not self._tokens or self._spent > MAX_TOKENS:
            raise Unknown("a formula that ends too early" if not self._tokens else "a formula too long")
        return self._tokens.pop()

    def _skip_blanks(self) -> None:
        while self._peek() == " ":
            self._tokens.pop()

    def _accept(self, token: str) -> bool:
        self._skip_blanks()
        if self._peek() == token:
            self._next()
            return True
        return False

    def _raw_argument(self) -> list[str]:
        """The tokens of `{...}`, or the one that stands there."""
        self._skip_blanks()
        self._split_number()
        token = self._next()
        if token != "{":
            return [token]
        found: list[str] = []
        depth = 1
        while True:
            token = self._next()
            depth += (token == "{") - (token == "}")
            if not depth:
                return found
            found.append(token)

    def _raw_option(self) -> list[str] | None:
        """The tokens of `[...]`, if there."""
        self._skip_blanks()
        if self._peek() != "[":
            return None
        self._next()
        found: list[str] = []
        depth = 0
        while True:
            token = self._next()
            if token == "]" and not depth:
                return found
            depth += (token == "{") - (token == "}")
            found.append(token)

    def _text_argument(self) -> str:
        return "".join(self._raw_argument()).strip()

    def _inner(self, tokens: list[str]) -> str:
        """These tokens as a formula of their own, with the same macros."""
        inner = _Parser(tokens, self._macros, self._number)
        inner._depth = self._depth + 1
        inner._spent = self._spent
        if inner._depth > MAX_DEPTH:
            raise Unknown("a formula nested too deeply")
        found = inner.formula()
        self._spent = inner._spent
        return found

    def _argument(self) -> str:
        """One argument as Typst, never empty: `frac()` would not compile."""
        self._skip_blanks()
        if self._peek() == "{":
            return self._inner(self._raw_argument()) or '""'
        self._split_number()
        return self._atom() or '""'

    def _split_number(self) -> None:
        """As an argument without braces, only the first digit counts: `x^12` is one, then two."""
        token = self._peek()
        if len(token) > 1 and token[0].isdigit():
            self._tokens[-1:] = [*token[:0:-1], token[0]]

    # -- grammar -------------------------------------------------------------------------------------------------------

    def _group(self, closer: Callable[[str], bool] | None) -> str:
        """Everything up to a token that `closer` accepts (not taken), or to the end."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unknown("a formula nested too deeply")
        parts: list[str] = []
        while self._tokens:
            token = self._peek()
            if token == "}" or (closer is not None and closer(token)):
                break
            if token == " ":
                self._tokens.pop()
            elif token in ("\\over", "\\atop", "\\choose", "\\brace", "\\brack"):
                self._next()
                above, below = join(parts) or '""', self._group(closer) or '""'
                parts = [_infix(token, above, below)]
            elif token[1:] in SWITCHES and token[0] == "\\":
                self._next()
                inside = self._group(closer)
                parts.append(_styled(SWITCHES[token[1:]], inside))
            elif token == "\\color":
                self._next()
                colour = self._text_argument()
                inside = self._group(closer)
                parts.append(_coloured(colour, inside))
            elif token in ("\\\\", "\\newline", "\\cr"):
                self._next()
                self._raw_option()
                parts.append(" \\ ")
            elif token == "&":
                self._next()
                parts.append(" & ")
            else:
                parts.append(self._scripted())
        self._depth -= 1
        return join(parts)

    def _scripted(self) -> str:
        """An atom with what is written above, below and behind it."""
        base = "" if self._peek() in ("^", "_", "'") else self._atom()
        limits: str | None = None
        primes = 0
        above = below = None
        while True:
            self._skip_blanks()
            token = self._peek()
            if token == "'":
                self._next()
                primes += 1
            elif token == "^" and above is None:
                self._next()
                above = self._argument()
            elif token == "_" and below is None:
                self._next()
                below = self._argument()
            elif token in ("\\limits", "\\nolimits", "\\displaylimits"):
                self._next()
                limits = {"\\limits": "limits", "\\nolimits": "scripts"}.get(token, limits)
            elif token in ("^", "_"):
                raise Unknown("a double exponent or index")
            else:
                break
        if limits:
            base = f"{limits}({base or chr(34) * 2})"
        if above is None and below is None and not primes:
            return base
        if primes and above is None:
            above = "′" * primes if primes == 1 else " ".join("′" * primes)
        elif primes:
            above = join(["′"] * primes + [above or ""])
        scripts = "".join(f", {where}: {what}" for where, what in (("t", above), ("b", below)) if what is not None)
        return f"attach({base or chr(34) * 2}{scripts})"

    def _atom(self) -> str:
        token = self._next()
        if token == "{":
            found = self._group(None)
            if self._next() != "}":
                raise Unknown("a brace that is not closed")
            return found
        if token[0] != "\\":
            if token == "~":
                return "space.nobreak"
            if token in ("$", "#", "}"):
                raise Unknown(token)
            if len(token) > 1:  # a number
                return token if token[0] != "#" else self._unknown(token)
            return leaf(token)
        return self._command(token[1:])

    def _unknown(self, name: str) -> str:
        raise Unknown(name)

    def _command(self, name: str) -> str:
        if "\\" + name in self._macros:
            return self._macro("\\" + name)
        if name in SPACES:
            return SPACES[name]
        if name in SYMBOLS:
            return SYMBOLS[name]
        if name in OPERATORS:
            text, limits = OPERATORS[name]
            return f"op({quoted(text)}, limits: #{'true' if limits else 'false'})"
        if name in ACCENTS:
            return f"{ACCENTS[name]}({self._argument()})"
        if name in STYLES:
            return _styled(STYLES[name], self._argument())
        if name.rstrip("lrm") in _BIG:
            return f"lr({self._delimiter() or chr(34) * 2}, size: #{_BIG[name.rstrip('lrm')]})"
        method = getattr(self, f"_do_{name.rstrip('*')}" if name.isascii() and name else "", None)
        if method is None:
            raise Unknown("\\" + name)
        found: str = method(name)
        return found

    def _macro(self, name: str) -> str:
        count, default, body = self._macros[name]
        arguments: list[list[str]] = []
        if default is not None:
            option = self._raw_option()
            arguments.append(_tokens(default) if option is None else option)
        while len(arguments) < count:
            arguments.append(self._raw_argument())
        unfolded: list[str] = []
        for token in body:
            if len(token) == 2 and token[0] == "#":
                number = int(token[1]) - 1
                unfolded += arguments[number] if number < len(arguments) else self._unknown(token)
            else:
                unfolded.append(token)
        return self._inner(unfolded)

    # -- delimiters ----------------------------------------------------------------------------------------------------

    def _delimiter(self) -> str:
        self._skip_blanks()
        token = self._next()
        if token == "{" and self._peek() == "}":
            self._next()
            return ""
        if token == ".":
            return ""
        if token in DELIMITERS:
            return DELIMITERS[token]
        raise Unknown(f"the delimiter {token}")

    def _do_left(self, _: str) -> str:
        parts = [self._delimiter()]
        parts.append(self._group(lambda token: token in ("\\right", "\\middle")))
        while self._accept("\\middle"):
            parts.append(f"mid({self._delimiter() or chr(34) * 2})")
            parts.append(self._group(lambda token: token in ("\\right", "\\middle")))
        if self._next() != "\\right":
            raise Unknown("\\left without \\right")
        parts.append(self._delimiter())
        return f"lr({join(parts) or chr(34) * 2})"

    # -- fractions, roots, stacks --------------------------------------------------------------------------------------

    def _do_frac(self, name: str) -> str:
        found = f"frac({self._argument()}, {self._argument()})"
        return {"d": f"display({found})", "c": f"display({found})", "t": f"inline({found})"}.get(name[0], found)

    _do_dfrac = _do_tfrac = _do_frac

    def _do_cfrac(self, name: str) -> str:
        self._raw_option()
        return self._do_frac(name)

    def _do_binom(self, name: str) -> str:
        found = f"binom({self._argument()}, {self._argument()})"
        return {"d": f"display({found})", "t": f"inline({found})"}.get(name[0], found)

    _do_dbinom = _do_tbinom = _do_binom

    def _do_sqrt(self, _: str) -> str:
        degree = self._raw_option()
        if degree is None:
            return f"sqrt({self._argument()})"
        return f"root({self._inner(degree) or chr(34) * 2}, {self._argument()})"

    def _do_overset(self, name: str) -> str:
        other, base = self._argument(), self._argument()
        return f"attach(limits({base}), {'b' if name == 'underset' else 't'}: {other})"

    _do_underset = _do_stackrel = _do_overset

    def _do_underbrace(self, name: str) -> str:
        inside = self._argument()
        note = None
        if self._accept("_" if name.startswith("under") else "^"):
            note = self._argument()
        return f"{name}({inside}{', ' + note if note else ''})"

    _do_overbrace = _do_underbracket = _do_overbracket = _do_underbrace

    def _do_xrightarrow(self, name: str) -> str:
        below = self._raw_option()
        above = self._argument()
        arrow = f"limits(stretch({_EXTENSIBLE[name]}, size: #(100% + 1em)))"
        under = f", b: {self._inner(below) or chr(34) * 2}" if below is not None else ""
        return f"attach({arrow}, t: {above}{under})"

    _do_xleftarrow = _do_xleftrightarrow = _do_xRightarrow = _do_xLeftarrow = _do_xrightarrow  # noqa: N815
    _do_xmapsto = _do_xlongequal = _do_xhookrightarrow = _do_xrightarrow

    def _do_substack(self, _: str) -> str:
        rows = _split(self._raw_argument(), ("\\\\",))
        return f"mat({'; '.join(self._inner(row) or chr(34) * 2 for row in rows)}, delim: #none, row-gap: #0.2em)"

    def _do_not(self, _: str) -> str:
        self._skip_blanks()
        base = self._atom()
        plain = base.removeprefix("\\")
        if len(plain) != 1:
            raise Unknown("\\not")
        one = unicodedata.normalize("NFC", plain + "\u0338")
        return one if len(one) == 1 else f"cancel({base})"

    # -- text and signs ------------------------------------------------------------------------------------------------

    def _do_text(self, name: str) -> str:
        pieces: list[str] = []
        plain = ""
        tokens = self._raw_argument()
        position = 0
        while position < len(tokens):
            token = tokens[position]
            if token == "$":
                end = next((n for n in range(position + 1, len(tokens)) if tokens[n] == "$"), None)
                if end is None:
                    raise Unknown("a formula in text that is not closed")
                pieces += [quoted(plain) if plain else "", self._inner(tokens[position + 1 : end])]
                plain = ""
                position = end
            elif token == "~" or token == "\\ ":
                plain += "\u00a0"
            elif token[0] == "\\":
                char = _TEXT_SIGNS.get(token[1:])
                if char is None:
                    raise Unknown(f"{token} in text")
                plain += char
            elif token not in "{}":
                plain += token
            position += 1
        if plain:
            pieces.append(quoted(plain))
        inside = join(pieces)
        return _styled(_TEXT_STYLES.get(name, ""), inside) if inside else ""

    _do_textrm = _do_textnormal = _do_mbox = _do_hbox = _do_textbf = _do_textit = _do_texttt = _do_textsf = _do_text

    def _do_operatorname(self, name: str) -> str:
        tokens = [token for token in self._raw_argument() if token not in ("{", "}", "\\,", "\\!")]
        if any(token[0] == "\\" for token in tokens):
            raise Unknown("\\operatorname with commands")
        return f"op({quoted(''.join(tokens).strip() or ' ')}, limits: #{'true' if name.endswith('*') else 'false'})"

    def _do_mathop(self, _: str) -> str:
        return f"op({self._argument()}, limits: #true)"

    def _do_mathrel(self, name: str) -> str:
        kind = {"rel": "relation", "bin": "binary", "ord": "normal", "open": "opening", "close": "closing",
                "punct": "punctuation", "inner": "normal"}[name[4:]]  # fmt: skip
        return f'class("{kind}", {self._argument()})'

    _do_mathbin = _do_mathord = _do_mathopen = _do_mathclose = _do_mathpunct = _do_mathinner = _do_mathrel

    def _do_char(self, _: str) -> str:
        raise Unknown("\\char")

    def _do_pmod(self, _: str) -> str:
        return join(["quad", "\\(", 'op("mod")', "thin", self._argument(), "\\)"])

    def _do_pod(self, _: str) -> str:
        return join(["quad", "\\(", self._argument(), "\\)"])

    def _do_bmod(self, _: str) -> str:
        return join(["med", 'op("mod")', "med"])

    def _do_mod(self, _: str) -> str:
        return join(["quad", 'op("mod")', "thin"])

    def _do_bra(self, name: str) -> str:
        inside = self._argument()
        if name == "braket":
            return join(["\\⟨", inside, "\\⟩"])
        return join(["\\⟨", inside, "\\|"] if name == "bra" else ["\\|", inside, "\\⟩"])

    _do_ket = _do_braket = _do_bra

    # -- boxes, spaces, colours ----------------------------------------------------------------------------------------

    def _do_boxed(self, _: str) -> str:
        return f"#box(stroke: 0.5pt, inset: 0.3em, baseline: 0.3em, {_equation(self._argument())})"

    _do_fbox = _do_boxed

    def _do_cancel(self, name: str) -> str:
        how = {"bcancel": ", inverted: #true", "xcancel": ", cross: #true"}.get(name, "")
        return f"cancel({self._argument()}{how})"

    _do_bcancel = _do_xcancel = _do_cancel

    def _do_phantom(self, _: str) -> str:
        return f"#hide({_equation(self._argument(), display=False)})"

    _do_hphantom = _do_vphantom = _do_phantom

    def _do_smash(self, _: str) -> str:
        self._raw_option()
        return self._argument()

    _do_mathstrut = _do_smash

    def _do_hspace(self, _: str) -> str:
        match = _LENGTH.match(self._text_argument())
        if not match:
            raise Unknown("\\hspace")
        number, unit = float(match[1]), match[2]
        number, unit = {"mu": (number / 18, "em"), "ex": (number / 2, "em"), "pc": (number * 12, "pt")}.get(
            unit, (number, unit)
        )
        return f"#h({number:g}{unit})" if abs(number) < 1000 else self._unknown("\\hspace")

    _do_mspace = _do_hspace

    def _do_kern(self, _: str) -> str:
        length = ""
        self._skip_blanks()
        while len(length) < 12 and not _LENGTH.match(length):
            length += self._next()
        self._tokens += ["}", length, "{"]
        return self._do_hspace("")

    _do_mkern = _do_hskip = _do_mskip = _do_kern

    def _do_textcolor(self, _: str) -> str:
        colour = self._text_argument()
        return _coloured(colour, self._argument())

    # -- numbers and names of equations --------------------------------------------------------------------------------

    def _do_tag(self, name: str) -> str:
        text = self._text_argument().strip("$")
        return join(["wide", quoted(text if name.endswith("*") else f"({text})")])

    def _do_label(self, _: str) -> str:
        self._raw_argument()
        return ""

    def _do_nonumber(self, _: str) -> str:
        return ""

    _do_notag = _do_hline = _do_relax = _do_nonumber

    def _do_eqref(self, name: str) -> str:
        label = self._text_argument()
        said = self._number(label)
        if said is None:
            raise Unknown(f"the equation {label}")
        return quoted(f"({said})" if name == "eqref" else said)

    _do_ref = _do_eqref

    # -- macros --------------------------------------------------------------------------------------------------------

    def _do_newcommand(self, _: str) -> str:
        name = "".join(self._raw_argument()).strip()
        self._accept("*")
        count = self._raw_option()
        default = self._raw_option()
        number = "".join(count or ["0"])
        if not name.startswith("\\") or not number.isdigit() or int(number) > 9:
            raise Unknown("\\newcommand")
        self._macros[name] = (int(number), None if default is None else "".join(default), self._raw_argument())
        return ""

    _do_renewcommand = _do_providecommand = _do_newcommand

    def _do_def(self, _: str) -> str:
        self._skip_blanks()
        name = self._next()
        count = 0
        while self._peek() != "{":
            if self._next() != f"#{count + 1}":
                raise Unknown("\\def")
            count += 1
        self._macros[name] = (count, None, self._raw_argument())
        return ""

    _do_gdef = _do_def

    def _do_DeclareMathOperator(self, name: str) -> str:  # noqa: N802
        command = "".join(self._raw_argument()).strip()
        star = "*" if name.endswith("*") else ""
        self._macros[command] = (0, None, [f"\\operatorname{star}", "{", *self._raw_argument(), "}"])
        return ""

    # -- environments --------------------------------------------------------------------------------------------------

    def _do_begin(self, _: str) -> str:
        name = self._text_argument()
        plain = name.rstrip("*")
        columns = ""
        if plain in ("array", "alignat", "alignedat", "subarray"):
            self._raw_option()
            columns = self._text_argument()
        elif plain in ("aligned", "gathered", "alignedat") or (plain in _MATRICES and name.endswith("*")):
            columns = "".join(self._raw_option() or [])
        rows = self._rows(name)
        if plain in _LINES and plain != "dcases":
            lines = " \\ ".join(" & ".join(self._inner(cell) for cell in row) for row in rows)
            if set(self._tokens) <= {" "} and self._depth == 1:
                return lines  # the last thing in the formula, usually the only one
            return f"#box(baseline: 50% - 0.25em, {_equation(lines)})"
        if plain in ("cases", "dcases", "rcases", "drcases"):
            display = "display({})" if plain.startswith("d") else "{}"
            lines_of = [" && quad ".join(display.format(self._inner(cell) or '""') for cell in row) for row in rows]
            reverse = ", reverse: #true" if plain.endswith("rcases") else ""
            return f"cases({', '.join('& ' + line for line in lines_of) or chr(34) * 2}{reverse})"
        if plain in _MATRICES or plain in ("array", "subarray"):
            found = self._matrix(rows, _MATRICES.get(plain, "#none"), columns)
            return f"inline({found})" if plain == "smallmatrix" else found
        raise Unknown(f"\\begin{{{name}}}")

    def _rows(self, name: str) -> list[list[list[str]]]:
        """The cells between here and `\\end{name}`: rows of lists of tokens."""
        body: list[str] = []
        depth = 0
        while True:
            token = self._next()
            if token == "\\begin":
                depth += 1
            elif token == "\\end":
                if not depth:
                    if self._text_argument() != name:
                        raise Unknown(f"\\begin{{{name}}} without its end")
                    break
                depth -= 1
            body.append(token)
        rows = [_split(row, ("&",)) for row in _split(body, ("\\\\", "\\cr", "\\newline"))]
        for row in rows[1:]:  # the distance behind the end of a line
            while row[0] and row[0][0] == " ":
                row[0].pop(0)
            if row[0] and row[0][0] == "[" and "]" in row[0]:
                length = "".join(row[0][1 : row[0].index("]")])
                if _LENGTH.match(length):
                    del row[0][: row[0].index("]") + 1]
        if len(rows) > 1 and all(token == " " for cell in rows[-1] for token in cell):
            rows.pop()
        return rows

    def _matrix(self, rows: list[list[list[str]]], delimiter: str, columns: str) -> str:
        horizontal = []
        for number, row in enumerate(rows):
            while any(token == "\\hline" for token in row[0]):
                row[0].remove("\\hline")
                if number and number not in horizontal:
                    horizontal.append(number)
        if len(rows) > 1 and all(token == " " for cell in rows[-1] for token in cell):
            rows = rows[:-1]
        horizontal = [number for number in horizontal if number < len(rows)]
        letters = re.sub(r"[^lcr|]", "", re.sub(r"[@!>pmb]\{[^}]*\}", "", columns))
        width = max(max(len(row) for row in rows), 1)
        vertical = sorted({len(letters[:n].replace("|", "")) for n, char in enumerate(letters) if char == "|"})
        vertical = [number for number in vertical if 0 < number < width]
        aligned = set(letters.replace("|", ""))
        align = {"l": ", align: #left", "r": ", align: #right"}.get(aligned.pop(), "") if len(aligned) == 1 else ""
        lines = "; ".join(
            ", ".join([self._inner(cell) or '""' for cell in row] + ['""'] * (width - len(row))) for row in rows
        )
        augment = ""
        if horizontal or vertical:
            augment = f", augment: #(hline: ({_list(horizontal)}), vline: ({_list(vertical)}))"
        return f"mat({lines}, delim: {delimiter}{align}{augment})"


_EXTENSIBLE = {
    "xrightarrow": "→",
    "xleftarrow": "←",
    "xleftrightarrow": "↔",
    "xRightarrow": "⇒",
    "xLeftarrow": "⇐",
    "xmapsto": "↦",
    "xlongequal": "\\=",
    "xhookrightarrow": "↪",
}
_TEXT_SIGNS = {char: char for char in "%$#&_{}"} | {",": "\u2009", "textbackslash": "\\", "ldots": "…", "dots": "…",
               "quad": "\u2003", "textdegree": "°", "degree": "°"}  # fmt: skip
_TEXT_STYLES = {"textbf": "upright(bold({}))", "textit": "italic({})", "texttt": "mono({})", "textsf": "sans({})"}


def _list(numbers: list[int]) -> str:
    return "".join(f"{number}, " for number in numbers)


def _split(tokens: list[str], separators: tuple[str, ...]) -> list[list[str]]:
    """The tokens between separators that stand in no braces and no inner environment."""
    found: list[list[str]] = [[]]
    depth = 0
    for token in tokens:
        if token in ("{", "\\begin", "\\left"):
            depth += 1
        elif token in ("}", "\\end", "\\right"):
            depth -= 1
        if token in separators and depth <= 0:
            found.append([])
        else:
            found[-1].append(token)
    return found


def _infix(token: str, above: str, below: str) -> str:
    if token == "\\over":
        return f"frac({above}, {below})"
    if token == "\\choose":
        return f"binom({above}, {below})"
    delimiter = {"\\atop": "#none", "\\brace": '"{"', "\\brack": '"["'}[token]
    return f"mat({above}; {below}, delim: {delimiter})"


def _styled(style: str, inside: str) -> str:
    return (style.format(inside) if style else inside) if inside else ""


def _coloured(colour: str, inside: str) -> str:
    known = COLOURS.get(colour.lower())
    if known is None and _COLOUR.match(colour):
        known = colour.lstrip("#")
    if known is None:
        raise Unknown(f"the colour {colour}")
    return f'#text(fill: rgb("{known}"), {_equation(inside, display=False)})' if inside else ""


def _equation(inside: str, display: bool = True) -> str:
    """A formula in a formula, as a value; it has an alternative text as every formula must."""
    return f'math.equation(alt: "formula", ${f"display({inside})" if display else inside}$)'
