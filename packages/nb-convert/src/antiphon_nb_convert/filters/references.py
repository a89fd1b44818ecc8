"""Filters over finished HTML and LaTeX: anchors of headings, references, relative paths."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from jinja2 import pass_context

from .text import escape_html, html2text

if TYPE_CHECKING:
    from jinja2.runtime import Context

_HEADING = re.compile(r"(<h([1-6]))(\s[^>]*)?>(.*?)(</h\2>)", re.S | re.I)
_HREF = re.compile(r"\\href\{(?:\\)?#([^{}]*)\}\{")
_RELATIVE = re.compile(r"(\\includegraphics(?:\[[^\]]*\])?\{)(\.\.?/[^{}]*)(\})")


def add_anchor(html: str, anchor_link_text: str = "¶") -> str:
    """Headings of a piece of HTML with an id and a link to themselves; those that have an id keep it."""

    def anchored(match: re.Match[str]) -> str:
        begin, _, attributes, inside, end = match.groups()
        attributes = attributes or ""
        known = re.search(r"""\bid\s*=\s*["']?([^"'\s>]+)""", attributes)
        name = known[1] if known else html2text(inside).strip().replace(" ", "-")
        identity = "" if known else f' id="{escape_html(name)}"'
        link = f'<a class="anchor-link" href="#{quote(name)}">{anchor_link_text}</a>'
        return f"{begin}{attributes}{identity}>{inside}{link}{end}"

    return _HEADING.sub(anchored, html)


def resolve_references(source: str) -> str:
    r"""Links of LaTeX to `#label` as `\hyperref`, which leads there."""
    return _HREF.sub(lambda match: rf"\hyperref[{match[1]}]{{", source)


@pass_context
def convert_explicitly_relative_paths(context: Context, source: str) -> str:
    """Pictures of LaTeX at `./…` and `../…` relative to where the notebook is, for a result that is elsewhere."""
    metadata = (context.get("resources") or {}).get("metadata") or {}
    folder = str(metadata.get("path") or "").replace("\\", "/")

    def placed(match: re.Match[str]) -> str:
        return match[1] + posixpath.normpath(posixpath.join(folder, match[2])) + match[3]

    return _RELATIVE.sub(placed, source) if folder else source
