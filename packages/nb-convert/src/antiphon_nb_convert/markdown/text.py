"""Tokens as plain text for people: no marks but those that a reader needs, lines as long as they are."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .html_fragments import resolved
from .tables import Grid, grid

if TYPE_CHECKING:
    from .parsing import Token


def to_text(tokens: Iterable[Token]) -> str:
    """The text of these tokens: titles underlined, lists with their marks, links with their addresses behind."""
    made = _blocks(resolved(list(tokens)))
    return made + "\n" if made else ""


def columns_of(text: str) -> int:
    """How many columns of a terminal a text takes: two for a wide sign, none for one that combines."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _blocks(tokens: list[Token], is_tight: bool = False) -> str:
    made = [_block(token) for token in tokens]
    return ("\n" if is_tight else "\n\n").join(text for text in made if text)


def _block(token: Token) -> str:
    kind = token["type"]
    if kind in ("paragraph", "block_text"):
        return _inline(token["children"]).strip()
    if kind == "heading":
        title = " ".join(_inline(token["children"]).split())
        sign = {1: "=", 2: "-"}.get(token["attrs"]["level"])
        return f"{title}\n{sign * columns_of(title)}" if sign and title else title
    if kind == "block_code":
        return _indented(token["raw"].rstrip("\n"), 4)
    if kind == "block_math":
        return _indented(token["raw"].strip(), 4)
    if kind == "block_quote":
        return "\n".join(f"> {line}".rstrip() for line in _blocks(token["children"]).split("\n"))
    if kind == "list":
        return _list(token)
    if kind == "table":
        return _table(grid(token))
    if kind == "thematic_break":
        return "-" * 20
    if kind == "footnotes":
        notes = ((f"[{item['attrs']['index']}] ", _blocks(item["children"])) for item in token["children"])
        return "\n".join((mark + _indented(body, len(mark)).lstrip(" ")).rstrip() for mark, body in notes)
    return _blocks(token["children"]) if "children" in token else _inline([token])


def _list(token: Token) -> str:
    tight = bool(token.get("tight", True))
    items = []
    for number, item in enumerate(token["children"], token["attrs"].get("start", 1)):
        mark = f"{number}. " if token["attrs"]["ordered"] else "- "
        body = _blocks(item["children"], tight)
        if item["type"] == "task_list_item":
            body = f"[{'x' if item['attrs']['checked'] else ' '}] {body}"
        items.append((mark + _indented(body, len(mark)).lstrip(" ")).rstrip())
    return ("\n" if tight else "\n\n").join(items)


def _table(found: Grid) -> str:
    """Columns side by side, a line of dashes below the head."""
    rows = [
        [" ".join(_inline(cell.children).split()) if cell is not None else "" for cell in row] for row in found.filled()
    ]
    if not rows or not found.columns:
        return ""
    widths = [max(columns_of(row[column]) for row in rows) for column in range(found.columns)]
    aligns: list[str | None] = [None] * found.columns
    for _, column, cell in found.placed():
        if cell.colspan == 1:
            aligns[column] = cell.align
    lines = []
    for row in rows:
        cells = []
        for text, width, align in zip(row, widths, aligns, strict=True):
            spare = width - columns_of(text)
            before = spare if align == "right" else spare // 2 if align == "center" else 0
            cells.append(" " * before + text + " " * (spare - before))
        lines.append("  ".join(cells).rstrip())
    if found.heads:
        lines.insert(found.heads, "  ".join("-" * width for width in widths))
    caption = _inline(found.caption)
    return "\n".join([caption, *lines] if caption else lines)


def _inline(tokens: list[Token]) -> str:
    parts = []
    for token in tokens:
        kind = token["type"]
        if kind in ("softbreak", "linebreak"):
            parts.append("\n")
        elif kind == "link":
            inside, url = _inline(token["children"]), token["attrs"]["url"]
            is_told = not url or url.startswith("#") or url in (inside, f"mailto:{inside}")
            parts.append(inside if is_told else f"{inside} ({url})")
        elif kind == "image":
            inside = _inline(token["children"])
            parts.append(f"[{inside or token['attrs']['url'][:200]}]")
        elif kind == "footnote_ref":
            parts.append(f"[{token['attrs']['index']}]")
        elif kind in ("superscript", "subscript"):
            inside = _inline(token["children"])
            parts.append(f"{'^' if kind == 'superscript' else '_'}{inside}")
        elif "children" in token:
            parts.append(_inline(token["children"]))
        else:
            parts.append(token.get("raw", ""))
    return "".join(parts)


def _indented(text: str, by: int) -> str:
    blank = " " * by
    return "\n".join(blank + line if line else "" for line in text.split("\n"))
