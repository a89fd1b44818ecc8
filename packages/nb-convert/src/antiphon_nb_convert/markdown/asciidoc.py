"""Tokens as AsciiDoc. A sign that could mean something is written as a character reference, which never does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from .html import plain
from .html_fragments import flattened, resolved
from .tables import Cell, Grid, grid

if TYPE_CHECKING:
    from .parsing import Token
    from .sections import Sections

Resolver: TypeAlias = Callable[[str], str | None]
"""From the address of an image or a link to the one to write; None: there is none, its text stays."""

_SIGNS = re.compile(
    r"[*`#^~+{\[<>\\|@;]|&(?=[#\w])|(?<![^\W_])_|_(?![^\W_])|(?<=-)-|(?<=\.)\.|(?<=:):|\((?=\()"
    r"|:(?=//)|\((?=(?:C|R|TM)\))|(?<=')'"
)
_IN_BRACKETS = re.compile(r"[\]=\",]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
_START = re.compile(
    r"[=.\-:/!'\",;%]|(?:[0-9]+|[a-zA-Z]|[ivxIVX]+)(?=[.)])|(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)(?=:)|[\u2022]"
)
_DIRECTIVE = re.compile(r"^(\\*)(?=(?:include|ifdef|ifndef|ifeval|endif)::[^\n]*\[[^\n]*\]\s*$)", re.MULTILINE)
_CALLOUT = re.compile(r"<(?:!--)?[.\d]+(?:--)?>\s*$", re.MULTILINE)


def to_asciidoc(
    tokens: Iterable[Token],
    *,
    image: Resolver | None = None,
    link: Resolver | None = None,
    sections: Sections | None = None,
    prefix: str = "",
) -> str:
    """The AsciiDoc of these tokens.

    Headings begin with level 1 (`==`): the title of the document is somebody else's. `sections`, one for all cells,
    closes up the levels that are left out. `prefix` stands before the names of footnotes.
    """
    made = _Writer(image, link, sections, prefix).document(resolved(list(tokens)))
    return made + "\n" if made else ""


def escape(text: str) -> str:
    """Text that stands for itself within a line."""
    text = re.sub(r"[\t\x0b\x0c\r\x1c-\x1f\x85\u2028\u2029]", " ", text)
    return _SIGNS.sub(_reference, _CONTROLS.sub("", text))


def _reference(match: re.Match[str]) -> str:
    return f"&#{ord(match[0][0])};{match[0][1:]}"


class _Writer:
    def __init__(self, image: Resolver | None, link: Resolver | None, sections: Sections | None, prefix: str) -> None:
        self._image = image
        self._link = link
        self._sections = sections
        self._prefix = prefix
        self._notes: dict[int, Token] = {}
        self._noted: set[int] = set()
        self._is_in_note = False

    # -- blocks --------------------------------------------------------------------------------------------------------

    def document(self, tokens: list[Token]) -> str:
        if tokens and tokens[-1]["type"] == "footnotes":
            self._notes = {item["attrs"]["index"]: item for item in tokens[-1]["children"]}
        return self._blocks(tokens, 0, 0)

    def _blocks(self, tokens: list[Token], quotes: int, lists: int) -> str:
        parts: list[str] = []
        before = ""
        for token in tokens:
            made = self._block(token, quotes, lists)
            if made:
                if before == token["type"] == "list":
                    parts.append("//-")  # or the second list would go on with the first
                parts.append(made)
                before = token["type"]
        return "\n\n".join(parts)

    def _block(self, token: Token, quotes: int, lists: int) -> str:
        kind = token["type"]
        if kind in ("paragraph", "block_text"):
            return self._paragraph(token["children"])
        if kind == "heading":
            return self._heading(token, is_top=not quotes and not lists)
        if kind == "list":
            return self._list(token, quotes, lists + 1)
        if kind == "block_quote":
            inside = self._blocks(token["children"], quotes + 1, 0)
            sign = "_" * (4 + quotes)
            return f"{sign}\n{inside}\n{sign}" if inside else ""
        if kind == "block_code":
            words = token.get("attrs", {}).get("info", "").split(None, 1)
            return listing(token["raw"], words[0].strip("{}.,") if words else "")
        if kind == "block_math":
            return _formula(token["raw"])
        if kind == "table":
            return self._table(grid(token))
        if kind == "thematic_break":
            return "'''"
        if kind == "footnotes":
            return ""
        return self._blocks(token["children"], quotes, lists) if "children" in token else self._paragraph([token])

    def _heading(self, token: Token, is_top: bool) -> str:
        title = self._title(token["children"])
        if not title:
            return ""
        level = token["attrs"]["level"]
        depth = self._sections.depth(level) if self._sections is not None and is_top else level
        made = f"{'=' * min(depth + 1, 6)} {title}"
        return made if is_top and depth < 6 else f"[discrete]\n{made}"

    def _title(self, tokens: list[Token]) -> str:
        """Inline tokens in one line."""
        made = self._inline_all(tokens)
        return " ".join(made.replace(" +\n", " ").split())

    def _list(self, token: Token, quotes: int, depth: int) -> str:
        """Items; what stands in one after its first paragraph is joined to it by a line of `+`."""
        attrs = token["attrs"]
        lines: list[str] = []
        if attrs["ordered"] and attrs.get("start", 1) != 1:
            lines.append(f"[start={attrs['start']}]")
        mark = ("." if attrs["ordered"] else "*") * min(depth, 5)
        for item in token["children"]:
            children = list(item["children"])
            text = "{empty}"
            if children and children[0]["type"] in ("paragraph", "block_text"):
                text = self._paragraph(children.pop(0)["children"]) or text
            if item["type"] == "task_list_item":
                text = f"[{'x' if item['attrs']['checked'] else ' '}] {text}"
            text, *blocks = text.split("\n\n")
            lines.append(f"{mark} {text}")
            for block in blocks:
                lines += ["+", block]
            inner = 0
            for child in children:
                if child["type"] == "list" and not inner:
                    made = self._list(child, quotes, depth + 1)
                    lines += ["", made] if made.startswith("[") else [made]
                    inner = _depth_of(child)
                    continue
                if child["type"] == "list":
                    made = f"====\n{self._list(child, quotes, 1)}\n===="
                else:
                    made = self._block(child, quotes, depth)
                if made:
                    lines += [""] * inner + ["+", made]
        return "\n".join(lines)

    # -- tables --------------------------------------------------------------------------------------------------------

    def _table(self, found: Grid) -> str:
        if not found.rows or not found.columns:
            return ""
        has_header = found.heads >= 1 and all(cell.rowspan == 1 for cell in found.rows[0])
        lines = [f".{caption}"] if (caption := self._title(found.caption)) else []
        lines.append(f'[{"%header," if has_header else ""}cols="{found.columns}*"]')
        lines.append("|===")
        for number, row in enumerate(found.rows):
            lines += [self._cell(cell, has_header and not number) for cell in row]
            lines += [""] if number < len(found.rows) - 1 else []
        return "\n".join([*lines, "|==="])

    def _cell(self, cell: Cell, is_header: bool) -> str:
        span = ""
        if cell.colspan > 1 or cell.rowspan > 1:
            width = str(cell.colspan) if cell.colspan > 1 else ""
            span = f"{width}{f'.{cell.rowspan}' if cell.rowspan > 1 else ''}+"
        align = {"left": "<", "center": "^", "right": ">"}.get(cell.align or "", "")
        inside = self._inline_all(cell.children).strip()
        while inside == "+" or inside.endswith(" +") or inside.startswith("+\n"):
            inside = inside.removesuffix("+").removeprefix("+\n").strip()
        return f"{span}{align}{'h' if cell.head and not is_header else ''}|{inside}"

    # -- inline --------------------------------------------------------------------------------------------------------

    def _paragraph(self, tokens: list[Token]) -> str:
        """Lines of text; formulas that stand by themselves between them."""
        parts: list[str] = []
        run: list[Token] = []

        def end() -> None:
            text = _started(self._inline_all(run))
            run.clear()
            if text:
                parts.append(text)

        for token in tokens:
            if token["type"] == "block_math":
                end()
                parts.append(_formula(token["raw"]))
            else:
                run.append(token)
        if not parts and len(run) == 1 and run[0]["type"] == "image":
            made = self._picture(run[0])
            return made.replace("image:", "image::", 1) if made.startswith("image:") else made
        end()
        return "\n\n".join(part for part in parts if part)

    def _inline_all(self, tokens: list[Token], style: frozenset[str] = frozenset(), is_bracketed: bool = False) -> str:
        made = ""
        for token in tokens:
            one = self._inline(token, style, is_bracketed)
            if made.endswith("]") and one[:1] in _OPENERS:
                made += "{empty}"  # or what stands in the brackets would be taken for its role
            made += one
        return made

    def _inline(self, token: Token, style: frozenset[str], is_bracketed: bool) -> str:
        kind = token["type"]
        if kind == "text":
            made = escape(token["raw"])
            return _IN_BRACKETS.sub(_reference, made) if is_bracketed else made
        if kind == "softbreak":
            return " " if is_bracketed else "\n"
        if kind == "linebreak":
            return " " if is_bracketed else " +\n"
        if kind == "codespan":
            inside = escape(" ".join(token["raw"].split("\n")))
            inside = _IN_BRACKETS.sub(_reference, inside) if is_bracketed else inside
            return f"``{inside}``" if inside else ""
        if kind in _MARKS:
            inside = self._inline_all(token["children"], style | {kind}, is_bracketed)
            if not inside.strip() or kind in style:
                return inside
            if kind in ("superscript", "subscript"):
                inside = re.sub(r"\s", "&#32;", inside)
            begin, finish = _MARKS[kind]
            return f"{begin}{inside}{finish}"
        if kind in ("inline_math", "block_math"):
            tex = " ".join(token["raw"].split())
            return "latexmath:[{}]".format(tex.replace("]", "\\]")) if tex else ""
        if kind == "link":
            return self._anchor(token, style)
        if kind == "image":
            return self._picture(token)
        if kind == "footnote_ref":
            return self._footnote(token)
        if "children" in token:
            return self._inline_all(token["children"], style, is_bracketed)
        return escape(token.get("raw", ""))

    def _anchor(self, token: Token, style: frozenset[str]) -> str:
        url: str | None = token["attrs"]["url"]
        if self._link is not None and url is not None:
            url = self._link(url)
        if not url:
            return self._inline_all(token["children"], style)
        inside = self._inline_all(token["children"], style, is_bracketed=True).strip()
        return f"link:++{_address(url)}++[{inside}]" if inside else ""

    def _picture(self, token: Token) -> str:
        attrs = token["attrs"]
        url: str | None = attrs["url"]
        if self._image is not None and url is not None:
            url = self._image(url)
        alternative = plain(token["children"])
        if not url:
            return escape(alternative or attrs["url"][:200])
        options = [f'"{_IN_BRACKETS.sub(_reference, escape(" ".join(alternative.split())))}"'] if alternative else []
        width = str(attrs.get("width", "")).removesuffix("px")
        options += [f"width={width}"] if width else []
        return f"image:{_address(url)}[{','.join(options)}]"

    def _footnote(self, token: Token) -> str:
        index = token["attrs"]["index"]
        note = self._notes.get(index)
        if note is None or self._is_in_note:
            return escape(f"[^{token['raw']}]")
        name = f"{self._prefix}fn-{index}"
        if index in self._noted:
            return f"footnote:{name}[]"
        self._noted.add(index)
        self._is_in_note = True
        inside = self._inline_all(flattened(note["children"]), is_bracketed=True).strip()
        self._is_in_note = False
        return f"footnote:{name}[{inside or '&#8203;'}]"


_OPENERS = frozenset("*_`#^~[")
_MARKS = {
    "emphasis": ("__", "__"),
    "strong": ("**", "**"),
    "strikethrough": ("[.line-through]##", "##"),
    "underline": ("[.underline]##", "##"),
    "superscript": ("^", "^"),
    "subscript": ("~", "~"),
}


def _depth_of(token: Token) -> int:
    """How many lists are open at the end of one."""
    last = token["children"][-1]["children"] if token["children"] else []
    return 1 + (_depth_of(last[-1]) if last and last[-1]["type"] == "list" else 0)


def _started(text: str) -> str:
    """Lines that cannot be taken for the beginning of anything."""
    lines = [line.strip() for line in text.split("\n")]
    lines = [f"&#{ord(line[0])};{line[1:]}" if _START.match(line) else line for line in lines if line and line != "+"]
    while lines and lines[-1].endswith(" +"):
        lines[-1] = lines[-1][:-2].rstrip()
        if not lines[-1]:
            lines.pop()
    lines = [f"{{empty}}{line}" if line[0] == "[" and line[-1] == "]" else line for line in lines]
    return "\n".join(lines)


def listing(code: str, language: str = "") -> str:
    """A block of code, its delimiters longer than any line of dashes in it."""
    code = _DIRECTIVE.sub(r"\1\\", _CONTROLS.sub("", code).rstrip("\n"))
    if not code.strip():
        return ""
    longest = max((len(line.rstrip()) for line in code.split("\n") if line.strip("- \t") == ""), default=0)
    sign = "-" * max(4, longest + 1)
    language = "".join(char for char in language if char.isalnum() or char in "+#_.-")
    head = ["source", language] if language else ["listing"]
    head += ["subs=specialchars"] if _CALLOUT.search(code) else []
    return f"[{','.join(head)}]\n{sign}\n{code}\n{sign}"


def _formula(tex: str) -> str:
    inside = _DIRECTIVE.sub(r"\1\\", "\n".join(line for line in tex.strip().split("\n") if line.strip()))
    if not inside:
        return ""
    longest = max((len(line.strip()) for line in inside.split("\n") if line.strip().strip("+") == ""), default=0)
    sign = "+" * max(4, longest + 1)
    return f"[latexmath]\n{sign}\n{inside}\n{sign}"


def _address(url: str) -> str:
    """A URL in which nothing is markup."""
    return re.sub(r"[\s\[\]<>`{}|^\\\x00-\x1f]|\+(?=\+)|\+\Z", lambda m: f"%{ord(m[0]):02X}", url.strip())
