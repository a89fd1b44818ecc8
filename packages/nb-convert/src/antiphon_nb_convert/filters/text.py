"""Filters over plain text: lines, prompts, escapes, paths."""

from __future__ import annotations

import base64
import html
import json
import os
import re
from html.parser import HTMLParser
from textwrap import fill
from typing import Any
from urllib.parse import quote

_LEADING = re.compile(r"^[ \t]*", re.M)
_LINE_START = re.compile(r"^", re.M)
_LIST_START = re.compile(r"^(\s*)(?:([-+*])(?=\s)|(\d+)([.)])(?=\s))", re.M)
_FILES_ATTRIBUTE = re.compile(r"""\b(src|href)=(["'])/?files/""")
_FILES_LINK = re.compile(r"(!?\[[^\]\n]*\]\()/?files/")
_CITATION = re.compile(r"""<(\w+)\b[^<>]*?\bdata-cite\s*=\s*(["'])(?P<keys>.*?)\2[^<>]*>.*?</\1\s*>""", re.S | re.I)
_LATEX = {
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\^{}",
    "\\": r"\textbackslash{}",
    "...": r"\ldots{}",
}
_LATEX_SPECIAL = re.compile(r"[&%$#_{}~^\\]|\.\.\.")


def indent(text: str, nspaces: int = 4, ntabs: int = 0, flatten: bool = False) -> str:
    """Every line moved to the right; with `flatten`, all to the same column."""
    margin = "\t" * ntabs + " " * nspaces
    moved = (_LEADING if flatten else _LINE_START).sub(margin, text)
    return moved[: -len(margin)] if margin and moved.endswith("\n" + margin) else moved


def wrap_text(text: str, width: int = 100) -> str:
    """Long lines broken between words."""
    return "\n".join(fill(line, width, break_long_words=False) if line else line for line in text.split("\n"))


def get_lines(text: str, start: int | None = None, end: int | None = None) -> str:
    """The lines from `start` to before `end`, counted from 0."""
    return "\n".join(text.split("\n")[start:end])


def comment_lines(text: str, prefix: str = "# ") -> str:
    """Every line a comment."""
    return prefix + text.replace("\n", "\n" + prefix)


def add_prompts(code: str, first: str = ">>> ", cont: str = "... ") -> str:
    """Python's prompts in front of the lines."""
    return first + code.replace("\n", "\n" + cont)


def ascii_only(text: str) -> str:
    """What is not ASCII as `?`."""
    return text.encode("ascii", "replace").decode("ascii")


def strip_dollars(text: str) -> str:
    """A formula without the dollars around it."""
    return text.strip("$")


def strip_trailing_newline(text: str) -> str:
    """Without one newline at the end."""
    return text.removesuffix("\n")


def strip_files_prefix(text: str) -> str:
    """Links to `files/…`, which meant the notebook's folder once, as links to there."""
    return _FILES_LINK.sub(r"\1", _FILES_ATTRIBUTE.sub(r"\1=\2", text))


def prevent_list_blocks(text: str) -> str:
    """Lines that would begin a list keep their sign, escaped."""
    return _LIST_START.sub(lambda m: m[1] + (f"\\{m[2]}" if m[2] else f"{m[3]}\\{m[4]}"), text)


def posix_path(path: str) -> str:
    """A path of this system with slashes."""
    return path.replace(os.sep, "/")


def path2url(path: str) -> str:
    """A path of this system as the path of an address."""
    return "/".join(quote(part) for part in path.split(os.sep))


def text_base64(text: str) -> str:
    """UTF-8 in base64."""
    return base64.b64encode(text.encode()).decode("ascii")


def json_dumps(value: Any) -> str:
    """JSON."""
    return json.dumps(value)


def escape_html(text: Any) -> str:
    """For text and attributes."""
    return html.escape(str(text), quote=True)


def escape_html_keep_quotes(text: Any) -> str:
    """For text between tags only."""
    return html.escape(str(text), quote=False)


def escape_html_script(text: str) -> str:
    """JSON or JavaScript that stands in a `script` element: nothing in it ends or hides that element."""
    return re.sub(r"<(?=[/!]|script)", r"\\u003c", text, flags=re.I)


def escape_latex(text: str) -> str:
    """Text that says in LaTeX what it says here."""
    return _LATEX_SPECIAL.sub(lambda m: _LATEX[m[0]], text)


def citation2latex(text: str) -> str:
    r"""Elements with a `data-cite` attribute as `\cite{…}`."""
    return _CITATION.sub(lambda m: "\\cite{" + html.unescape(m["keys"]) + "}", text)


class _Text(HTMLParser):
    """Collects the text of a fragment."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """`<![…` is a comment to the next `>`, as in browsers; the standard library would raise."""
        return self.rawdata.find(">", i) + 1 or -1

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def html2text(element: Any) -> str:
    """The text of an HTML fragment (or of an ElementTree element)."""
    if hasattr(element, "itertext"):
        return "".join(element.itertext())
    parser = _Text()
    parser.feed(str(element))
    parser.close()
    return "".join(parser.parts)
