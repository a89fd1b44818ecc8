"""text/html, where there is nothing better: paragraphs, lists, tables, emphasis, links; no layout, no style sheets.

The markup is cut by one expression of our own: the standard library's parser raises for some of what kernels send, and
on others takes time that grows with the square of their length.
"""

from __future__ import annotations

import re
from html import unescape

from ..escapes import still
from . import tables
from .look import Look
from .text import joined
from .wrapping import chopped, wrapped

_LONGEST = 200_000
_NARROWEST = 8
_TOKEN = re.compile(
    r"""
    <!--.*?(?:-->|\Z)
  | <[!?][^>]*+>?
  | <(?P<close>/?)(?P<tag>[A-Za-z][^\s/<>"']*+)(?P<attrs>(?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>
  | (?P<text>[^<]++|<)
    """,
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([A-Za-z-]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'=]++))""")
_RAW = {tag: re.compile(rf"</{tag}\b", re.IGNORECASE) for tag in ("script", "style")}
_HIDDEN = {"head", "template", "svg", "math", "noscript", "iframe", "object", "select"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = _HEADINGS | {
    "p",
    "div",
    "section",
    "article",
    "header",
    "footer",
    "figure",
    "figcaption",
    "details",
    "summary",
    "dl",
}
_BLOCKS |= {"dt", "dd", "form", "fieldset", "main", "nav", "aside", "address", "ul", "ol", "blockquote", "li", "pre"}
_BLOCKS |= {"table", "caption", "body", "html", "hr"}
_SPACED = _HEADINGS | {"p", "ul", "ol", "blockquote", "pre", "table", "dl"}
_STYLES = {"b": "strong", "strong": "strong", "i": "emphasis", "em": "emphasis", "code": "code", "kbd": "code"}
_STYLES |= {"s": "struck", "del": "struck", "a": "link", "var": "emphasis", "tt": "code", "samp": "code", "th": ""}


def render_html(value: object, look: Look) -> str | None:
    """The page as text; None for one that is too long."""
    source = joined(value)
    if len(source) > _LONGEST:
        return None
    return "\n".join(lines_of(source, look, look.columns))


def lines_of(source: str, look: Look, columns: int) -> list[str]:
    """Markup as lines of at most `columns` cells."""
    page = _Page(look, columns)
    page.read(still(source, colour=False))
    while page.lines and not page.lines[-1]:
        page.lines.pop()
    return page.lines


class _Page:
    """Fills `lines` from top to bottom. What is inside a table is gathered cell by cell and drawn at its end."""

    def __init__(self, look: Look, columns: int) -> None:
        self.look = look
        self.columns = columns
        self.lines: list[str] = []
        self.spans: list[str] = []
        self.styles: list[str] = []
        self.hrefs: list[str] = []
        self.leads: list[tuple[str, str]] = []
        """Tag and what stands before every row within it."""
        self.sign = ""
        self.numbers: list[int] = []
        self.hidden = 0
        self.pre = 0
        self.tables = 0
        self.rows: list[list[tables.Cell]] = []
        self.heads = 0
        self.cell: list[str] | None = None

    def read(self, source: str) -> None:
        """The whole of it, once."""
        at = 0
        while match := _TOKEN.match(source, at):
            at = match.end()
            if match["text"]:
                self._data(unescape(match["text"]))
            elif match["tag"]:
                tag = match["tag"].lower()
                if match["close"]:
                    self._end(tag)
                elif tag in _RAW:
                    end = _RAW[tag].search(source, at)
                    at = end.start() if end else len(source)
                else:
                    self._start(tag, match["attrs"])
        while self.tables:
            self._close_table()
        self.flush()

    def _start(self, tag: str, source: str) -> None:
        attrs = {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(source)}
        if tag in _HIDDEN:
            self.hidden += 1
        if self.hidden:
            return
        if tag == "br":
            self._text("\n")
        elif tag == "img":
            self._text(self.look.paint("emphasis", "▣ " + still(attrs.get("alt", ""), colour=False)))
        elif tag in ("tr", "td", "th", "table") and (tag == "table" or self.tables):
            self._table(tag)
        elif self.tables:
            if tag in _BLOCKS and self.cell:
                self.cell.append(" ")
        elif tag in _BLOCKS:
            self._open(tag)
        if tag in _STYLES:
            self.styles.append(tag)
            if tag == "a":
                self.hrefs.append(attrs.get("href", ""))

    def _end(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        if self.hidden:
            return
        if tag in _STYLES and tag in self.styles:
            self.styles.reverse()
            self.styles.remove(tag)
            self.styles.reverse()
            if tag == "a":
                self.hrefs.pop()
        if self.tables:
            if tag == "table":
                self._close_table()
            elif tag in ("td", "th"):
                self._end_cell()
        elif tag in _BLOCKS:
            self.flush()
            for at in range(len(self.leads) - 1, -1, -1):
                if self.leads[at][0] == tag:
                    del self.leads[at:]
                    break
            if tag == "pre":
                self.pre = max(0, self.pre - 1)
            elif tag in _HEADINGS and "b" in self.styles:
                self.styles.remove("b")
            if tag in ("ul", "ol") and self.numbers:
                self.numbers.pop()
            if tag in _SPACED:
                self._space()

    def _data(self, data: str) -> None:
        if self.hidden:
            return
        if not self.pre:
            data = re.sub(r"\s+", " ", data)
        data = still(data, colour=False)
        style = next((tag for tag in reversed(self.styles) if tag in _STYLES), "")
        if style == "a" and self.hrefs:
            data = self.look.link(self.hrefs[-1], data)
        elif style and _STYLES[style]:
            data = self.look.paint(_STYLES[style], data)
        self._text(data)

    def flush(self) -> None:
        """The paragraph in hand is laid out."""
        text = "".join(self.spans)
        self.spans = []
        text = text.strip("\n") if self.pre else _tidy(text).strip(" ")
        if not text.strip():
            return
        lead = "".join(lead for _, lead in self.leads)
        room = self.columns - len(lead) - len(self.sign)
        if room < _NARROWEST:
            lead = self.sign = ""
            room = self.columns
        first, rest = lead + self.sign, lead + " " * len(self.sign)
        rows = chopped(text, room) if self.pre else wrapped(text, room)
        self.lines += [(rest if at else first) + row for at, row in enumerate(rows)]
        if self.sign and self.leads and self.leads[-1][0] == "li":
            self.leads[-1] = ("li", " " * len(self.sign))
        self.sign = ""

    def _text(self, text: str) -> None:
        if self.cell is not None:
            self.cell.append(text)
        elif not self.tables:
            self.spans.append(text)

    def _space(self) -> None:
        if self.lines and self.lines[-1] and not self.numbers:
            self.lines.append("")

    def _open(self, tag: str) -> None:
        self.flush()
        if tag in _SPACED:
            self._space()
        if tag in ("ul", "ol"):
            self.numbers.append(0 if tag == "ol" else -1)
            self.leads.append((tag, ""))
        elif tag == "li":
            if self.leads and self.leads[-1][0] == "li":  # the one before was not closed
                self.leads.pop()
            self.sign = "• "
            if self.numbers and self.numbers[-1] >= 0:
                self.numbers[-1] += 1
                self.sign = f"{self.numbers[-1]}. "
            self.leads.append(("li", ""))
        elif tag == "blockquote":
            self.leads.append((tag, "│ "))
        elif tag == "dd":
            self.leads.append((tag, "  "))
        elif tag == "hr":
            self.lines.append(self.look.paint("rule", "─" * self.columns))
        elif tag == "pre":
            self.pre += 1
        elif tag in _HEADINGS:
            self.styles.append("b")
            self.leads.append((tag, ""))

    def _table(self, tag: str) -> None:
        if tag == "table":
            if not self.tables:
                self.flush()
                self._space()
                self.rows, self.heads = [], 0
            self.tables += 1
        elif self.tables == 1:
            self._end_cell()
            if tag == "tr":
                self.rows.append([])
            else:
                self.cell = []
                if not self.rows:
                    self.rows.append([])
                if tag == "th" and len(self.rows) == self.heads + 1 and not self.rows[-1]:
                    self.heads += 1
        elif self.cell is not None:
            self.cell.append(" ")

    def _end_cell(self) -> None:
        if self.cell is not None and self.tables == 1:
            text = _tidy("".join(self.cell)).strip()
            self.rows[-1].append((text, "left"))
            self.cell = None

    def _close_table(self) -> None:
        self._end_cell()
        self.tables -= 1
        if not self.tables:
            rows = [row for row in self.rows if row]
            heads = self.heads if self.heads < len(rows) else min(1, self.heads)
            self.lines += tables.drawn(_aligned(rows, heads), heads, self.look, self.columns)
            self._space()


def _tidy(text: str) -> str:
    """One space for many, and none at the ends of lines."""
    return re.sub(" ?\n ?", "\n", re.sub(" +", " ", text))


def _aligned(rows: list[list[tables.Cell]], heads: int) -> list[list[tables.Cell]]:
    """Columns of numbers stand on the right."""
    count = max(map(len, rows), default=0)
    numeric = [True] * count
    for row in rows[heads:]:
        for at, (text, _) in enumerate(row):
            numeric[at] = (
                numeric[at] and re.fullmatch(r"[-+\u2212]?[\d.,_ ]*\d(e[-+]?\d+)?%?|NaN|nan|None|", text) is not None
            )
    return [[(text, "right" if numeric[at] else "left") for at, (text, _) in enumerate(row)] for row in rows]
