r"""Markdown as a tree of tokens: mistune's AST, tidied, with what Jupyter's Markdown has beyond CommonMark.

A token is a dict: `type`, then `raw` (text), `children` (tokens) or neither, and `attrs` (a dict; missing where there
is nothing to say). All strings are plain text: entities are decoded, backslash escapes are gone; a renderer only
escapes for its own format. Neighbouring `text` tokens are one. Blank lines are not in the tree.

Blocks:
  heading          children; attrs.level 1-6; style "atx" or "setext"
  paragraph        children
  block_text       children: a paragraph of a tight list
  block_quote      children (blocks)
  list             children (list_item, task_list_item); attrs.ordered, attrs.depth, attrs.start (where not 1);
                   tight (bool); bullet "-", "*", "+", "." or ")"
  list_item        children (blocks)
  task_list_item   children (blocks); attrs.checked
  block_code       raw; attrs.info ("python title=x") where given; style "fenced" or "indent"; marker (fenced)
  block_math       raw: TeX without its delimiters, without blank lines. attrs.environment where the whole is an
                   environment that is display math by itself (align, equation*, gather ...), then raw has its
                   \begin and \end: it needs no \[ \] around it. Also stands among inline tokens.
  block_html       raw HTML
  thematic_break
  table            children: one table_head (children: table_cell), one table_body (children: table_row, these with
                   table_cell). table_cell: children (inline); attrs.align "left", "right", "center" or None;
                   attrs.head. Every row has as many cells as the head.
  footnotes        children (footnote_item), at the end of the tree, once
  footnote_item    children (blocks); attrs.key, attrs.index (from 1)
Inline:
  text, codespan   raw
  emphasis, strong, strikethrough   children
  link             children; attrs.url, attrs.title where given; autolink true for a bare address; ref, label where
                   written as a reference
  image            children (its alternative text as inline tokens); attrs.url, attrs.title; "attachment:…" is the
                   url of an attachment of the cell, its name percent-encoded
  inline_math      raw: TeX; a reference to an equation too (\eqref{…} or \ref{…}, which need no dollars)
  inline_html      raw: one tag, comment or the like
  softbreak, linebreak
  footnote_ref     raw (its key); attrs.index

URLs are percent-encoded, but not judged: whoever writes links decides which schemes are good.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator, MutableMapping
from functools import cached_property
from typing import Any, Final, TypeAlias

from mistune import BlockParser, BlockState, InlineParser, InlineState, Markdown, escape_url
from mistune.plugins.footnotes import footnotes
from mistune.plugins.formatting import strikethrough
from mistune.plugins.task_lists import task_lists
from mistune.util import unescape

Token: TypeAlias = dict[str, Any]

MAX_LENGTH: Final = 1_000_000
"""A text of more characters, embedded data apart, is not parsed: it becomes one block of code, whole."""

MAX_DEPTH: Final = 20
"""Blocks in blocks, and inline in inline. What lies deeper stays, as text."""

MAX_OPEN: Final = 100
"""Marks of emphasis that may be open in a paragraph; where there are more, none of its marks means anything."""

MAX_FILLED: Final = 100_000
"""Cells that are added to short rows of tables: with those of a wide table it could be the square of the text."""

ENVIRONMENTS: Final = frozenset(
    name + star
    for name in ("align", "alignat", "displaymath", "eqnarray", "equation", "flalign", "gather", "math", "multline")
    for star in ("", "*")
)
"""LaTeX's environments that are display math by themselves."""


def parse(text: str, commonmark: bool = False) -> list[Token]:
    """The tokens of a Markdown text; with `commonmark`, of that specification alone. Never raises.

    Time grows with the length of the text, whatever is in it; see `MAX_LENGTH`, `MAX_DEPTH`.
    """
    text = _UNFIT.sub("\ufffd", text)
    data: list[str] = []
    short, stand_in = _without_data(text, data)
    if len(short) > MAX_LENGTH:
        return [{"type": "block_code", "raw": text, "style": "fenced", "marker": "```"}]
    tokens, _state = _parser(commonmark).parse(short)
    assert isinstance(tokens, list)
    tidied = _tidy(tokens)
    if data:
        _restore(tidied, re.compile(re.escape(stand_in) + r"(\d+);"), data)
    return tidied


def headings(tokens: Iterable[Token]) -> Iterator[Token]:
    """The heading tokens of a tree, in the order in which they are written."""
    for token in tokens:
        if token["type"] == "heading":
            yield token
        elif "children" in token:
            yield from headings(token["children"])


_UNFIT = re.compile("[\0\ud800-\udfff]")
_DATA = re.compile(r"data:[A-Za-z0-9/+.-]{1,100};base64,[A-Za-z0-9+/=]{200,}")
_parsers = threading.local()


def _parser(commonmark: bool) -> Markdown:
    name = "commonmark" if commonmark else "jupyter"
    made: Markdown | None = getattr(_parsers, name, None)
    if made is None:
        plugins = () if commonmark else (strikethrough, task_lists, footnotes, jupyter)
        block, inline = BlockParser(max_nested_level=MAX_DEPTH), _InlineParser(max_nested_level=MAX_DEPTH)
        made = Markdown(None, block, inline, plugins)
        setattr(_parsers, name, made)
    return made


def _without_data(text: str, data: list[str]) -> tuple[str, str]:
    """The text with a short name for each embedded picture, and how such names begin.

    Notebooks hold megabytes of base64 in the middle of prose; the parser need not read them letter by letter.
    """
    if ";base64," not in text:
        return text, ""
    stand_in = "data:,"
    while stand_in in text:
        stand_in += "embedded-"

    def named(m: re.Match[str]) -> str:
        data.append(m[0])
        return f"{stand_in}{len(data) - 1};"

    return _DATA.sub(named, text), stand_in


def _restore(tokens: list[Token], name: re.Pattern[str], data: list[str]) -> None:
    for token in tokens:
        for holder, key in ((token, "raw"), (token.get("attrs", {}), "url"), (token.get("attrs", {}), "title")):
            if key in holder:
                holder[key] = name.sub(lambda m: data[int(m[1])], holder[key])
        _restore(token.get("children", []), name, data)


class _InlineParser(InlineParser):
    """mistune's, which takes the square of the time for emphasis opened a thousand times before any is closed."""

    _plain = False

    def __call__(self, s: str, env: MutableMapping[str, Any]) -> list[Token]:
        self._plain = s.count("*") + s.count("_") > 2 * MAX_OPEN and _open(s) > MAX_OPEN
        return super().__call__(s, env)

    def finalize_tokens(self, tokens: list[Token], depth: int) -> list[Token]:
        return super().finalize_tokens(tokens, self.max_nested_level if self._plain else depth)


_MARK = re.compile(r"(.?)[*_]+(?=(.?))", re.S)


def _open(text: str) -> int:
    """How many marks of emphasis are open at once; no more than needed is counted."""
    depth = 0
    for mark in _MARK.finditer(text):
        before, after = mark[1], mark[2]
        opens = after and not after.isspace() and (after.isalnum() or not before.isalnum())
        closes = before and not before.isspace() and (before.isalnum() or not after.isalnum())
        if opens and not closes:
            depth += 1
            if depth > MAX_OPEN:
                break
        elif closes and not opens:
            depth = max(0, depth - 1)
    return depth


# -- tidying -----------------------------------------------------------------------------------------------------------


def _tidy(tokens: list[Token], in_link: bool = False) -> list[Token]:
    """Without mistune's private keys and blank lines; entities decoded, texts joined, no link in a link."""
    tidied: list[Token] = []
    last: Token | None = None  # the text token that the next one joins
    for token in tokens:
        kind = token["type"]
        if kind == "text":
            raw = token["raw"]
            if "&" in raw:
                raw = unescape(raw)
            if last is not None:
                last["raw"] += raw
            elif raw:
                last = {"type": "text", "raw": raw}
                tidied.append(last)
            continue
        if kind == "blank_line":
            continue
        if kind == "link" and in_link:
            inner = _tidy(token["children"], True)
            if last is not None and inner and inner[0]["type"] == "text":
                last["raw"] += inner.pop(0)["raw"]
            tidied += inner
            last = tidied[-1] if tidied and tidied[-1]["type"] == "text" else None
            continue
        last = None
        if "_autolink" in token:
            del token["_autolink"]
            token["autolink"] = True
        attrs = token.get("attrs")
        if attrs is not None:
            if "title" in attrs:
                attrs = {key: value for key, value in attrs.items() if value is not None}
                if "title" in attrs:
                    attrs["title"] = unescape(attrs["title"])
                token["attrs"] = attrs
            elif "info" in attrs:
                token["attrs"] = {**attrs, "info": unescape(attrs["info"])}
        children = token.get("children")
        if children is not None:
            token["children"] = _tidy(children, in_link or kind == "link")
        tidied.append(token)
    return tidied


# -- formulas ----------------------------------------------------------------------------------------------------------

_SIGN = re.compile(r"\\[\s\S]|`+|\$\$?|[{}]")
_TICKS = re.compile(r"`+")
_ENVIRONMENT = re.compile(r"\\(begin|end)\{([A-Za-z]+\*?)\}")
_WHOLE = re.compile(r"\s*\\begin\{([A-Za-z]+\*?)\}[\s\S]*\\end\{\1\}\s*\Z")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_MATHEMATICAL = re.compile(r"[\\^_=+<>{}]")


class _Formulas:
    """Where formulas may stand in one source. Each index is made once, in one pass, at the first question."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._places: dict[str, list[int]] = {}

    def find(self, mark: str, start: int) -> int:
        """Where `mark` comes next, "" for blank lines; -1 for nowhere."""
        places = self._places.get(mark)
        if places is None:
            pattern = re.compile(re.escape(mark)) if mark else _BLANK_LINES
            places = self._places[mark] = [found.start() for found in pattern.finditer(self.source)]
        index = bisect_left(places, start)
        return places[index] if index < len(places) else -1

    @cached_property
    def dollars(self) -> dict[int, int]:
        """Start of an opening `$` or `$$` to the start of the one that closes it.

        It is the next of the same kind on the same level of braces (`$\text{if $x$}$` is one formula), else the next;
        code spans go first, as they do in notebooks. So that prices stay prices, none is closed right before a digit
        (`$5 and $6`), nor behind a blank where a number opens it, or where a word follows (`$A and $B`).
        """
        source = self.source
        closed: dict[int, int] = {}
        plain: dict[str, int] = {}  # kind: the newest one, waiting for the next
        following: dict[int, int] = {}
        waiting: dict[str, list[tuple[int, int]]] = {"$": [], "$$": []}
        depth = 0
        position = 0
        while sign := _SIGN.search(source, position):
            mark, start, position = sign[0], sign.start(), sign.end()
            if mark == "{":
                depth += 1
            elif mark == "}":
                depth -= 1
            elif mark[0] == "`":
                position = self._code_end(start, position)
            elif mark[0] == "$":
                stack = waiting[mark]
                while stack and stack[-1][1] >= depth:
                    closed[stack.pop()[0]] = start
                stack.append((start, depth))
                if mark in plain:
                    following[plain[mark]] = start
                plain[mark] = start
        for start, end in following.items():
            closed.setdefault(start, end)
        return {start: end for start, end in closed.items() if self._plausible(start, end)}

    def _plausible(self, start: int, end: int) -> bool:
        source = self.source
        if source.startswith("$$", start):
            return not source[start + 2 : end].isspace() and end > start + 2
        first, last, after = source[start + 1], source[end - 1], source[end + 1 : end + 2]
        if end == start + 1 or after.isdigit():
            return False
        if last.isspace() and (first.isdigit() or (after.isalpha() and not first.isspace())):
            return False
        return not (first.isspace() and source[start + 1 : end].isspace())

    def _code_end(self, start: int, end: int) -> int:
        """The end of the code span whose backticks stand here; of the backticks, where there is no other."""
        others = self._ticks.get(end - start, [])
        index = bisect_left(others, end)
        return others[index] + end - start if index < len(others) else end

    @cached_property
    def _ticks(self) -> dict[int, list[int]]:
        runs: dict[int, list[int]] = {}
        for run in _TICKS.finditer(self.source):
            runs.setdefault(run.end() - run.start(), []).append(run.start())
        return runs

    @cached_property
    def environments(self) -> dict[int, int]:
        r"""Start of a `\begin{x}` to the end of the `\end{x}` that belongs to it."""
        found: dict[int, int] = {}
        opened: dict[str, list[int]] = {}
        for mark in _ENVIRONMENT.finditer(self.source):
            if mark[1] == "begin":
                opened.setdefault(mark[2], []).append(mark.start())
            elif opened.get(mark[2]):
                found[opened[mark[2]].pop()] = mark.end()
        return found


class _Block(BlockState):
    @cached_property
    def formulas(self) -> _Formulas:
        return _Formulas(self.src)


class _Inline(InlineState):
    @cached_property
    def formulas(self) -> _Formulas:
        return _Formulas(self.src)


def _display(raw: str) -> Token:
    token: Token = {"type": "block_math", "raw": _BLANK_LINES.sub("\n", raw).strip()}
    whole = _WHOLE.match(raw)
    if whole and whole[1] in ENVIRONMENTS:
        token["attrs"] = {"environment": whole[1]}
    return token


# -- rules -------------------------------------------------------------------------------------------------------------

_INLINE_MATH: Final = r"\$\$?|\\\\?[(\[]|\\begin\{[A-Za-z]+\*?\}|\\(?:eq)?ref\{[^{}\n$]{1,200}\}"
_BLOCK_MATH: Final = r"^ {0,3}(?P<math_mark>\$\$|\\\\?\[|\\begin\{[A-Za-z]+\*?\})"
_HEADING: Final = r"^ {0,3}(?P<atx_1>#{1,6})(?!#)(?P<atx_2>[^\n]*)$"
_NAME: Final = r"[^()<>\s\"']"
_ATTACHMENT: Final = (
    rf"!\[[^\[\]\n]{{0,1000}}\]\([ \t]{{0,9}}attachment:(?={_NAME}{{0,1000}}[ \t]+{_NAME})[^()<>\n\"']{{1,1000}}\)"
)
_ADDRESS: Final = r"://(?=[^\s<])"
_TABLE: Final = r"^ {0,3}(?=[^\n]*\|)(?=[^ \n])[^\n]+\n {0,3}(?=[|:-])(?=[^\n]*-)[|: \t-]+(?:\n|\Z)"
_BLANKS = re.compile(r"[ \t]*")
_SPACE = re.compile(r"\s*")
_LINE_REST = re.compile(r"[ \t]*(?:\n|\Z)")
_ALIGNED = re.compile(r"[ \t]*(:?)-+(:?)[ \t]*\Z")
_CELL_SIGN = re.compile(r"\\[\s\S]|\||\$\$?")
_ADDRESS_REST = re.compile(r"://[^\s<]+")
_ADDRESS_IN_BRACKETS = re.compile(r"://[^\s<\]]+")
_SCHEME = re.compile(r"(?:\A|[^0-9A-Za-z])(https?|ftp)\Z", re.I)


def jupyter(md: Markdown) -> None:
    """The plugin: formulas before emphasis, `#title`, attachments with blanks in their names, addresses, tables."""
    md.block.state_cls = _Block
    md.inline.state_cls = _Inline
    md.inline.register("math", _INLINE_MATH, _inline_math, before="escape", start_chars=("$", "\\"))
    md.inline.register("attachment", _ATTACHMENT, _attachment, before="link", start_chars="!")
    md.inline.register("address", _ADDRESS, _address, start_chars=":")
    md.block.register("atx_heading", _HEADING, BlockParser.parse_atx_heading)
    for rules in (md.block.rules, md.block.block_quote_rules, md.block.list_rules):
        md.block.insert_rule(rules, "block_math", before="setex_heading")
        md.block.insert_rule(rules, "table", before="ref_link")  # behind lists and quotes: they go first
    md.block.register("block_math", _BLOCK_MATH, _block_math)
    md.block.register("table", _TABLE, _table)


def _inline_math(inline: InlineParser, m: re.Match[str], state: _Inline) -> int | None:
    source, mark, start, inside = state.src, m[0], m.start(), m.end()
    if mark[0] == "$":
        end = state.formulas.dollars.get(start)
        if end is None:
            inline.process_text(mark, state)
            return inside
        raw = source[inside:end]
        if mark == "$$":
            state.append_token(_display(raw))
        else:
            if len(raw) > 2 and raw[0] == raw[-1] == "`":  # GitHub's $`…`$
                raw = raw.strip("`")
            state.append_token({"type": "inline_math", "raw": raw.strip()})
        return end + len(mark)
    if mark.endswith("}") and not mark.startswith(r"\begin"):
        state.append_token({"type": "inline_math", "raw": mark})
        return inside
    if mark.startswith(r"\begin"):
        end = state.formulas.environments.get(start)
        if end is None:
            return None
        state.append_token(_display(source[start:end]))
        return end
    closing = mark[:-1] + (")" if mark[-1] == "(" else "]")
    end = state.formulas.find(closing, inside)
    if (
        end < 0
        or _SPACE.fullmatch(source, inside, end)
        or (mark == r"\[" and not _stands_alone(source, start, inside, end))
    ):
        inline.process_text(mark[1], state, parse_emphasis=False)  # as any other escape
        return start + 2
    raw = source[inside:end]
    state.append_token({"type": "inline_math", "raw": raw.strip()} if mark[-1] == "(" else _display(raw))
    return end + len(closing)


def _stands_alone(source: str, start: int, inside: int, end: int) -> bool:
    r"""Whether \[ … \] is meant as a formula: brackets are often escaped in plain text."""
    before = source[max(0, start - 4) : start].rpartition("\n")
    return (
        (start <= 3 or bool(before[1]))
        and not before[2].strip(" ")
        and bool(_LINE_REST.match(source, end + 2))
        and bool(_MATHEMATICAL.search(source, inside, end))
    )


def _block_math(block: BlockParser, m: re.Match[str], state: BlockState) -> int | None:
    assert isinstance(state, _Block)
    source, mark, inside = state.src, m["math_mark"], m.end()
    if mark.startswith(r"\begin"):
        inside -= len(mark)
        end = after = state.formulas.environments.get(inside, -1)
        whole = True
    else:
        closing = "$$" if mark == "$$" else mark[:-1] + "]"
        end = state.formulas.find(closing, inside)
        while closing == "$$" and end > 0 and source[end - 1] == "\\":
            end = state.formulas.find(closing, end + 1)
        after = end + len(closing)
        whole = mark == "$$" and bool(_LINE_REST.match(source, inside))
    if end < 0 or _SPACE.fullmatch(source, inside, end):
        return None
    rest = _LINE_REST.match(source, after)
    if rest is None and not 0 <= state.formulas.find("\n", inside) < end:
        return None  # a formula in a paragraph
    if mark == r"\[" and not (rest and _MATHEMATICAL.search(source, inside, end)):
        return None
    if not whole and 0 <= state.formulas.find("", inside) < end:
        return None
    state.append_token(_display(source[inside:end]))
    if rest is not None:
        return rest.end()
    blanks = _BLANKS.match(source, after)
    return blanks.end() if blanks else after


def _attachment(inline: InlineParser, m: re.Match[str], state: _Inline) -> int | None:
    text = m[0]
    alternative, _sign, address = text[2:-1].partition("](")
    address = address.strip()
    state.append_token(
        {
            "type": "image",
            "children": [{"type": "text", "raw": alternative}] if alternative else [],
            "attrs": {"url": escape_url(address)},
        }
    )
    return m.end()


def _address(inline: InlineParser, m: re.Match[str], state: _Inline) -> int | None:
    """A bare address: the scheme stands at the end of the text before, the trailing punctuation is not part of it."""
    before = state.tokens[-1] if state.tokens else None
    if before is None or before["type"] != "text":
        return None
    scheme = _SCHEME.search(before["raw"], max(0, len(before["raw"]) - 8))
    if scheme is None:
        return None
    found = (_ADDRESS_IN_BRACKETS if state.brackets else _ADDRESS_REST).match(state.src, m.start())
    text = _without_punctuation(found[0]) if found else ""
    if len(text) <= 3:
        return None
    end = m.start() + len(text)
    text = scheme[1] + text
    if state.in_link or state.depth >= inline.max_nested_level:
        before["raw"] += text[len(scheme[1]) :]
        return end
    before["raw"] = before["raw"][: scheme.start(1)]
    token = {"type": "link", "children": [{"type": "text", "raw": text}], "attrs": {"url": escape_url(text)}}
    state.append_token({**token, "autolink": True})
    return end


def _without_punctuation(text: str) -> str:
    """GitHub's rule: no punctuation at the end, nor a parenthesis that was not opened inside."""
    closing = text.count(")") - text.count("(")
    end = len(text)
    while end:
        last = text[end - 1]
        if last == ")" and closing > 0:
            closing -= 1
        elif last not in "?!.,:;*_~'\"]|`$":
            break
        end -= 1
    return text[:end]


def _table(block: BlockParser, m: re.Match[str], state: BlockState) -> int | None:
    """GitHub's tables: rows may be short or long; bars in formulas do not divide."""
    header, delimiter = m[0].rstrip("\n").split("\n")
    aligns = [_alignment(cell) for cell in _cells(delimiter)]
    titles = _cells(header)
    if len(titles) != len(aligns) or "" in aligns:
        return None
    rows: list[Token] = []
    position = m.end()
    others = block.compile_sc(
        [
            "fenced_code",
            "indent_code",
            "atx_heading",
            "thematic_break",
            "block_quote",
            "list",
            "block_html",
            "block_math",
        ]
    )
    while position < state.cursor_max:
        line = state.get_line(position)
        if not line.strip() or others.match(state.src, position):
            break
        cells = _cells(line)[: len(aligns)]
        if len(cells) < len(aligns):
            filled = state.env["filled_cells"] = state.env.get("filled_cells", 0) + len(aligns) - len(cells)
            if filled > MAX_FILLED:
                break
            cells += [""] * (len(aligns) - len(cells))
        rows.append({"type": "table_row", "children": list(_row(cells, aligns, False))})
        position += len(line)
    head: Token = {"type": "table_head", "children": list(_row(titles, aligns, True))}
    state.append_token({"type": "table", "children": [head, {"type": "table_body", "children": rows}]})
    return position


def _row(cells: list[str], aligns: list[str | None], head: bool) -> Iterator[Token]:
    for text, align in zip(cells, aligns, strict=True):
        yield {"type": "table_cell", "text": text, "attrs": {"align": align, "head": head}}


def _alignment(cell: str) -> str | None:
    """What a cell of the delimiter row says; empty: it is none."""
    marks = _ALIGNED.match(cell)
    if marks is None:
        return ""
    return {(":", ":"): "center", (":", ""): "left", ("", ":"): "right"}.get((marks[1], marks[2]))


def _cells(line: str) -> list[str]:
    r"""The cells of a row; `\|` is a bar, but in formulas it stays what it means there."""
    line = line.strip()
    formulas = _Formulas(line).dollars if "$" in line else {}
    cells: list[str] = []
    parts: list[str] = []  # of the cell at hand
    position = begin = 0
    while sign := _CELL_SIGN.search(line, position):
        mark, position = sign[0], sign.end()
        if mark == "|":
            cells.append("".join((*parts, line[begin : sign.start()])).strip())
            parts.clear()
            begin = position
        elif mark == r"\|":
            parts.append(line[begin : sign.start()] + "|")
            begin = position
        elif mark[0] == "$" and sign.start() in formulas:
            position = formulas[sign.start()] + len(mark)
    cells.append("".join((*parts, line[begin:])).strip())
    if line.startswith("|"):
        del cells[0]
    if len(cells) > 1 and not cells[-1]:
        del cells[-1]
    return cells
