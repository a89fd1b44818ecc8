"""text/markdown for reading: parsed by mistune (loaded with the first one), drawn here.

Rich would draw it too, but is loaded in 40 ms and more, brings its own console and width tables beside ours, and knows
no limit of columns below which it keeps still; a tree of mistune's takes these lines.
"""

from __future__ import annotations

import html
from functools import lru_cache
from typing import Any

from .. import widths
from ..escapes import still
from . import tables
from .code import highlighted
from .latex import unicode_lines, unicode_text
from .look import Look
from .text import joined
from .wrapping import chopped, wrapped

_LONGEST = 200_000
_NARROWEST = 8  # columns; below, what is nested is not indented any further
_BULLETS = "•◦▪"

Node = dict[str, Any]


def render_markdown(value: object, look: Look) -> str | None:
    """The document in at most the columns there are; None for what is too long or too deep to be read at once."""
    source = joined(value)
    if len(source) > _LONGEST:
        return None
    try:
        lines = _blocks(_parser()(still(source, colour=False)), look, look.columns, 0)
    except RecursionError:
        return None
    return "\n".join(lines)


@lru_cache(1)
def _parser() -> Any:
    import mistune

    return mistune.create_markdown(renderer=None, plugins=["table", "strikethrough", "task_lists", "math"])


def _blocks(nodes: list[Node], look: Look, columns: int, depth: int, *, tight: bool = False) -> list[str]:
    lines: list[str] = []
    for node in nodes:
        block = _block(node, look, columns, depth)
        if block:
            lines += [""] * (bool(lines) and not tight)
            lines += block
    return lines


def _block(node: Node, look: Look, columns: int, depth: int) -> list[str]:
    match node["type"]:
        case "paragraph" | "block_text":
            return wrapped(_inline(node["children"], look), columns)
        case "heading":
            level = node["attrs"]["level"]
            text = look.paint("title" if level == 1 else "heading", _inline(node["children"], look))
            if look.colour:
                return wrapped(text, columns)
            sign = "=" if level == 1 else "-"
            lines = wrapped(text, columns)
            return [*lines, sign * max(map(widths.visible_width, lines))] if level < 3 else lines
        case "block_code":
            language = (node.get("attrs", {}).get("info") or "").split(" ")[0]
            inner, lead = (columns - 2, "  ") if columns > _NARROWEST else (columns, "")
            code = highlighted(node["raw"].rstrip("\n"), language, look)
            return [lead + line for line in chopped(code, inner)]
        case "block_quote":
            return _nested(node["children"], look, columns, depth, look.paint("quote", "│ "))
        case "list":
            return _list(node, look, columns, depth)
        case "table":
            return _table(node, look, columns)
        case "thematic_break":
            return [look.paint("rule", "─" * columns)]
        case "block_math":
            lines = unicode_lines(node["raw"])
            lead = "  " if max(map(widths.width, lines), default=0) + 2 <= columns else ""
            return [row for line in lines for row in wrapped(lead + line, columns)]
        case "block_html":
            from .html import lines_of

            return lines_of(node["raw"], look, columns)
    return []


def _nested(nodes: list[Node], look: Look, columns: int, depth: int, lead: str) -> list[str]:
    if columns < _NARROWEST:
        return _blocks(nodes, look, columns, depth + 1)
    inner = _blocks(nodes, look, columns - widths.visible_width(lead), depth + 1)
    return [lead + line for line in inner]


def _list(node: Node, look: Look, columns: int, depth: int) -> list[str]:
    lines: list[str] = []
    attrs = node["attrs"]
    number = attrs.get("start", 1)
    last = number + len(node["children"]) - 1
    for item in node["children"]:
        if attrs["ordered"]:
            sign = f"{number}.".rjust(len(f"{last}.")) + " "
        elif item["type"] == "task_list_item":
            sign = "☑ " if item["attrs"]["checked"] else "☐ "
        else:
            sign = _BULLETS[attrs.get("depth", 0) % 3] + " "
        number += 1
        room = columns - len(sign)
        if room < _NARROWEST:
            sign, room = "", columns
        body = _blocks(item["children"], look, room, depth + 1, tight=node["tight"])
        if lines and not node["tight"]:
            lines.append("")
        lines += [(sign if not at else " " * len(sign)) + line for at, line in enumerate(body or [""])]
    return lines


def _table(node: Node, look: Look, columns: int) -> list[str]:
    head, rows = [], []
    for part in node["children"]:
        if part["type"] == "table_head":
            head.append(_row(part, look))
        else:
            rows += [_row(row, look) for row in part["children"]]
    return tables.drawn([*head, *rows], len(head), look, columns)


def _row(node: Node, look: Look) -> list[tables.Cell]:
    return [(_inline(cell["children"], look), cell["attrs"]["align"] or "left") for cell in node["children"]]


def _inline(nodes: list[Node], look: Look) -> str:
    return "".join(_span(node, look) for node in nodes)


def _span(node: Node, look: Look) -> str:
    match node["type"]:
        case "text":
            return still(html.unescape(node["raw"]), colour=False)
        case "softbreak":
            return " "
        case "linebreak":
            return "\n"
        case "emphasis" | "strong" as kind:
            return look.paint(kind, _inline(node["children"], look))
        case "strikethrough":
            return look.paint("struck", _inline(node["children"], look))
        case "codespan":
            code = still(html.unescape(node["raw"]), colour=False)
            return look.paint("code", code) if look.colour else f"`{code}`"
        case "inline_math":
            return unicode_text(node["raw"])
        case "link":
            url, text = node["attrs"]["url"], _inline(node["children"], look)
            shown = look.link(url, text)
            known = look.links or url in (text, "mailto:" + text) or url.startswith("#")
            return shown if known else f"{shown} ({still(url, colour=False)})"
        case "image":
            return look.paint("emphasis", "▣ " + (_inline(node["children"], look) or node["attrs"]["url"]))
        case "inline_html":
            return "\n" if node["raw"].lower().startswith("<br") else ""
    return ""
