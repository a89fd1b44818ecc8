"""HTML of outputs, and in Markdown, as tokens: what people wrote with it, without what only browsers do.

Understood are text, emphasis, links, images, lists, quotations, code and tables; of other elements the content is
kept. Scripts, styles and what is not shown are left out. Any text is HTML: nothing here raises. The types of tokens
are those of `parsing`, and inline `superscript`, `subscript`, `underline` (children); a `table` may have
attrs.columns and attrs.caption (inline tokens), its `table_head` several `table_row`, a `table_cell` attrs.colspan and
attrs.rowspan, both within the table.
"""

# ruff: noqa: SIM905 - names of elements, as one writes them
from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from typing import Any

from .parsing import Token

MAX_DEPTH = 40
"""Elements in elements; what lies deeper is kept as if its outer elements were not there."""

MAX_CELLS = 200_000
"""Cells of one table, the covered ones counted; rows beyond are left out, and a line says so."""

_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_SILENT = frozenset("script style head title template object iframe canvas audio video noscript select textarea "
                    "button input datalist map annotation-xml".split())  # fmt: skip
_INLINE = {
    "b": "strong", "strong": "strong", "i": "emphasis", "em": "emphasis", "cite": "emphasis", "var": "emphasis",
    "dfn": "emphasis", "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "u": "underline",
    "ins": "underline", "sup": "superscript", "sub": "subscript",
}  # fmt: skip
_CODE = frozenset({"code", "kbd", "samp", "tt"})
_BLOCKS = frozenset("address article aside blockquote body center dd details dialog div dl dt fieldset figcaption "
                    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre "
                    "section summary table ul caption".split())  # fmt: skip
_HEADING = re.compile(r"h([1-6])\Z")
_CLOSES: dict[str, frozenset[str]] = {
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "tr": frozenset({"tr", "td", "th", "caption", "colgroup"}),
    "td": frozenset({"td", "th"}),
    "th": frozenset({"td", "th"}),
    "tbody": frozenset({"thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup"}),
    "thead": frozenset({"tbody", "tfoot", "tr", "td", "th", "caption", "colgroup"}),
    "tfoot": frozenset({"thead", "tbody", "tr", "td", "th", "caption", "colgroup"}),
}
"""What an element that begins closes, up to the next list or table around it."""
_FENCES = frozenset({"table", "ul", "ol", "dl", "menu"})
_STYLE_ALIGN = re.compile(r"text-align\s*:\s*(left|right|center)")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
_ACTIVE = re.compile(r"<(?:script|iframe|canvas|input|button|object|embed|video|audio)\b", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")


class _Element:
    __slots__ = ("attrs", "children", "name")

    def __init__(self, name: str, attrs: dict[str, str]) -> None:
        self.name = name
        self.attrs = attrs
        self.children: list[_Element | str] = []


def blocks(html: str) -> list[Token]:
    """The blocks of a piece of HTML."""
    return _flow(_tree(html).children, 0)


def inlines(html: str) -> list[Token]:
    """The same where only inline tokens may stand: blocks one after the other, with line breaks between."""
    return flattened(blocks(html))


def shown(html: str) -> list[Token]:
    """The blocks of a piece of HTML that can stand for all of it; none where a script or a form makes the rest."""
    return [] if _ACTIVE.search(html) else blocks(html)


def resolved(tokens: list[Token]) -> list[Token]:
    """The tokens with HTML replaced by what it means, for writers of formats that have no HTML."""
    found: list[Token] = []
    for token in tokens:
        if token["type"] == "block_html":
            found += blocks(token["raw"])
        elif "children" in token:
            found.append({**token, "children": resolved(token["children"])})
        else:
            found.append(token)
    return _paired(found) if any(token["type"] == "inline_html" for token in found) else found


# -- inline HTML between Markdown --------------------------------------------------------------------------------------


def _paired(tokens: list[Token]) -> list[Token]:
    """Inline tokens with tags turned into tokens around what stands between them; those without a pair fall away."""
    root = _Element("", {})
    stack: list[tuple[_Element, list[Token]]] = [(root, [])]
    for token in tokens:
        if token["type"] != "inline_html":
            stack[-1][1].append(token)
            continue
        for child in _tree(token["raw"]).children:
            if isinstance(child, str):
                continue
            if child.name in _VOID or child.name == "svg":
                stack[-1][1].extend(_inline([child], 0))
            elif len(stack) < MAX_DEPTH:
                stack.append((child, []))
        closing = re.match(r"</\s*([a-zA-Z][a-zA-Z0-9]*)", token["raw"])
        if closing and any(element.name == closing[1].lower() for element, _ in stack):
            while True:
                element, inside = stack.pop()
                stack[-1][1].extend(_wrapped(element, inside))
                if element.name == closing[1].lower():
                    break
    while len(stack) > 1:
        element, inside = stack.pop()
        stack[-1][1].extend(_wrapped(element, inside))
    return stack[0][1]


def _wrapped(element: _Element, inside: list[Token]) -> list[Token]:
    if element.name in _SILENT or _is_hidden(element):
        return []
    if element.name in _INLINE:
        return [{"type": _INLINE[element.name], "children": inside}] if inside else []
    if element.name in _CODE and all(token["type"] in ("text", "codespan") for token in inside):
        return [{"type": "codespan", "raw": "".join(token["raw"] for token in inside)}] if inside else []
    if element.name == "q":
        return [_text("“"), *inside, _text("”")]
    if element.name == "a" and element.attrs.get("href") and inside:
        return [{"type": "link", "children": inside, "attrs": {"url": element.attrs["href"].strip()}}]
    return inside


# -- a tree of elements ------------------------------------------------------------------------------------------------


def _tree(html: str) -> _Element:
    builder = _Builder(html)
    builder.feed(html)
    builder.close()
    return builder.root


class _Builder(HTMLParser):
    """Elements in elements, with the end tags that people and standards leave out."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Element("", {})
        self._open = [self.root]
        self._silent: str | None = None
        self._silent_depth = 0
        self._lines: list[int] | None = None
        self._html = html
        self._svg_begin = 0

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """`<![…` is a comment to the next `>`, as in browsers; the standard library would raise."""
        return self.rawdata.find(">", i) + 1 or -1

    def _offset(self) -> int:
        if self._lines is None:
            self._lines = [0]
            for match in re.finditer("\n", self._html):
                self._lines.append(match.end())
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silent is not None:
            self._silent_depth += tag == self._silent
            return
        if tag == "svg":
            self._silent, self._silent_depth, self._svg_begin = tag, 1, self._offset()
            return
        if tag in _SILENT:
            if tag not in _VOID:
                self._silent, self._silent_depth = tag, 1
            return
        self._close_before(tag)
        element = _Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in _VOID and len(self._open) <= MAX_DEPTH:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self.handle_starttag(tag, attrs)
        elif self._silent is None:
            self.handle_starttag(tag, attrs)
            if tag not in _SILENT:
                return  # as browsers do: the slash means nothing on other elements
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._silent is not None:
            if tag == self._silent:
                self._silent_depth -= 1
                if not self._silent_depth:
                    self._silent = None
                    if tag == "svg":
                        self._picture()
            return
        for position in range(len(self._open) - 1, 0, -1):
            name = self._open[position].name
            if name == tag:
                del self._open[position:]
                return
            if name == "table" and tag != "table":
                return

    def handle_data(self, data: str) -> None:
        if self._silent is None:
            self._open[-1].children.append(data)

    def _close_before(self, tag: str) -> None:
        if tag in _BLOCKS and self._open[-1].name == "p":
            self._open.pop()
        closes = _CLOSES.get(tag)
        if closes is None:
            return
        for position in range(len(self._open) - 1, 0, -1):
            name = self._open[position].name
            if name in _FENCES:
                return
            if name in closes:
                del self._open[position:]
                if tag in ("li", "dt", "dd", "td", "th"):
                    return
                return self._close_before(tag)

    def _picture(self) -> None:
        """A drawing in the HTML is an image of its own."""
        end = self._html.find(">", self._offset()) + 1
        source = self._html[self._svg_begin : end]
        if "xmlns=" not in source.partition(">")[0]:
            source = source.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
        title = re.search(r"<title[^>]*>([^<]*)</title>", source)
        data = base64.b64encode(source.encode("utf-8", "replace")).decode("ascii")
        attrs = {"src": f"data:image/svg+xml;base64,{data}", "alt": title[1] if title else ""}
        self._open[-1].children.append(_Element("img", attrs))


# -- from elements to tokens -------------------------------------------------------------------------------------------


def _text(raw: str) -> Token:
    return {"type": "text", "raw": raw}


def _is_hidden(element: _Element) -> bool:
    return "hidden" in element.attrs or bool(_HIDDEN.search(element.attrs.get("style", "")))


def _flow(children: list[_Element | str], depth: int) -> list[Token]:
    """Children of an element that may hold blocks: runs of inline content become paragraphs."""
    found: list[Token] = []
    run: list[_Element | str] = []

    def end_run() -> None:
        inside = _trimmed(_inline(run, depth))
        run.clear()
        if inside:
            found.append({"type": "paragraph", "children": inside})

    for child in children:
        if isinstance(child, str) or not _holds_blocks(child):
            run.append(child)
        else:
            end_run()
            found += _block(child, depth + 1)
    end_run()
    return found


def _holds_blocks(element: _Element) -> bool:
    return element.name in _BLOCKS or (
        element.name not in _VOID
        and any(isinstance(child, _Element) and _holds_blocks(child) for child in element.children)
    )


def _block(element: _Element, depth: int) -> list[Token]:
    name = element.name
    if _is_hidden(element):
        return []
    heading = _HEADING.match(name)
    if heading or name == "summary":
        inside = _trimmed(flattened(_flow(element.children, depth)))
        if not inside:
            return []
        if name == "summary":
            return [{"type": "paragraph", "children": [{"type": "strong", "children": inside}]}]
        return [{"type": "heading", "children": inside, "attrs": {"level": int(heading[1]) if heading else 1}}]
    if name == "hr":
        return [{"type": "thematic_break"}]
    if name == "pre":
        raw = _plain(element).removeprefix("\n").rstrip("\n")
        return [{"type": "block_code", "raw": raw + "\n", "style": "fenced", "marker": "```"}] if raw else []
    if name == "blockquote":
        inside = _flow(element.children, depth)
        return [{"type": "block_quote", "children": inside}] if inside else []
    if name in ("ul", "ol", "menu"):
        return _list(element, depth)
    if name == "dt":
        inside = _trimmed(flattened(_flow(element.children, depth)))
        return [{"type": "paragraph", "children": [{"type": "strong", "children": inside}]}] if inside else []
    if name == "dd":
        inside = _flow(element.children, depth)
        return [{"type": "block_quote", "children": inside}] if inside else []
    if name == "table":
        return _table(element, depth)
    return _flow(element.children, depth)


def _list(element: _Element, depth: int) -> list[Token]:
    items: list[Token] = []
    for child in element.children:
        if isinstance(child, _Element) and not _is_hidden(child):
            inside = _flow(child.children if child.name == "li" else [child], depth + 1)
            if inside:
                items.append({"type": "list_item", "children": inside})
    if not items:
        return []
    tight = not any(sum(block["type"] == "paragraph" for block in item["children"]) > 1 for item in items)
    if tight:
        for item in items:
            item["children"] = [
                {**block, "type": "block_text"} if block["type"] == "paragraph" else block for block in item["children"]
            ]
    attrs: dict[str, Any] = {"ordered": element.name == "ol", "depth": 0}
    start = element.attrs.get("start", "")
    if attrs["ordered"] and start.isascii() and start.isdigit() and start != "1" and len(start) < 10:
        attrs["start"] = int(start)
    bullet = "." if attrs["ordered"] else "-"
    return [{"type": "list", "children": items, "tight": tight, "bullet": bullet, "attrs": attrs}]


def _inline(children: list[_Element | str], depth: int) -> list[Token]:
    found: list[Token] = []
    for child in children:
        if isinstance(child, str):
            if child:
                found.append(_text(_SPACE.sub(" ", child)))
        elif child.name == "br":
            found.append({"type": "linebreak"})
        elif child.name == "img":
            found += _image(child)
        elif child.name == "math":
            tex = _annotation(child)
            found += [{"type": "inline_math", "raw": tex}] if tex else _inline(child.children, depth + 1)
        elif child.name in _CODE:
            raw = _SPACE.sub(" ", _plain(child)).strip()
            found += [{"type": "codespan", "raw": raw}] if raw else []
        elif child.name == "annotation" or child.name in _VOID:
            continue
        else:
            found += _wrapped(child, _inline(child.children, depth + 1))
    return found


def _image(element: _Element) -> list[Token]:
    url = element.attrs.get("src", "").strip()
    if not url or _is_hidden(element):
        return []
    attrs: dict[str, Any] = {"url": url}
    if element.attrs.get("title"):
        attrs["title"] = element.attrs["title"]
    for side in ("width", "height"):
        size = re.match(r"\s*(\d{1,5}(?:\.\d{1,3})?)\s*(px|%)?\s*\Z", element.attrs.get(side, ""))
        if size:
            attrs[side] = size[1] + (size[2] or "")
    alternative = element.attrs.get("alt", "")
    return [{"type": "image", "children": [_text(alternative)] if alternative else [], "attrs": attrs}]


def _annotation(element: _Element) -> str:
    for child in element.children:
        if isinstance(child, _Element):
            if child.name == "annotation" and "tex" in child.attrs.get("encoding", ""):
                return _plain(child).strip()
            found = _annotation(child)
            if found:
                return found
    return ""


def _plain(element: _Element) -> str:
    return "".join(
        child if isinstance(child, str) else "\n" if child.name == "br" else _plain(child) for child in element.children
    )


def _trimmed(tokens: list[Token]) -> list[Token]:
    """Without white space and line breaks at either end, and without doubled blanks between neighbours."""
    found: list[Token] = []
    for token in tokens:
        if token["type"] == "text":
            raw = token["raw"]
            after_space = not found or found[-1]["type"] == "linebreak" or _ends_in_space(found[-1])
            if after_space and raw.startswith(" "):
                raw = raw.lstrip(" ")
            if not raw:
                continue
            if found and found[-1]["type"] == "text":
                found[-1] = _text(found[-1]["raw"] + raw)
            else:
                found.append(_text(raw))
        elif token["type"] != "linebreak" or found:
            found.append(token)
    while found and (
        found[-1]["type"] == "linebreak" or (found[-1]["type"] == "text" and not found[-1]["raw"].strip(" "))
    ):
        found.pop()
    if found and found[-1]["type"] == "text":
        found[-1] = _text(found[-1]["raw"].rstrip(" "))
    return found


def _ends_in_space(token: Token) -> bool:
    if token["type"] == "text":
        return bool(token["raw"].endswith(" "))
    return bool(token.get("children")) and _ends_in_space(token["children"][-1])


def flattened(tokens: list[Token]) -> list[Token]:
    """Blocks as inline tokens with line breaks between."""
    found: list[Token] = []
    for token in tokens:
        if found:
            found.append({"type": "linebreak"})
        kind = token["type"]
        if kind in ("paragraph", "block_text", "heading"):
            found += token["children"]
        elif kind == "block_code":
            for number, line in enumerate(token["raw"].rstrip("\n").split("\n")):
                found += [{"type": "linebreak"}] if number else []
                found.append({"type": "codespan", "raw": line})
        elif kind == "list":
            attrs = token["attrs"]
            for number, item in enumerate(token["children"], attrs.get("start", 1)):
                mark = f"{number}. " if attrs["ordered"] else "• "
                found += [{"type": "linebreak"}] if found and found[-1]["type"] != "linebreak" else []
                found += [_text(mark), *flattened(item["children"])]
        elif kind == "table":
            for row in _rows_of(token):
                found += [{"type": "linebreak"}] if found and found[-1]["type"] != "linebreak" else []
                for number, cell in enumerate(row):
                    found += [_text(" | ")] if number else []
                    found += cell["children"]
        elif kind == "block_quote":
            found += flattened(token["children"])
        elif kind == "thematic_break":
            found.append(_text("—"))
    return found


def _rows_of(table: Token) -> list[list[Token]]:
    return [row["children"] for part in table["children"] for row in part["children"]]


def _table(element: _Element, depth: int) -> list[Token]:
    """A table with its spans inside of it. `thead` is the head; without one, the first rows that have only `th`."""
    sections: list[tuple[str, _Element]] = []
    caption: list[Token] = []

    strays: list[_Element | str] = []  # what stands between the cells; it comes before the table, as in browsers

    def collect(parent: _Element, section: str) -> None:
        for child in parent.children:
            if isinstance(child, str):
                strays.append(child)
                continue
            if _is_hidden(child) or child.name in ("col", "colgroup"):
                continue
            if child.name in ("thead", "tbody", "tfoot"):
                collect(child, child.name)
            elif child.name == "tr":
                sections.append((section, child))
            elif child.name == "caption":
                caption.extend(_trimmed(flattened(_flow(child.children, depth + 1))))
            else:
                strays.append(child)

    collect(element, "")
    default = "right" if "dataframe" in element.attrs.get("class", "").split() else None
    default = _align(element) or default
    sections.sort(key=lambda pair: {"thead": 0, "tfoot": 2}.get(pair[0], 1))
    rows: list[list[Token]] = []
    heads = 0
    for section, row in sections:
        row_align = _align(row) or default
        cells = []
        for child in row.children:
            if isinstance(child, _Element) and child.name in ("td", "th"):
                if not _is_hidden(child):
                    cells.append(child)
            else:
                strays.append(child)
        if not cells:
            continue
        is_head = section == "thead" or (
            section == "" and heads == len(rows) and all(cell.name == "th" for cell in cells)
        )
        heads += is_head and heads == len(rows)
        rows.append([_table_cell(cell, row_align, depth) for cell in cells])
    if heads == len(rows) and heads > 1 and not any(section == "thead" for section, _ in sections):
        heads = 1
    fitted, columns, left_out = _fitted(rows, heads)
    before = _flow(strays, depth + 1)
    if not fitted:
        return before
    table: Token = {
        "type": "table",
        "children": [
            {"type": "table_head", "children": [{"type": "table_row", "children": row} for row in fitted[:heads]]},
            {"type": "table_body", "children": [{"type": "table_row", "children": row} for row in fitted[heads:]]},
        ],
        "attrs": {"columns": columns, "caption": caption},
    }
    if not left_out:
        return [*before, table]
    note = f"({left_out:,} more rows are left out)"
    return [*before, table, {"type": "paragraph", "children": [{"type": "emphasis", "children": [_text(note)]}]}]


def _table_cell(element: _Element, align: str | None, depth: int) -> Token:
    attrs = {
        "align": _align(element) or align,
        "head": element.name == "th",
        "colspan": _span(element, "colspan"),
        "rowspan": _span(element, "rowspan"),
    }
    return {"type": "table_cell", "children": _trimmed(flattened(_flow(element.children, depth + 1))), "attrs": attrs}


def _align(element: _Element) -> str | None:
    found = _STYLE_ALIGN.search(element.attrs.get("style", ""))
    value = found[1] if found else element.attrs.get("align", "").lower()
    return value if value in ("left", "right", "center") else None


def _span(element: _Element, name: str) -> int:
    value = element.attrs.get(name, "").strip()
    if not (value.isascii() and value.isdigit()):
        return 1
    return min(int(value[:6]) or (65_534 if name == "rowspan" else 1), 1000 if name == "colspan" else 65_534)


def _fitted(rows: list[list[Token]], heads: int) -> tuple[list[list[Token]], int, int]:
    """The rows with spans cut to the table and to its head or body, empty places filled; the width; rows left out."""
    free_at: dict[int, int] = {}  # column: the first row in which nothing from above covers it
    found: list[list[Token]] = []
    columns = 0
    total = 0
    for number, row in enumerate(rows):
        limit = heads if number < heads else len(rows)
        column = 0
        placed: list[Token] = []
        for cell in row:
            while free_at.get(column, 0) > number:
                column += 1
            attrs = cell["attrs"]
            width = 1
            while width < attrs["colspan"] and free_at.get(column + width, 0) <= number:
                width += 1
            height = min(attrs["rowspan"], limit - number)
            total += width * height
            placed.append({**cell, "attrs": {**attrs, "colspan": width, "rowspan": height}})
            if height > 1:
                for covered in range(column, column + width):
                    free_at[covered] = number + height
            column += width
            columns = max(columns, column)
            if total > MAX_CELLS:
                break
        found.append(placed)
        if total > MAX_CELLS or columns * len(found) > MAX_CELLS:
            break
    left_out = len(rows) - len(found)
    if left_out:
        for number, row in enumerate(found):
            for cell in row:
                cell["attrs"]["rowspan"] = min(cell["attrs"]["rowspan"], len(found) - number)
    return _padded(found, columns), columns, left_out


def _padded(rows: list[list[Token]], columns: int) -> list[list[Token]]:
    """Every row as wide as the table, with empty cells at its end."""
    free_at = [0] * columns
    for number, row in enumerate(rows):
        covered = sum(1 for column in range(columns) if free_at[column] > number)
        missing = columns - covered - sum(cell["attrs"]["colspan"] for cell in row)
        row += [
            {"type": "table_cell", "children": [], "attrs": {"align": None, "head": False, "colspan": 1, "rowspan": 1}}
            for _ in range(missing)
        ]
        column = 0
        for cell in row:
            while column < columns and free_at[column] > number:
                column += 1
            for at in range(column, min(column + cell["attrs"]["colspan"], columns)):
                free_at[at] = max(free_at[at], number + cell["attrs"]["rowspan"])
            column += cell["attrs"]["colspan"]
    return rows
