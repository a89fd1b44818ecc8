"""Tokens as Typst, the markup that PDFs are made of: every construct as a call, every text escaped.

What comes out compiles by itself, whatever the text: nothing of the notebook is read as Typst. Links within the
document are written as `link("#anchor")`; the document decides what they lead to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ..pdf.strings import prose, quoted, quoted_lines
from .html import plain
from .html_fragments import resolved
from .tables import Cell, Grid, grid

if TYPE_CHECKING:
    from ..anchors import Anchors
    from .parsing import Token

TABLE_WIDTH = 45.0
"""How wide a table may be before its text is made smaller, in em of the text around it."""
SMALLEST = 0.55
"""Text of tables is not made smaller than this, where the table can be cut into bands of columns instead."""


CODE_COLUMNS = 85
"""How many characters of code fit a line; a longer word is broken, for Typst breaks only between words."""

_LONG_WORD = re.compile(rf"\S{{{CODE_COLUMNS + 1},}}")
_TAG = re.compile(r"\\tag(\*?)\s*\{([^{}$\\]*)\}")
_LONG_PROSE = re.compile(r"\S{41,}")


class Picture(NamedTuple):
    """A file of the document, and how wide it is by nature in pt (0: Typst shall find out)."""

    path: str
    width: float = 0.0
    height: float = 0.0


Pictures: TypeAlias = Callable[[str], Picture | None]
"""From the address of an image to the file; None: there is none, its text stays."""
Resolver: TypeAlias = Callable[[str], str | None]
"""From the address of a link to the one to write; None: there is none, its text stays."""
Formula: TypeAlias = Callable[[str], str | None]
"""From TeX to the inside of a Typst equation; None where it cannot."""


def to_typst(
    tokens: Iterable[Token],
    *,
    anchors: Anchors | None = None,
    image: Pictures | None = None,
    link: Resolver | None = None,
    formula: Formula | None = None,
    prefix: str = "",
) -> str:
    """The Typst of these tokens.

    `anchors`: headings get a label from it, unless one has an attrs.anchor already. `image` and `link` find addresses.
    `formula` makes formulas (by default our own converter); what it cannot is shown as TeX in a box. `prefix` stands
    before the labels of footnotes, which must differ in a document of several cells.
    """
    if formula is None:
        from ..pdf.math import MathConverter

        formula = MathConverter()
    return _Writer(anchors, image, link, formula, prefix).blocks(resolved(list(tokens)))


def picture(found: Picture, alternative: str, width: str = "") -> str:
    """The call that shows a picture, no wider and no higher than the page; `width` is a length of one's own choice."""
    if not width and found.width:
        width = f"{found.width:.5g}pt"
    size = f", width: {width}" if width else ""
    return f"image({quoted(found.path)}{size}, alt: {quoted(alternative or 'picture')})"


class _Writer:
    __slots__ = ("_anchors", "_formula", "_image", "_link", "_noted", "_notes", "_open_notes", "_prefix")

    def __init__(
        self,
        anchors: Anchors | None,
        image: Pictures | None,
        link: Resolver | None,
        formula: Formula,
        prefix: str,
    ) -> None:
        self._anchors = anchors
        self._image = image
        self._link = link
        self._formula = formula
        self._prefix = prefix
        self._notes: dict[int, Token] = {}
        self._noted: set[int] = set()
        self._open_notes: set[int] = set()

    # -- blocks --------------------------------------------------------------------------------------------------------

    def blocks(self, tokens: list[Token]) -> str:
        """One block after the other, with an empty line between."""
        if tokens and tokens[-1]["type"] == "footnotes":
            self._notes = {item["attrs"]["index"]: item for item in tokens[-1]["children"]}
        return "\n\n".join(made for made in map(self._block, tokens) if made) + "\n"

    def _inside(self, tokens: list[Token]) -> str:
        return "\n\n".join(made for made in map(self._block, tokens) if made)

    def _block(self, token: Token) -> str:
        kind = token["type"]
        if kind in ("paragraph", "block_text"):
            return self._paragraph(token["children"])
        if kind == "heading":
            return self._heading(token)
        if kind == "list":
            return self._list(token)
        if kind == "block_code":
            words = token.get("attrs", {}).get("info", "").split(None, 1)
            return code(token["raw"], words[0].strip("{}.,") if words else "")
        if kind == "block_math":
            return self._display(token["raw"])
        if kind == "block_quote":
            return f"#quote(block: true)[{self._inside(token['children'])}];"
        if kind == "table":
            return self._table(grid(token))
        if kind == "thematic_break":
            return "#line(length: 100%, stroke: 0.5pt + luma(180));"
        if kind in ("footnotes", "footnote_item"):
            return ""
        if "children" in token:
            return self._inside(token["children"])
        return self.inline([token])

    def _paragraph(self, tokens: list[Token]) -> str:
        """Formulas that stand by themselves in it, and pictures alone in it, become blocks."""
        if len(tokens) == 1 and tokens[0]["type"] == "image":
            return self._picture(tokens[0], inline=False)
        return self.inline(tokens)

    def _heading(self, token: Token) -> str:
        inside = self.inline(token["children"])
        made = f"#heading(level: {token['attrs']['level']})[{inside}]"
        name = token["attrs"].get("anchor")
        if name is None and self._anchors is not None:
            name = self._anchors.claim(plain(token["children"]))
        return f"#[{made}#label({quoted(name)})];" if name else made + ";"

    def _list(self, token: Token) -> str:
        attrs = token["attrs"]
        items = []
        tight = bool(token.get("tight", True))
        for item in token["children"]:
            inside = ("\n" if tight else "\n\n").join(filter(None, map(self._block, item["children"])))
            if item["type"] == "task_list_item":
                inside = f"{'☑' if item['attrs']['checked'] else '☐'}~{inside}"
            items.append(f"[{inside}]")
        option = f"tight: {'true' if tight else 'false'}"
        if not attrs["ordered"]:
            return f"#list({option}, {_lines(items)});"
        start = f", start: {attrs['start']}" if "start" in attrs else ""
        return f"#enum({option}{start}, {_lines(items)});"

    def _display(self, tex: str) -> str:
        """A formula by itself, its number at the margin if it has but one."""
        tags = _TAG.findall(tex)
        inside, number = tex, ""
        if len(tags) == 1 and "\\\\" not in tex:
            star, text = tags[0]
            inside = _TAG.sub("", tex)
            number = f", numbering: _ => {quoted(text if star else f'({text})')}"
        made = self._formula(inside)
        if made is None:
            return f"#align(center, {_source(tex, block=True)});"
        if not made.strip():
            return ""
        return f"#math.equation(block: true, alt: {quoted(_alternative(tex))}{number}, $ {made} $);"

    # -- tables --------------------------------------------------------------------------------------------------------

    def _table(self, found: Grid) -> str:
        if not found.rows or not found.columns:
            return ""
        bands, scale = found.bands(TABLE_WIDTH, SMALLEST)
        made = [self._band(found, band, scale) for band in bands]
        if found.caption:
            made.insert(0, f"#align(center)[#emph[{self.inline(found.caption)}];];")
        return "\n\n".join(made)

    def _band(self, found: Grid, columns: list[int], scale: float) -> str:
        """The table with only these columns."""
        positions = {column: position for position, column in enumerate(columns)}
        head: list[str] = []
        body: list[str] = []
        for number, column, cell in found.placed():
            if column in positions:
                made = self._cell(cell, number, positions[column], len(columns))
                (head if number < found.heads else body).append(made)
        parts = [f"columns: {len(columns)}"]
        if head:
            parts.append(f"table.header({_lines(head)})")
        made = f"#table({_lines(parts + body)});"
        return f"#[#set text(size: {scale:.3f}em)\n{made}];" if scale < 1 else made

    def _cell(self, cell: Cell, y: int, x: int, width: int) -> str:
        inside = self.inline(cell.children)
        if cell.head and inside:
            inside = f"#strong[{inside}];"
        options = []
        if cell.colspan > 1:
            options.append(f"colspan: {min(cell.colspan, width - x)}")
        if cell.rowspan > 1:
            options.append(f"rowspan: {cell.rowspan}")
        if cell.align:
            options.append(f"align: {cell.align}")
        return f"table.cell({', '.join(options)})[{inside}]" if options else f"[{inside}]"

    # -- inline --------------------------------------------------------------------------------------------------------

    def inline(self, tokens: list[Token]) -> str:
        """Inline tokens; each call is ended, so that what follows cannot be read as its argument."""
        return "".join(map(self._inline, tokens))

    def _inline(self, token: Token) -> str:
        kind = token["type"]
        if kind == "text":
            return _breakable(token["raw"], prose)
        if kind == "softbreak":
            return "\n"
        if kind == "linebreak":
            return "#linebreak();"
        if kind == "codespan":
            return _breakable(token["raw"], lambda part: f"#raw({quoted(part)});")
        if kind in _CALLS:
            inside = self.inline(token["children"])
            return f"#{_CALLS[kind]}[{inside}];" if inside else ""
        if kind == "inline_math":
            made = self._formula(token["raw"])
            if made is None:
                return f"#{_source(token['raw'], block=False)};"
            return f"#math.equation(alt: {quoted(_alternative(token['raw']))}, ${made}$);" if made.strip() else ""
        if kind == "block_math":
            return self._display(token["raw"])
        if kind == "link":
            return self._anchor(token)
        if kind == "image":
            return self._picture(token, inline=True)
        if kind == "footnote_ref":
            return self._footnote(token)
        if "children" in token:
            return self.inline(token["children"])
        return prose(token.get("raw", ""))

    def _anchor(self, token: Token) -> str:
        url: str | None = token["attrs"]["url"]
        inside = self.inline(token["children"])
        if self._link is not None and url is not None:
            url = self._link(url)
        if not url or not inside or len(url) > 10_000:
            return inside
        return f"#link({quoted(url)})[{inside}];"

    def _picture(self, token: Token, inline: bool) -> str:
        attrs = token["attrs"]
        alternative = plain(token["children"])
        found = self._image(attrs["url"]) if self._image is not None else None
        if found is None:
            name = alternative or attrs["url"][:200]
            return f"#emph[{prose(f'[{name}]')}];" if name else ""
        made = picture(found, alternative or attrs.get("title", ""), _width(attrs, found))
        return f"#box({made});" if inline else f"#align(center, {made});"

    def _footnote(self, token: Token) -> str:
        index = token["attrs"]["index"]
        note = self._notes.get(index)
        if note is None or index in self._open_notes:
            return prose(f"[^{token['raw']}]")
        name = quoted(f"{self._prefix}fn-{index}")
        if index in self._noted:
            return f"#footnote(label({name}));" if not self._open_notes else prose(f"[^{token['raw']}]")
        if not self._open_notes:
            self._noted.add(index)
        self._open_notes.add(index)
        inside = self._inside(note["children"])
        self._open_notes.discard(index)
        if self._open_notes:  # a note in a note
            return prose(f"[^{token['raw']}]")
        return f"#[#footnote[{inside}]#label({name})];"


_CALLS = {
    "emphasis": "emph",
    "strong": "strong",
    "strikethrough": "strike",
    "underline": "underline",
    "superscript": "super",
    "subscript": "sub",
}


def _lines(arguments: list[str]) -> str:
    """Arguments each on a line of its own, where they are many (see `quoted_lines`)."""
    return (",\n" if len(arguments) > 8 else ", ").join(arguments)


def code(text: str, language: str = "") -> str:
    """A block of code, in the colours of its language where Typst knows it."""
    lang = f", lang: {quoted(language.lower())}" if language else ""
    text = text.rstrip("\n").replace("\t", "    ")
    text = _LONG_WORD.sub(lambda word: re.sub(rf"(.{{{CODE_COLUMNS}}})(?=.)", r"\1\n", word[0]), text)
    return f"#raw(block: true{lang}, {quoted_lines(text)});"


def _breakable(text: str, write: Callable[[str], str]) -> str:
    """Text with places in its longest words where a line may end, at which nothing is to be seen or copied."""
    parts: list[str] = []
    at = 0
    for word in _LONG_PROSE.finditer(text):
        ends = [*range(word.start() + 20, word.end() - 10, 20), word.end()]
        for end in ends:
            parts.append(text[at:end])
            at = end
    parts.append(text[at:])
    return "#h(0.001pt);".join(write(part) for part in parts if part)


def _source(tex: str, block: bool) -> str:
    """What stands for a formula that cannot be set: its source in a box."""
    made = f'raw({quoted(tex.strip())}, lang: "latex"{", block: true" if block else ""})'
    return f"box(stroke: 0.5pt + luma(160), inset: (x: 0.2em), outset: (y: 0.2em), radius: 2pt, {made})"


def _alternative(tex: str) -> str:
    """A formula's alternative text is its TeX: what people who cannot see it know how to read."""
    return " ".join(tex.split())[:2000] or "formula"


def _width(attrs: dict[str, str], found: Picture) -> str:
    """The width that HTML gives an image: px (96 to the inch) or per cent."""
    value = str(attrs.get("width", ""))
    if value.endswith("%"):
        return f"{min(float(value[:-1]), 100):g}%"
    if value:
        return f"{min(float(value.removesuffix('px')) * 0.75, 440):g}pt"
    height = str(attrs.get("height", "")).removesuffix("px")
    if height and not height.endswith("%") and found.height and found.width:
        return f"{min(float(height) * 0.75 * found.width / found.height, 440):g}pt"
    return ""
