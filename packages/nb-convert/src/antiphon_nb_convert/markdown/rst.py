"""Tokens as reStructuredText that docutils reads without a word, and whose text is the text of the tokens.

Inline markup cannot be nested there: the innermost that says most wins (code, formula, link, strong, emphasis). Line
breaks become line blocks, pictures stand on lines of their own, tables are list-tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from .html import plain
from .html_fragments import resolved
from .sections import Sections
from .tables import grid

if TYPE_CHECKING:
    from .parsing import Token

Resolver: TypeAlias = Callable[[str], str | None]
"""From the address of an image or a link to the one to write; None: there is none, its text stays."""

_LINES = "=-~^\"'"
_BLANKS = re.compile(r"[\t\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_SIGNS = re.compile(r"[\\*`|]|_(?![^\W_])|(?:(?<=\n)|\A):")
_ENUMERATOR = re.compile(r"(?:[0-9]+|[a-zA-Z]|[ivxlcdmIVXLCDM]+|#)(?=[.)](?:\s|\Z))")
_BULLETS = "\u2022\u2023\u2043"


def to_rst(
    tokens: Iterable[Token],
    *,
    image: Resolver | None = None,
    link: Resolver | None = None,
    sections: Sections | None = None,
    prefix: str = "",
) -> str:
    """The reStructuredText of these tokens.

    `sections` is one for all cells of a document (by default one for this text). `prefix`, of letters and digits,
    stands before the names of footnotes, which must differ in a document of several cells.
    """
    writer = _Writer(image, link, Sections() if sections is None else sections, prefix)
    return writer.document(resolved(list(tokens)))


def escape(text: str) -> str:
    """Text that stands for itself within a line."""
    text = _CONTROLS.sub("", _BLANKS.sub(" ", text))
    return _SIGNS.sub(lambda match: "\\" + match.group(), text)


class _Piece(NamedTuple):
    """A bit of a line: `is_markup` where blanks, or what stands for them, must be around it."""

    rst: str
    is_markup: bool = False


class _Leaf(NamedTuple):
    token: Token
    style: str
    url: str | None


class _Writer:
    def __init__(self, image: Resolver | None, link: Resolver | None, sections: Sections, prefix: str) -> None:
        self._image = image
        self._link = link
        self._sections = sections
        self._prefix = prefix
        self._notes: set[int] = set()

    # -- blocks --------------------------------------------------------------------------------------------------------

    def document(self, tokens: list[Token]) -> str:
        if tokens and tokens[-1]["type"] == "footnotes":
            self._notes = {item["attrs"]["index"] for item in tokens[-1]["children"]}
        made = self._blocks(tokens, is_top=True)
        return made + "\n" if made else ""

    def _blocks(self, tokens: list[Token], is_top: bool = False) -> str:
        parts: list[str] = []
        before = ""
        for number, token in enumerate(tokens):
            kind = token["type"]
            if kind == "thematic_break":
                after = tokens[number + 1]["type"] if number + 1 < len(tokens) else ""
                ends = ("", "heading", "thematic_break", "footnotes")
                made = "-----" if is_top and before not in ends and after not in ends else ".. raw:: html\n\n   <hr />"
            else:
                made = self._block(token, is_top)
            if not made:
                continue
            if kind == "block_quote" or (kind == "list" and before == "list"):
                parts.append("..")  # or it would be taken for a part of what stands before
            parts.append(made)
            before = kind
        return "\n\n".join(parts)

    def _block(self, token: Token, is_top: bool = False) -> str:
        kind = token["type"]
        if kind in ("paragraph", "block_text"):
            return self._paragraph(token["children"])
        if kind == "heading":
            return self._heading(token, is_top)
        if kind == "list":
            return self._list(token)
        if kind == "block_quote":
            return _indented(self._blocks(token["children"]), 3)
        if kind == "block_code":
            words = token.get("attrs", {}).get("info", "").split(None, 1)
            return code_block(token["raw"], words[0].strip("{}.,") if words else "")
        if kind == "block_math":
            return _formula(token["raw"])
        if kind == "table":
            return self._table(token)
        if kind == "footnotes":
            return "\n\n".join(
                f".. [#{self._note(item['attrs']['index'])}]\n{_indented(self._blocks(item['children']) or '..', 3)}"
                for item in token["children"]
            )
        return self._blocks(token["children"]) if "children" in token else self._paragraph([token])

    def _heading(self, token: Token, is_top: bool) -> str:
        title = _started(" ".join(self._line(list(self._leaves(token["children"])), pictures=False).split()))
        if not title:
            return ""
        if not is_top:
            return f".. rubric:: {title}"
        width = sum(1 if char.isascii() else 2 for char in title)
        return f"{title}\n{_LINES[self._sections.depth(token['attrs']['level']) - 1] * max(width, 4)}"

    def _list(self, token: Token) -> str:
        attrs = token["attrs"]
        items = []
        for number, item in enumerate(token["children"], attrs.get("start", 1)):
            mark = f"{number}. " if attrs["ordered"] else "- "
            children = item["children"]
            if item["type"] == "task_list_item":
                box = {"type": "text", "raw": "☑ " if item["attrs"]["checked"] else "☐ "}
                if children and children[0]["type"] in ("paragraph", "block_text"):
                    children = [{**children[0], "children": [box, *children[0]["children"]]}, *children[1:]]
                else:
                    children = [{"type": "paragraph", "children": [box]}, *children]
            body = self._blocks(children)
            items.append((mark + _indented(body, len(mark)).lstrip(" ")).rstrip(" "))
        is_close = token.get("tight", True) and all("\n\n" not in item and " " in item for item in items)
        return ("\n" if is_close else "\n\n").join(items)

    def _table(self, token: Token) -> str:
        found = grid(token)
        rows = found.filled()
        if not rows or not found.columns:
            return ""
        body = rows[found.heads :]
        stubs = 0
        while body and stubs < found.columns - 1 and all((cell := row[stubs]) is None or cell.head for row in body):
            stubs += 1
        caption = " ".join(self._line(list(self._leaves(found.caption)), pictures=False).split())
        lines = [f".. list-table:: {caption}".rstrip()]
        heads = min(found.heads, len(rows) - 1)
        lines += [f"   :header-rows: {heads}"] if heads else []
        lines += [f"   :stub-columns: {stubs}"] if stubs else []
        lines.append("")
        for row in rows:
            for number, cell in enumerate(row):
                inside = self._paragraph(cell.children) if cell is not None else ""
                lines.append(("   * - " if not number else "     - ") + _indented(inside, 7).lstrip(" "))
        return "\n".join(line.rstrip() for line in lines)

    # -- inline --------------------------------------------------------------------------------------------------------

    def _paragraph(self, tokens: list[Token]) -> str:
        """Lines of text; pictures and formulas that stand by themselves between them."""
        blocks: list[str] = []
        lines: list[list[_Leaf]] = [[]]

        def end() -> None:
            texts = [_started(self._line(line)) for line in lines]
            if len(lines) > 1:
                made = [f"| {' '.join(text.split(chr(10)))}".rstrip() for text in texts]
                while made and made[-1] == "|":
                    made.pop()
                blocks.append("\n".join(made))
            elif texts[0]:
                text = texts[0]
                blocks.append(text[:-1] + "\\:" if text.endswith("::") else text)
            lines[:] = [[]]

        for leaf in self._leaves(tokens):
            kind = leaf.token["type"]
            if kind == "linebreak":
                lines.append([])
            elif kind == "block_math" or (kind == "inline_math" and "`" in leaf.token["raw"]):
                end()
                blocks.append(_formula(leaf.token["raw"]))
            elif kind == "image" and (made := self._picture(leaf)):
                end()
                blocks.append(made)
            else:
                lines[-1].append(leaf)
        end()
        return "\n\n".join(block for block in blocks if block)

    def _leaves(self, tokens: list[Token], style: str = "", url: str | None = None) -> Iterator[_Leaf]:
        """What has no inner tokens, with the one style and the link that hold there."""
        for token in tokens:
            kind = token["type"]
            if kind == "image" or "children" not in token:
                yield _Leaf(token, style, url)
            elif kind == "link":
                target = token["attrs"]["url"]
                if self._link is not None:
                    target = self._link(target)
                yield from self._leaves(token["children"], style, target or None)
            else:
                stronger = style if _RANK.get(kind, 9) > _RANK.get(style, 9) else kind
                yield from self._leaves(token["children"], stronger, url)

    def _line(self, leaves: list[_Leaf], pictures: bool = True) -> str:
        """A line, or several with soft breaks."""
        pieces: list[_Piece] = []
        number = 0
        while number < len(leaves):
            leaf = leaves[number]
            kind = leaf.token["type"]
            if leaf.url is not None or (leaf.style and kind in ("text", "softbreak")):
                run = [leaf]
                while number + 1 < len(leaves) and _continues(leaf, leaves[number + 1]):
                    number += 1
                    run.append(leaves[number])
                pieces += self._run(run)
            else:
                pieces += self._single(leaf)
            number += 1
        return _joined(pieces)

    def _run(self, run: list[_Leaf]) -> list[_Piece]:
        """Neighbours of one style or one link."""
        text = "".join(_text(leaf.token) for leaf in run)
        core = " ".join(text.split())
        before, after = (" " if text[:1].isspace() else ""), (" " if text[-1:].isspace() else "")
        if not core:
            return [_Piece(" ")] if text else []
        url = run[0].url
        if url is not None:
            inside = escape(core).replace("<", "\\<").replace(">", "\\>")
            target = re.sub(r"[\s<>]", lambda m: f"%{ord(m[0]):02X}", url).replace("\\", "%5C").replace("`", "%60")
            target = target[:-1] + "\\_" if target.endswith("_") else target
            made = f"`{inside} <{target}>`__"
        else:
            made = _STYLES.get(run[0].style, "{}").format(escape(core))
        return [_Piece(before), _Piece(made, run[0].style in _STYLES or url is not None), _Piece(after)]

    def _single(self, leaf: _Leaf) -> list[_Piece]:
        token = leaf.token
        kind = token["type"]
        if kind == "text":
            return [_Piece(escape(token["raw"]))]
        if kind == "softbreak":
            return [_Piece("\n")]
        if kind == "linebreak":
            return [_Piece(" ")]
        if kind == "codespan":
            return _literal(token["raw"])
        if kind in ("inline_math", "block_math"):
            tex = " ".join(token["raw"].split())
            if not tex:
                return []
            return _literal(tex) if "`" in tex or tex.endswith("\\") else [_Piece(f":math:`{tex}`", True)]
        if kind == "image":
            return [_Piece(escape(plain(token["children"]) or token["attrs"]["url"][:200]))]
        if kind == "footnote_ref":
            if token["attrs"]["index"] in self._notes:
                return [_Piece(f"[#{self._note(token['attrs']['index'])}]_", True)]
            return [_Piece(escape(f"[^{token['raw']}]"))]
        return [_Piece(escape(token.get("raw", "")))]

    def _picture(self, leaf: _Leaf) -> str:
        attrs = leaf.token["attrs"]
        url: str | None = attrs["url"]
        if self._image is not None and url is not None:
            url = self._image(url)
        if not url or not url.strip():
            return ""
        lines = [f".. image:: {_address(url)}"]
        alternative = " ".join(_CONTROLS.sub("", _BLANKS.sub(" ", plain(leaf.token["children"]))).split())
        lines += [f"   :alt: {alternative}"] if alternative else []
        width = str(attrs.get("width", ""))
        lines += [f"   :width: {width if width.endswith(('px', '%')) else width + 'px'}"] if width else []
        lines += [f"   :target: {_address(leaf.url)}"] if leaf.url else []
        return "\n".join(lines)

    def _note(self, index: int) -> str:
        return f"{self._prefix}fn-{index}"


_RANK = {"superscript": 1, "subscript": 1, "strong": 2, "emphasis": 3, "underline": 4, "strikethrough": 4}
_STYLES = {"strong": "**{}**", "emphasis": "*{}*", "superscript": ":sup:`{}`", "subscript": ":sub:`{}`"}


def _continues(leaf: _Leaf, other: _Leaf) -> bool:
    """Whether the other one belongs into the same markup."""
    if leaf.url is not None:
        return other.url == leaf.url and other.token["type"] not in ("linebreak", "footnote_ref")
    return other.url is None and other.style == leaf.style and other.token["type"] in ("text", "softbreak")


def _text(token: Token) -> str:
    kind = token["type"]
    if kind in ("softbreak", "linebreak"):
        return " "
    if kind == "image":
        return plain(token["children"]) or str(token["attrs"]["url"][:200])
    return str(token.get("raw", ""))


def _literal(raw: str) -> list[_Piece]:
    """Inline code: as it is where that can be, in a role where it cannot."""
    text = " ".join(_CONTROLS.sub("", _BLANKS.sub(" ", raw)).split("\n")).strip(" ")
    stripped = text.strip()
    if not stripped:
        return [_Piece(" ")]
    if "``" in text or text[0] == "`" or text[-1] in "`\\" or text != stripped:
        return [_Piece(f":literal:`{escape(stripped)}`", True)]
    return [_Piece(f"``{text}``", True)]


def _joined(pieces: list[_Piece]) -> str:
    """Pieces side by side, with an escaped blank, which is nothing, where markup needs one."""
    out = ""
    after_markup = False
    for piece in pieces:
        if not piece.rst:
            continue
        if out and (piece.is_markup or after_markup) and not out[-1].isspace() and not piece.rst[0].isspace():
            out += "\\ "
        out += piece.rst
        after_markup = piece.is_markup
    return out


def _started(text: str) -> str:
    """Lines that cannot be taken for the beginning of anything."""
    lines = []
    for line in text.split("\n"):
        line = line.strip()
        if not line:
            continue
        enumerator = _ENUMERATOR.match(line)
        first = line[0]
        if enumerator:
            line = f"{line[: enumerator.end()]}\\{line[enumerator.end() :]}"
        elif first in _BULLETS or (first in "!\"#$%&'()+,-./;<=>?@]^_{}~" or (first in "[:" and set(line) == {first})):
            line = "\\" + line
        elif set(line) == {"\\"}:  # a line of one sign could underline, or divide
            line = "\\ " + line
        lines.append(line)
    return "\n".join(lines)


def _indented(text: str, by: int) -> str:
    blank = " " * by
    return "\n".join(blank + line if line else "" for line in text.split("\n"))


def code_block(code: str, language: str = "") -> str:
    """A block of code; in a language that Pygments knows, with its name."""
    text = _CONTROLS.sub("", re.sub(r"[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]", " ", code)).expandtabs(4)
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        return ""
    head = f".. code:: {language}" if language and _is_known(language) else "::"
    return f"{head}\n\n{_indented(chr(10).join(lines), 3)}"


def _is_known(language: str) -> bool:
    if not re.fullmatch(r"[a-zA-Z0-9+#_.-]{1,40}", language):
        return False
    from pygments.lexers import find_lexer_class_by_name
    from pygments.util import ClassNotFound

    try:
        find_lexer_class_by_name(language)
    except ClassNotFound:
        return False
    return True


def _formula(tex: str) -> str:
    lines = [line.strip() for line in _CONTROLS.sub("", _BLANKS.sub(" ", tex)).split("\n")]
    inside = "\n".join(line for line in lines if line)
    return f".. math::\n\n{_indented(inside, 3)}" if inside else ""


def _address(url: str) -> str:
    return re.sub(r"\s", lambda m: f"%{ord(m[0]):02X}", url.strip()).replace("\\", "%5C")
