r"""TeX formulas as MathML: no script, no outside address, read aloud by screen readers.

latex2mathml reads the TeX. Its tree is then made to fit MathML Core, which is what browsers draw (alignment as style,
bold and the like as Unicode letters, bases with several parts grouped), and written here, so that nothing gets out
that is not in the tables below: neither a link nor a style of the formula's author. What it does not know is not
guessed at: the answer is None, and whoever asked shows the TeX.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, Final, NamedTuple

from .anchors import href

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from .markdown.parsing import Token

MAX_LENGTH: Final = 10_000
"""Formulas of more characters, their macros expanded, stay TeX."""

MAX_DEPTH: Final = 40
"""Groups in groups."""


def to_mathml(tex: str, display: bool = False) -> str | None:
    r"""A `math` element with the TeX as annotation; None for what cannot be told in MathML (`\ref`, unknown commands).

    Its own `\newcommand` and the like are followed. Never raises.
    """
    return Formulas()(tex, display)


class Formulas:
    r"""The formulas of one document.

    What one of them defines (`\newcommand`, `\def`, `\DeclareMathOperator`) holds for those after it, as in Jupyter.
    Equations that were `read` have AMS's numbers, and `\ref` and `\eqref` are links to them.
    """

    def __init__(self) -> None:
        self._macros: dict[str, _Macro] = {}
        self._labels: dict[str, tuple[str, str]] = {}  # the number, the id of its formula
        self._count = 0
        self._written: set[str] = set()

    def read(self, tokens: Iterable[Token]) -> None:
        r"""Numbers the display formulas of these Markdown tokens, in place: each row that has a number gets its `\tag`.

        For all cells, in their order, before the first of them is written.
        """
        for token in tokens:
            if token["type"] == "block_math":
                token["raw"] = self._numbered(token["raw"])
            elif "children" in token:
                self.read(token["children"])

    def number(self, label: str) -> str | None:
        """The number of the equation that has this label; None where none was read."""
        return self._labels.get(label.strip(), ("", ""))[0] or None

    def _numbered(self, tex: str) -> str:
        numbered = _NUMBERED.fullmatch(tex)
        name = numbered["name"] if numbered else ""
        rows = _rows(numbered["body"]) if numbered and name not in ("equation", "multline") else [tex]
        anchor = ""
        for index, row in enumerate(rows):
            tag = _TAG.search(row)
            number = tag[2] if tag else ""
            if numbered and not tag and row.strip() and not _NO_NUMBER.search(row):
                self._count += 1
                number = str(self._count)
                end = row.rindex("\\end") if len(rows) == 1 and row is tex else len(row.rstrip())
                rows[index] = f"{row[:end]} \\tag{{{number}}}{row[end:]}"
            for label in _LABEL.findall(row):
                anchor = anchor or _anchor(label)
                self._labels.setdefault(label.strip(), (number, anchor))
        if rows == [tex] or not numbered or name in ("equation", "multline"):
            return rows[0]
        return tex[: numbered.start("body")] + "\\\\".join(rows) + tex[numbered.end("body") :]

    def __call__(self, tex: str, display: bool) -> str | None:
        """As `to_mathml`; empty for a formula that only defines; a link for a reference to an equation."""
        if len(tex) > 10 * MAX_LENGTH:  # definitions of a whole book may be long
            return None
        if reference := _REFERENCE.fullmatch(tex.strip()):
            number, anchor = self._labels.get(reference[2].strip(), ("", ""))
            text = _escape(f"({number})" if reference[1] else number)
            return f'<a class="equation-reference" href="{_escape(href(anchor))}">{text}</a>' if number else None
        body, defined = _definitions(_COMMENT.sub(r"\1", tex) if "%" in tex else tex, self._macros)
        if defined and not body.strip():
            return ""
        expanded = _expanded(body, self._macros) if len(body) <= MAX_LENGTH else None
        if expanded is None:
            return None
        label = _LABEL.search(tex)
        anchor = self._labels.get(label[1].strip(), ("", ""))[1] if label else ""
        made = _made(expanded, tex, display, "" if anchor in self._written else anchor)
        if made is not None and anchor:
            self._written.add(anchor)
        return made


_NUMBERED = re.compile(
    r"\s*\\begin\{(?P<name>equation|align|alignat|flalign|gather|eqnarray|multline)\}"
    r"(?P<body>[\s\S]*)\\end\{(?P=name)\}\s*"
)
_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
_NO_NUMBER = re.compile(r"\\(?:nonumber|notag)(?![A-Za-z])")
_REFERENCE = re.compile(r"\\(eq)?ref\s*\{([^{}]*)\}")


def _anchor(label: str) -> str:
    return "equation-" + "-".join(label.split())


def _rows(body: str) -> list[str]:
    r"""What stands between the `\\\\` that are in no group."""
    rows: list[str] = []
    depth = start = 0
    for sign in _STRUCTURE.finditer(body):
        mark = sign[0]
        if mark in _OPENING:
            depth += 1
        elif mark in _CLOSING:
            depth -= 1
        elif mark == "\\\\" and depth == 0:
            rows.append(body[start : sign.start()])
            start = sign.end()
    return [*rows, body[start:]]


# -- macros ------------------------------------------------------------------------------------------------------------


class _Macro(NamedTuple):
    parameters: int
    default: str | None
    body: str


_DEFINITION = re.compile(
    r"\\(?:(?:re|provide)?newcommand\*?|providecommand\*?|def|DeclareMathOperator(?P<star>\*?))\s*"
    r"(?:\{\s*\\(?P<braced>[A-Za-z]+)\s*\}|\\(?P<bare>[A-Za-z]+))\s*"
    r"(?:\[(?P<count>\d)\]|(?P<hashes>(?:#\d)+))?\s*(?:\[(?P<default>[^\[\]{}]*)\])?\s*(?=\{)"
)
_COMMAND = re.compile(r"\\([A-Za-z]+)\s*")
_BRACE = re.compile(r"\\[\s\S]|[{}]")
_PARAMETER = re.compile(r"#(\d)")


def _definitions(tex: str, macros: dict[str, _Macro]) -> tuple[str, bool]:
    """The formula without the definitions in it, which go into `macros`; whether there were any."""
    if "\\newcommand" not in tex and "\\def" not in tex and "\\DeclareMath" not in tex and "command" not in tex:
        return tex, False
    parts: list[str] = []
    position = 0
    while found := _DEFINITION.search(tex, position):
        end = _group_end(tex, found.end())
        if end is None:
            break
        body = tex[found.end() + 1 : end - 1]
        if found["star"] is not None:
            body = rf"\operatorname{found['star']}{{{body}}}"
        count = int(found["count"] or 0) or len(found["hashes"] or "") // 2
        macros[found["braced"] or found["bare"]] = _Macro(count, found["default"], body)
        parts.append(tex[position : found.start()])
        position = end
    parts.append(tex[position:])
    return "".join(parts), position > 0


def _group_end(tex: str, start: int) -> int | None:
    """Behind the brace that closes the one at `start`."""
    depth = 0
    for sign in _BRACE.finditer(tex, start):
        if sign[0] == "{":
            depth += 1
        elif sign[0] == "}":
            depth -= 1
            if depth == 0:
                return sign.end()
    return None


def _expanded(tex: str, macros: dict[str, _Macro]) -> str | None:
    """With the macros put in; None where that never ends or grows too long."""
    if not macros:
        return tex
    for _round in range(20):
        parts: list[str] = []
        position = length = 0
        changed = False
        while found := _COMMAND.search(tex, position):
            macro = macros.get(found[1])
            if macro is None:
                parts.append(tex[position : found.end()])
                position = found.end()
                continue
            changed = True
            parts.append(tex[position : found.start()])
            arguments, position = _arguments(tex, found.end() if macro.parameters else found.end(1), macro)
            put = _PARAMETER.sub(lambda m, a=arguments: a.get(m[1], ""), macro.body)  # type: ignore[misc]
            parts.append(f"{{{put}}}" if macro.parameters == 0 and len(put) > 1 else put)
            length += len(put)
            if length > MAX_LENGTH:
                return None
        parts.append(tex[position:])
        tex = "".join(parts)
        if not changed:
            return tex
    return None


def _arguments(tex: str, position: int, macro: _Macro) -> tuple[dict[str, str], int]:
    arguments: dict[str, str] = {}
    first = 1
    if macro.default is not None and macro.parameters:
        arguments["1"] = macro.default
        first = 2
        if tex.startswith("[", position):
            end = tex.find("]", position)
            if end > 0:
                arguments["1"] = tex[position + 1 : end]
                position = end + 1
    for number in range(first, macro.parameters + 1):
        while tex.startswith((" ", "\n"), position):
            position += 1
        if tex.startswith("{", position):
            end = _group_end(tex, position) or len(tex)
            arguments[str(number)] = tex[position + 1 : end - 1]
            position = end
        else:
            command = _COMMAND.match(tex, position)
            end = command.end(1) if command else position + 1
            arguments[str(number)] = tex[position:end]
            position = end
    return arguments, position


# -- reading -----------------------------------------------------------------------------------------------------------

_BEYOND: Final = re.compile(
    r"\\(?:[A-Za-z]*ref|cite[a-z]*|href|url|style|class|cssId|html[A-Z][a-z]+|includegraphics|input|include"
    r"|newenvironment|let|catcode|ce|pu|SI|si|qty|verb|newcommand|def|gdef|edef)(?![A-Za-z])"
)
_NOT_SEEN = re.compile(
    r"\\(?:nonumber|notag|allowbreak|relax|require\s*\{[^{}]*\}|noindent|centering)(?![A-Za-z])|\\label\s*\{[^{}]*\}"
)
_TAG = re.compile(r"\\tag(\*?)\s*\{([^{}]*)\}")
_RUNS = re.compile(r"\s{2,}")
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_ARGUMENT = re.compile(r"(\\begin\s*\{(?:alignat|alignedat)\*?\})\s*\{\d+\}")
_PLACED = re.compile(r"(\\begin\s*\{(?:aligned|alignedat|gathered|array)\})\s*\[[tbc]\]")
_ALIGNED = re.compile(r"\\(begin|end)\s*\{(?:align|aligned|alignat|alignedat|flalign|eqnarray|split)\*?\}")
_GATHERED = re.compile(r"\\(begin|end)\s*\{(?:gather|gathered|multline)\*?\}")
_SINGLE = re.compile(r"\\(?:begin|end)\s*\{(?:equation|displaymath|math|subequations)\*?\}")
_ROW_SPACE = re.compile(r"(\\\\)\s*\[\s*-?[\d.]+\s*[a-z]{2}\s*\]")
_STRUCTURE = re.compile(r"\\begin|\\end|\\left(?![A-Za-z])|\\right(?![A-Za-z])|\\[\s\S]|[{}]")
_OPERATOR = re.compile(
    r"\\(?:operatorname\*?|math(?:op|bin|rel|ord|open|close|punct|inner))\s*"
    r"\{\s*(?:\\(?:mathrm|rm|text)\s*\{)?((?:[A-Za-z ]|\\[,;:! ])+)\}?\s*\}"
)
_NO_MATTER = re.compile(r"\\(?:math(?:bin|rel|ord|open|close|punct|inner)|ensuremath)(?![A-Za-z])|(?<=[{|])@\{[^{}]*\}")
_ARG = re.compile(r"\\arg(?![A-Za-z])")
_DCASES = re.compile(r"\\(begin|end)\s*\{dcases\*?\}")
_OPENING: Final = frozenset(("{", r"\begin", r"\left"))
_CLOSING: Final = frozenset(("}", r"\end", r"\right"))
_WHOLE = re.compile(
    r"\s*\\begin\s*\{((?:align|alignat|flalign|eqnarray|gather|multline)\*?)\}([\s\S]*)\\end\s*\{\1\}\s*"
)
_MATH_IN_TEXT = re.compile(r"(\\(?:text[a-z]*|mbox|hbox))\s*\{([^{}$]*\$[^{}]*)\}")


class _Prepared(NamedTuple):
    """TeX as latex2mathml knows it, and the tags of its rows: of all of it as one, where there are none."""

    tex: str
    tags: list[str]


def _prepared(tex: str, display: bool) -> _Prepared | None:
    """None for what is beyond us."""
    if len(tex) > MAX_LENGTH or not tex.strip() or _BEYOND.search(tex):
        return None
    tex = _RUNS.sub(" ", tex)  # patterns, ours and latex2mathml's, take long over many blanks
    tags: list[str] = []
    if "\\" in tex:
        tex = _SINGLE.sub("", _NOT_SEEN.sub("", tex))
        if r"\tag" in tex:
            whole = _WHOLE.fullmatch(tex)
            rows = _rows(whole[2] if whole else tex)
            found = [_TAG.findall(row) for row in rows]
            if (not whole and len(rows) > 1) or any(len(of_row) > 1 for of_row in found):
                return None
            tags = ["".join(map(_tag, of_row)) for of_row in found]
            tex = _TAG.sub("", tex)
        tex = _MATH_IN_TEXT.sub(_mixed, tex)
        tex = _ROW_SPACE.sub(r"\1", tex)
        tex = _PLACED.sub(r"\1", _ARGUMENT.sub(r"\1", tex))
        tex = _DCASES.sub(r"\\\1{cases}", _ALIGNED.sub(r"\\\1{align*}", tex))
        tex = _OPERATOR.sub(_named, _ARG.sub(r"\\operatorname{arg}", tex))
        tex = _NO_MATTER.sub("", tex)
    rows_broken, deep = _structure(tex)
    if deep > MAX_DEPTH:
        return None
    if rows_broken and display:  # as MathJax breaks the lines of a formula
        tex = rf"\begin{{gather}}{tex}\end{{gather}}"
    return _Prepared(_GATHERED.sub(r"\\\1{matrix}", tex), tags)


def _tag(found: tuple[str, str]) -> str:
    return found[1] if found[0] else f"({found[1]})"


def _mixed(m: re.Match[str]) -> str:
    r"""`\text{if $x$}` as text, formula, text."""
    if r"\$" in m[2]:
        return m[0]
    parts = m[2].split("$")
    return "".join(
        f" {part} " if index % 2 else f"{m[1]}{{{part}}}" if part else "" for index, part in enumerate(parts)
    )


def _named(m: re.Match[str]) -> str:
    """An operator's name; latex2mathml wants letters only."""
    return rf"\operatorname{{{re.sub(r'[^A-Za-z]+', '', m[1])}}}"


def _structure(tex: str) -> tuple[bool, int]:
    """Whether lines are broken outside of everything, and how deep groups lie in groups."""
    depth = deepest = 0
    rows = False
    for sign in _STRUCTURE.finditer(tex):
        mark = sign[0]
        if mark in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif mark in _CLOSING:
            depth -= 1
        elif mark == "\\\\" and depth == 0:
            rows = True
    # commands without braces lie in each other too: \frac\frac\frac
    bare = max((len(run) // 2 for run in re.findall(r"(?:\\[A-Za-z]+\s*|[\^_]\s*){8,}", tex)), default=0)
    return rows, max(deepest, bare // 8)


@lru_cache(maxsize=2048)
def _made(expanded: str, source: str, display: bool, name: str) -> str | None:
    """The `math` element, with `name` as its id."""
    prepared = _prepared(expanded, display)
    if prepared is None:
        return None
    from latex2mathml.converter import convert_to_element

    parts: list[str] = []
    try:
        root = convert_to_element(prepared.tex, display="block" if display else "inline")
        table = next(root.iter("mtable"), None)
        if display and table is not None and "{matrix}" in prepared.tex and "{matrix}" not in expanded:
            table.set("displaystyle", "true")  # gather: each line as large as a formula of its own
        if len(prepared.tags) > 1 and table is not None:
            _number(table, prepared.tags)
        for child in root:
            _write(child, parts)
    except Exception:
        # Its errors have no common root, and TeX that is cut off ends in IndexError, StopIteration, RecursionError or
        # others. Each means the same to the reader, who is shown the TeX.
        return None
    inside = "".join(parts)
    if len(prepared.tags) == 1 and prepared.tags[0]:
        inside = f'<mrow>{inside}<mspace width="2em"></mspace><mtext>{_escape(prepared.tags[0])}</mtext></mrow>'
    kind = "block" if display else "inline"
    id_ = f' id="{_escape(name)}"' if name else ""
    return (
        f'<math{id_} display="{kind}"><semantics>{inside}<annotation encoding="application/x-tex">'
        f"{_escape(source.strip())}</annotation></semantics></math>"
    )


def _number(table: Element, tags: list[str]) -> None:
    """A last column with the tags of the rows."""
    from xml.etree.ElementTree import SubElement

    columns = max(map(len, table), default=0)
    for row, tag in zip(table, tags, strict=False):
        if tag:
            for _missing in range(columns - len(row)):
                SubElement(row, "mtd")
            SubElement(SubElement(row, "mtd", columnalign="number"), "mtext").text = tag.replace("&", "&amp;")


# -- writing -----------------------------------------------------------------------------------------------------------


class _Unknown(Exception):
    """Something in the tree that is not MathML, or MathML that we do not write."""


_TOKENS: Final = frozenset(("mi", "mn", "mo", "mtext", "ms"))
_ELEMENTS: Final = _TOKENS | frozenset(
    (
        "mrow", "mfrac", "msqrt", "mroot", "mstyle", "mpadded", "mphantom", "merror", "msub", "msup", "msubsup",
        "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mspace", "menclose", "mmultiscripts", "mprescripts",
    )
)  # fmt: skip
_ATTRIBUTES: Final = frozenset(
    (
        "accent", "accentunder", "columnspan", "depth", "displaystyle", "fence", "form", "height", "largeop",
        "linethickness", "lspace", "mathbackground", "mathcolor", "maxsize", "minsize", "movablelimits",
        "rowspan", "rspace", "scriptlevel", "separator", "stretchy", "symmetric", "voffset", "width",
    )
)  # fmt: skip
_VALUE: Final = re.compile(r"[\w#.+ %-]{1,60}\Z")
_SCRIPTS: Final = {"msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
_LIMITS: Final = {"msub": "munder", "msubsup": "munderover"}
_TAKES_LIMITS: Final = frozenset(
    ("lim", "max", "min", "sup", "inf", "argmax", "argmin", "det", "gcd", "Pr", "lim sup", "lim inf", "arg max")
) | frozenset("∏∐∑⋀⋁⋂⋃⨀⨁⨂⨃⨄⨅⨆")  # noqa: RUF001
_SPACES: Final = {"negativethinmathspace": "-0.167em", "thinmathspace": "0.167em", "mediummathspace": "0.222em"}
_FENCES: Final = frozenset("⟨⟩⌊⌋⌈⌉‖")
_ENCLOSED: Final = {
    # MathML Core has no menclose
    "box": "border: 1px solid; padding: 0.3em",
    "roundedbox": "border: 1px solid; border-radius: 0.5em; padding: 0.3em",
    "top": "border-top: 1px solid",
    "bottom": "border-bottom: 1px solid",
    "left": "border-left: 1px solid",
    "right": "border-right: 1px solid",
    **{
        notation: f"background: linear-gradient(to {side}, transparent 46%, currentcolor 47%, currentcolor 53%, "
        "transparent 54%)"
        for notation, side in (
            ("updiagonalstrike", "bottom right"),
            ("downdiagonalstrike", "top right"),
            ("horizontalstrike", "bottom"),
            ("verticalstrike", "right"),
        )
    },
}
_LETTERS: Final = {
    # where capitals, small letters and digits begin; Unicode's Mathematical Alphanumeric Symbols
    "bold": (0x1D400, 0x1D41A, 0x1D7CE),
    "italic": (0x1D434, 0x1D44E, None),
    "bold-italic": (0x1D468, 0x1D482, 0x1D7CE),
    "script": (0x1D49C, 0x1D4B6, None),
    "bold-script": (0x1D4D0, 0x1D4EA, None),
    "fraktur": (0x1D504, 0x1D51E, None),
    "bold-fraktur": (0x1D56C, 0x1D586, None),
    "double-struck": (0x1D538, 0x1D552, 0x1D7D8),
    "sans-serif": (0x1D5A0, 0x1D5BA, 0x1D7E2),
    "bold-sans-serif": (0x1D5D4, 0x1D5EE, 0x1D7EC),
    "sans-serif-bold-italic": (0x1D63C, 0x1D656, 0x1D7EC),
    "monospace": (0x1D670, 0x1D68A, 0x1D7F6),
}
_ELSEWHERE: Final = {
    # letters that Unicode had before it had the others of their kind
    "double-struck": dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),  # noqa: RUF001
    "script": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),  # noqa: RUF001
    "fraktur": dict(zip("CHIRZ", "ℭℌℑℜℨ", strict=True)),  # noqa: RUF001
    "italic": {"h": "ℎ"},  # noqa: RUF001
}
_GREEK: Final = {"bold": (0x1D6A8, 0x1D6C2), "italic": (0x1D6E2, 0x1D6FC), "bold-italic": (0x1D71C, 0x1D736)}
_TEXT_STYLES: Final = {
    "bold": "font-weight: bold",
    "italic": "font-style: italic",
    "monospace": "font-family: monospace",
}


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _write(element: Element, parts: list[str], style: str = "") -> None:
    tag = element.tag
    if tag not in _ELEMENTS:
        raise _Unknown(tag)
    if tag == "mtable":
        _write_table(element, parts)
        return
    if tag == "menclose":
        drawn = [_ENCLOSED.get(notation) for notation in element.get("notation", "").split()]
        if not drawn or None in drawn:
            raise _Unknown(tag)
        tag, style = "mrow", "; ".join(filter(None, drawn))
    if tag in _TOKENS:
        _write_token(element, tag, parts, style)
        return
    children = list(element)
    wanted = _SCRIPTS.get(tag)
    group = 0  # parts of the base, where there are several
    if wanted is not None:
        if len(children) < wanted:
            raise _Unknown(tag)
        group = len(children) - wanted + 1 if len(children) > wanted else 0
        if tag in _LIMITS and _takes_limits(children[0]):
            tag = _LIMITS[tag]
    elif tag in ("mfrac", "mroot") and len(children) != 2:
        raise _Unknown(tag)
    parts.append(f"<{tag}{_attributes(element, style)}>")
    if group:
        parts.append("<mrow>")
        for child in children[:group]:
            _write(child, parts)
        parts.append("</mrow>")
    for child in children[group:]:
        _write(child, parts)
    parts.append(f"</{tag}>")


def _takes_limits(base: Element) -> bool:
    return base.tag in ("mo", "mi") and unescape(base.text or "").replace("\u2009", " ") in _TAKES_LIMITS


def _write_token(element: Element, tag: str, parts: list[str], style: str) -> None:
    raw = element.text or ""
    text = unescape(raw)
    if len(element) or (tag != "mtext" and (text[:1] == "\\" or raw == "&" or (tag == "mi" and raw in ("{", "}")))):
        raise _Unknown(text)
    variant = element.get("mathvariant", "")
    extra = ""
    if tag == "mtext":
        style = "; ".join(filter(None, (style, *(_TEXT_STYLES.get(word, "") for word in variant.split("-")))))
    elif variant and variant != "normal":
        text = "".join(_letter(letter, variant) for letter in text)
    elif tag == "mi" and len(text) == 1:
        if variant == "normal" or (raw != text and text.isascii() and text.isalpha()):
            extra = ' mathvariant="normal"'
        elif text in _FENCES:
            tag, extra = "mo", ' stretchy="false"'
        elif "\u2190" <= text <= "\u21ff" or "\u27f0" <= text <= "\u27ff" or text == "\u2032":
            tag = "mo"
    if tag == "mo" and text.replace("\u2009", " ") in _TAKES_LIMITS and "movablelimits" not in element.attrib:
        extra += ' movablelimits="true"'
    parts.append(f"<{tag}{_attributes(element, style)}{extra}>{_escape(text)}</{tag}>")


def _letter(letter: str, variant: str) -> str:
    elsewhere = _ELSEWHERE.get(variant, {})
    if letter in elsewhere:
        return elsewhere[letter]
    starts = _LETTERS.get(variant)
    if starts is None:
        return letter
    capital, small, digit = starts
    if "A" <= letter <= "Z":
        return chr(capital + ord(letter) - ord("A"))
    if "a" <= letter <= "z":
        return chr(small + ord(letter) - ord("a"))
    if "0" <= letter <= "9" and digit is not None:
        return chr(digit + ord(letter) - ord("0"))
    greek = _GREEK.get(variant)
    if greek is not None and ("\u0391" <= letter <= "\u03a9" or "\u03b1" <= letter <= "\u03c9"):
        return chr(greek[0] + ord(letter) - 0x391 if letter <= "\u03a9" else greek[1] + ord(letter) - 0x3B1)
    return letter


def _attributes(element: Element, style: str = "") -> str:
    written = []
    for name, value in element.attrib.items():
        value = _SPACES.get(value, value)
        if name in _ATTRIBUTES and _VALUE.match(value):
            written.append(f' {name}="{value}"')
        elif name == "linebreak":
            raise _Unknown(name)
    if style:
        written.append(f' style="{style}"')
    return "".join(written)


def _write_table(table: Element, parts: list[str]) -> None:
    """Alignment and rules as styles: MathML Core has no attributes for them."""
    paired = table.get("columnspacing", "").startswith("0em")  # right and left halves of equations
    columns = table.get("columnlines", "").split()
    rows = table.get("rowlines", "").split()
    framed = table.get("frame", "none") != "none"
    parts.append("<mtable" + (' displaystyle="true"' if table.get("displaystyle") == "true" else ""))
    parts.append(' style="border: 1px solid">' if framed else ">")
    every = list(table)
    for number, row in enumerate(every):
        parts.append("<mtr>")
        for column, cell in enumerate(row):
            align = cell.get("columnalign", "center")
            styles = [] if align not in ("left", "right") else [f"text-align: {align}"]
            if align == "number":
                styles.append("padding-left: 2em")
            elif paired:
                styles.append("padding-right: 0" if align == "right" else "padding-left: 0")
            if column < len(columns) and columns[column] in ("solid", "dashed") and column + 1 < len(row):
                styles.append(f"border-right: 1px {columns[column]}")
            if number < len(rows) and rows[number] in ("solid", "dashed") and number + 1 < len(every):
                styles.append(f"border-bottom: 1px {rows[number]}")
            parts.append("<mtd" + (f' style="{"; ".join(styles)}"' if styles else "") + ">")
            for child in cell:
                _write(child, parts)
            parts.append("</mtd>")
        parts.append("</mtr>")
    parts.append("</mtable>")
