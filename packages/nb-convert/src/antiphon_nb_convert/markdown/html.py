"""Tokens as HTML: a string from one walk, without a parser or a tree in between.

Everything that is text is escaped here. Raw HTML goes through as it is and URLs of all schemes do: what is made of a
stranger's notebook goes through `sanitizing.sanitize` afterwards, as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from ..anchors import href

if TYPE_CHECKING:
    from ..anchors import Anchors
    from .parsing import Token

Resolver: TypeAlias = Callable[[str], str | None]
"""From the address of an image or a link to the one to write; None: there is none, its text stays."""

Highlighter: TypeAlias = Callable[[str, str], str]
"""From code and the name of its language to a block of HTML."""

Formula: TypeAlias = Callable[[str, bool], str | None]
"""From TeX, and whether it stands by itself, to HTML; None where it cannot."""

_IMAGE_SOURCE = re.compile(r"""(<img\b[^<>]*?\ssrc\s*=\s*)(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""", re.I)
_NOT_A_NAME = re.compile(r"[^0-9A-Za-z_.+#-]+")


def to_html(
    tokens: Iterable[Token],
    *,
    anchors: Anchors | None = None,
    anchor_text: str = "¶",
    image: Resolver | None = None,
    link: Resolver | None = None,
    highlight: Highlighter | None = None,
    formula: Formula | None = None,
    prefix: str = "",
) -> str:
    """The HTML of these tokens.

    `anchors`: headings get an id from it, and a link of `anchor_text` to themselves (empty: none). `image` and `link`
    rewrite addresses, those of `<img>` in raw HTML too. `highlight` makes blocks of code (by default they are plain),
    `formula` makes formulas (by default MathML; TeX as code where it cannot be). `prefix` stands before the ids of
    footnotes, which must differ in a page of several cells.
    """
    if formula is None:
        from ..mathml import Formulas

        formula = Formulas()
    return _Writer(anchors, anchor_text, image, link, highlight, formula, prefix).blocks(list(tokens))


def escape(text: str) -> str:
    """For text and for attributes in double quotes."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if '"' in text:
        text = text.replace('"', "&quot;")
    return text


def plain(tokens: Iterable[Token]) -> str:
    """The text of inline tokens, as a heading's anchor and an image's alternative have it."""
    parts = []
    for token in tokens:
        kind = token["type"]
        if kind in ("text", "codespan", "inline_math", "block_math"):
            parts.append(token["raw"])
        elif kind == "softbreak" or kind == "linebreak":
            parts.append("\n")
        elif "children" in token:
            parts.append(plain(token["children"]))
    return "".join(parts)


class _Writer:
    __slots__ = (
        "_anchor_text",
        "_anchors",
        "_blocks",
        "_formula",
        "_highlight",
        "_image",
        "_inlines",
        "_link",
        "_noted",
        "_notes",
        "_prefix",
    )

    def __init__(
        self,
        anchors: Anchors | None,
        anchor_text: str,
        image: Resolver | None,
        link: Resolver | None,
        highlight: Highlighter | None,
        formula: Formula,
        prefix: str,
    ) -> None:
        self._anchors = anchors
        self._anchor_text = anchor_text
        self._image = image
        self._link = link
        self._highlight = highlight
        self._formula = formula
        self._prefix = prefix
        self._notes: set[int] = set()  # the footnotes that there are
        self._noted: dict[int, int] = {}  # a footnote: how often it was referred to
        self._blocks: dict[str, Callable[[Token], str]] = {
            "heading": self._heading,
            "block_quote": lambda token: f"<blockquote>\n{self._children(token)}</blockquote>\n",
            "list": self._list,
            "list_item": self._list_item,
            "task_list_item": self._list_item,
            "block_code": self._block_code,
            "block_math": lambda token: f"{self._math(token, True)}\n",
            "block_html": lambda token: f"{self._raw(token)}\n",
            "thematic_break": lambda token: "<hr />\n",
            "table": self._table,
            "footnotes": self._footnotes,
        }
        self._inlines: dict[str, Callable[[Token], str]] = {
            "codespan": lambda token: f"<code>{escape(token['raw'])}</code>",
            "emphasis": lambda token: f"<em>{self.inline(token['children'])}</em>",
            "strong": lambda token: f"<strong>{self.inline(token['children'])}</strong>",
            "strikethrough": lambda token: f"<del>{self.inline(token['children'])}</del>",
            "link": self._anchor,
            "image": self._img,
            "inline_math": lambda token: self._math(token, False),
            "block_math": lambda token: self._math(token, True),
            "inline_html": self._raw,
            "linebreak": lambda token: "<br />\n",
            "footnote_ref": self._footnote_ref,
        }

    def blocks(self, tokens: list[Token]) -> str:
        if tokens and tokens[-1]["type"] == "footnotes":
            self._notes = {item["attrs"]["index"] for item in tokens[-1]["children"]}
        parts = []
        for token in tokens:
            kind = token["type"]
            if kind == "paragraph":
                parts.append(f"<p>{self.inline(token['children'])}</p>\n")
            elif kind == "block_text":
                parts.append(self.inline(token["children"]))
            else:
                parts.append(self._blocks[kind](token))
        return "".join(parts)

    def inline(self, tokens: list[Token]) -> str:
        parts = []
        for token in tokens:
            kind = token["type"]
            if kind == "text":
                parts.append(escape(token["raw"]))
            elif kind == "softbreak":
                parts.append("\n")
            else:
                parts.append(self._inlines[kind](token))
        return "".join(parts)

    def _children(self, token: Token) -> str:
        parts = []
        for child in token["children"]:
            kind = child["type"]
            if kind == "paragraph":
                parts.append(f"<p>{self.inline(child['children'])}</p>\n")
            elif kind == "block_text":
                parts.append(self.inline(child["children"]))
            else:
                if parts and not parts[-1].endswith("\n"):
                    parts.append("\n")
                parts.append(self._blocks[kind](child))
        return "".join(parts)

    def _heading(self, token: Token) -> str:
        level = token["attrs"]["level"]
        inside = self.inline(token["children"])
        if self._anchors is None:
            return f"<h{level}>{inside}</h{level}>\n"
        text = plain(token["children"])
        name = self._anchors.claim(text)
        if self._anchor_text:
            label = escape(f"Link to this heading: {' '.join(text.split())}")
            attributes = f'class="anchor-link" href="{escape(href(name))}" aria-label="{label}"'
            inside += f"<a {attributes}>{escape(self._anchor_text)}</a>"
        return f'<h{level} id="{escape(name)}">{inside}</h{level}>\n'

    def _list(self, token: Token) -> str:
        attrs = token["attrs"]
        if not attrs["ordered"]:
            kind = start = "ul"
            if any(item["type"] == "task_list_item" for item in token["children"]):
                start = 'ul class="task-list"'
        else:
            kind = "ol"
            start = f'ol start="{attrs["start"]}"' if "start" in attrs else "ol"
        return f"<{start}>\n{self.blocks(token['children'])}</{kind}>\n"

    def _list_item(self, token: Token) -> str:
        inside = self._children(token)
        if token["children"] and token["children"][0]["type"] != "block_text":
            inside = "\n" + inside
        if token["type"] == "list_item":
            return f"<li>{inside}</li>\n"
        done = token["attrs"]["checked"]
        # no `input`: a control without a label that nobody can use is worse to hear than a sign with a name
        box = f'<span class="task-list-item-checkbox" role="img" aria-label="{"done" if done else "to do"}">'
        box += ("☑" if done else "☐") + "</span> "
        head = "\n<p>" if inside.startswith("\n<p>") else ""
        return f'<li class="task-list-item">{head}{box}{inside[len(head) :]}</li>\n'

    def _block_code(self, token: Token) -> str:
        code = token["raw"]
        if not code.endswith("\n") and code:
            code += "\n"
        words = token.get("attrs", {}).get("info", "").split(None, 1)
        if self._highlight is not None:
            language = words[0].strip("{}.,") if words else ""
            return self._highlight(code, language) + "\n"
        language = f' class="language-{escape(words[0])}"' if words else ""
        return f"<pre><code{language}>{escape(code)}</code></pre>\n"

    def _table(self, token: Token) -> str:
        head, body = token["children"]
        parts = ["<table>\n<thead>\n<tr>\n", *map(self._cell, head["children"]), "</tr>\n</thead>\n"]
        if body["children"]:
            parts.append("<tbody>\n")
            for row in body["children"]:
                parts += ("<tr>\n", *map(self._cell, row["children"]), "</tr>\n")
            parts.append("</tbody>\n")
        parts.append("</table>\n")
        return "".join(parts)

    def _cell(self, token: Token) -> str:
        attrs = token["attrs"]
        name, scope = ("th", ' scope="col"') if attrs["head"] else ("td", "")
        align = f' style="text-align: {attrs["align"]}"' if attrs["align"] else ""
        return f"<{name}{scope}{align}>{self.inline(token['children'])}</{name}>\n"

    def _footnotes(self, token: Token) -> str:
        items = []
        for item in token["children"]:
            index = item["attrs"]["index"]
            inside = self._children(item)
            back = "".join(
                f' <a class="footnote-back" href="#{self._reference(index, number)}" role="doc-backlink"'
                f' aria-label="Back to reference {index}{f".{number}" if number > 1 else ""}">↩</a>'
                for number in range(1, min(self._noted.get(index, 1), 50) + 1)
            )
            end = inside.rstrip()
            inside = f"{end[:-4]}{back}</p>\n" if end.endswith("</p>") else f"{inside}{back}\n"
            items.append(f'<li id="{self._note(index)}">{inside}</li>\n')
        return f'<section class="footnotes" role="doc-endnotes">\n<ol>\n{"".join(items)}</ol>\n</section>\n'

    def _footnote_ref(self, token: Token) -> str:
        index = token["attrs"]["index"]
        if index not in self._notes:  # a note that only another note refers to: its text is not in the tree
            return escape(f"[^{token['raw']}]")
        number = self._noted[index] = self._noted.get(index, 0) + 1
        return (
            f'<sup class="footnote-ref"><a href="#{self._note(index)}" id="{self._reference(index, number)}"'
            f' role="doc-noteref">{index}</a></sup>'
        )

    def _note(self, index: int) -> str:
        return escape(f"{self._prefix}fn-{index}")

    def _reference(self, index: int, number: int) -> str:
        return escape(f"{self._prefix}fnref-{index}") + (f"-{number}" if number > 1 else "")

    def _anchor(self, token: Token) -> str:
        attrs = token["attrs"]
        url: str | None = attrs["url"]
        inside = self.inline(token["children"])
        if self._link is not None and url is not None:
            url = self._link(url)
        if url is None:
            return inside
        title = f' title="{escape(attrs["title"])}"' if "title" in attrs else ""
        return f'<a href="{escape(url)}"{title}>{inside}</a>'

    def _img(self, token: Token) -> str:
        attrs = token["attrs"]
        url: str | None = attrs["url"]
        alternative = escape(plain(token["children"]))
        if self._image is not None and url is not None:
            url = self._image(url)
        if url is None:
            return f'<span class="image-missing">{alternative}</span>'
        title = f' title="{escape(attrs["title"])}"' if "title" in attrs else ""
        return f'<img src="{escape(url)}" alt="{alternative}"{title} />'

    def _math(self, token: Token, display: bool) -> str:
        tex = token["raw"]
        made = self._formula(tex, display)
        if made is not None:
            return made
        return f'<code class="math{" display" if display else ""}">{escape(tex)}</code>'

    def _raw(self, token: Token) -> str:
        raw: str = token["raw"]
        if self._image is None or "<" not in raw:
            return raw
        return _IMAGE_SOURCE.sub(self._resolved, raw)

    def _resolved(self, m: re.Match[str]) -> str:
        from html import unescape

        assert self._image is not None
        url = next(group for group in m.groups()[1:] if group is not None)
        found = self._image(unescape(url))
        return m[0] if found is None else f'{m[1]}"{escape(found)}"'
