"""Tokens as Markdown again, tidy: what is read from it is what was read before. HTML in it stays as it is.

So tables and prose that came as HTML can be written as Markdown, and addresses of pictures changed on the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from .tables import Grid, grid

if TYPE_CHECKING:
    from .parsing import Token

Resolver: TypeAlias = Callable[[str], str | None]
"""From the address of an image or a link to the one to write; None: there is none, its text stays."""

_SIGNS = re.compile(
    r"[\\`*\[\]<$~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w{1,40};)|:(?=//)|(?<=\bwww)\.|(?<=\bmailto):|!(?=\[|\Z)",
    re.IGNORECASE,
)
_START = re.compile(r"[#>+\-=|:](?=.*)|[0-9]{1,9}(?=[.)])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def to_markdown(tokens: Iterable[Token], *, image: Resolver | None = None, link: Resolver | None = None) -> str:
    """The Markdown of these tokens; `image` and `link` find addresses."""
    made = _Writer(image, link).blocks(list(tokens))
    return made + "\n" if made else ""


def escape(text: str) -> str:
    """Text that stands for itself within a line."""
    return _SIGNS.sub(lambda match: "\\" + match[0], _CONTROLS.sub("", text)).replace("\n", "&#10;")


class _Writer:
    def __init__(self, image: Resolver | None, link: Resolver | None) -> None:
        self._image = image
        self._link = link

    # -- blocks --------------------------------------------------------------------------------------------------------

    def blocks(self, tokens: list[Token], is_tight: bool = False) -> str:
        parts: list[str] = []
        before: Token | None = None
        other = False
        for token in tokens:
            kind = token["type"]
            if before is not None and before["type"] == kind == "list":
                same = before["attrs"]["ordered"] == token["attrs"]["ordered"]
                other = same and not other
            else:
                other = False
            made = self._list(token, other) if kind == "list" else self._block(token)
            if not made:
                continue
            if before is not None:
                if kind == before["type"] == "block_quote":
                    parts.append("\n\n<!-- -->\n\n")  # or they would be one
                else:
                    runs_on = kind == "block_text" and before["type"] not in ("block_code", "heading", "thematic_break")
                    parts.append("\n" if is_tight and not runs_on else "\n\n")
            parts.append(made)
            before = token
        return "".join(parts)

    def _block(self, token: Token) -> str:
        kind = token["type"]
        if kind in ("paragraph", "block_text"):
            return _started(self.inline(token["children"]))
        if kind == "heading":
            inside = " ".join(self.inline(token["children"]).replace("\\\n", " ").split())
            inside = inside[:-1] + "\\#" if inside.endswith("#") and not inside.endswith("\\#") else inside
            return f"{'#' * token['attrs']['level']} {inside}".rstrip()
        if kind == "block_code":
            return fenced(token["raw"], token.get("attrs", {}).get("info", ""))
        if kind == "block_math":
            if token.get("attrs", {}).get("environment"):
                return str(token["raw"])
            return f"$$\n{token['raw'].strip()}\n$$" if token["raw"].strip() else ""
        if kind == "block_quote":
            inside = self.blocks(token["children"])
            return "\n".join(f"> {line}".rstrip() for line in inside.split("\n"))
        if kind == "block_html":
            return str(token["raw"]).strip("\n")
        if kind == "thematic_break":
            return "---"
        if kind == "table":
            return self._table(grid(token))
        if kind == "footnotes":
            return "\n\n".join(
                f"[^{item['attrs']['key']}]: {_indented(self.blocks(item['children']), 4).lstrip(' ')}".rstrip()
                for item in token["children"]
            )
        return self.blocks(token["children"]) if "children" in token else self.inline([token])

    def _list(self, token: Token, other: bool) -> str:
        """`other`: with the other mark, since a list of the same kind stands before."""
        attrs = token["attrs"]
        tight = bool(token.get("tight", True))
        items = []
        for number, item in enumerate(token["children"], attrs.get("start", 1)):
            mark = f"{number}{')' if other else '.'} " if attrs["ordered"] else ("* " if other else "- ")
            body = self.blocks(item["children"], is_tight=tight)
            if body.startswith("---"):  # in one line with the mark, that would be a break by itself
                body = f"___{body[3:]}"
            if item["type"] == "task_list_item":
                body = f"[{'x' if item['attrs']['checked'] else ' '}] {body}"
            items.append((mark + _indented(body, len(mark)).lstrip(" ")).rstrip())
        return ("\n" if tight else "\n\n").join(items)

    def _table(self, found: Grid) -> str:
        rows = found.filled()
        if not rows or not found.columns:
            return ""
        lines = []
        for number, row in enumerate(rows):
            cells = []
            for cell in row:
                inside = self._cell(cell.children) if cell is not None else ""
                is_marked = cell is not None and cell.head and inside and number and number < found.heads
                cells.append(f"**{inside}**" if is_marked else inside)
            lines.append(f"| {' | '.join(cells)} |")
        if not found.heads:
            lines.insert(0, f"|{'  |' * found.columns}")
        aligns = [cell.align if cell is not None else None for cell in rows[-1]]
        rule = {"left": ":--", "right": "--:", "center": ":-:", None: "---"}
        lines.insert(1, f"| {' | '.join(rule[align] for align in aligns)} |")
        made = "\n".join(lines)
        return f"{self._cell(found.caption)}\n\n{made}" if found.caption else made

    def _cell(self, tokens: list[Token]) -> str:
        made = self.inline(tokens).replace("\\\n", "<br>")
        return re.sub(r"(?<!\\)\|", r"\\|", " ".join(made.split("\n"))).strip()

    # -- inline --------------------------------------------------------------------------------------------------------

    def inline(self, tokens: list[Token], style: tuple[str, ...] = ()) -> str:
        """Inline tokens; emphasis as HTML where signs would not be read as such beside what stands there."""
        made = [self._inline(token, style) for token in tokens]
        out = ""
        for number, token in enumerate(tokens):
            kind = token["type"]
            if kind in _MARKS and made[number]:
                inside = made[number]
                after = next((part for part in made[number + 1 :] if part), "")
                out += _marked(kind, inside, out[-1:], after[:1], style)
            else:
                out += made[number]
        return out

    def _inline(self, token: Token, style: tuple[str, ...]) -> str:
        kind = token["type"]
        if kind == "text":
            return escape(token["raw"])
        if kind == "softbreak":
            return "\n"
        if kind == "linebreak":
            return "\\\n"
        if kind == "codespan":
            return _code(token["raw"])
        if kind in _MARKS:
            return self.inline(token["children"], (*style, kind))
        if kind in _TAGS:
            return f"<{_TAGS[kind]}>{self.inline(token['children'], style)}</{_TAGS[kind]}>"
        if kind == "inline_math":
            return f"${token['raw']}$"
        if kind == "block_math":
            return str(token["raw"]) if token.get("attrs", {}).get("environment") else f"$${token['raw'].strip()}$$"
        if kind == "inline_html":
            return str(token["raw"])
        if kind == "link":
            return self._anchor(token, style)
        if kind == "image":
            return self._picture(token)
        if kind == "footnote_ref":
            return f"[^{token['raw']}]"
        return self.inline(token["children"], style) if "children" in token else escape(token.get("raw", ""))

    def _anchor(self, token: Token, style: tuple[str, ...]) -> str:
        attrs = token["attrs"]
        url: str | None = attrs["url"]
        if self._link is not None and url is not None:
            url = self._link(url)
        inside = self.inline(token["children"], style)
        if url is None:
            return inside
        text = token["children"][0].get("raw") if len(token["children"]) == 1 else None
        if text == url and "title" not in attrs and re.fullmatch(r"[a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^\s<>]*", url):
            return f"<{url}>"
        return f"[{inside}]({_target(url, attrs.get('title'))})"

    def _picture(self, token: Token) -> str:
        attrs = token["attrs"]
        url: str | None = attrs["url"]
        if self._image is not None and url is not None:
            url = self._image(url)
        alternative = self.inline(token["children"])
        if url is None:
            return alternative
        return f"![{alternative}]({_target(url, attrs.get('title'))})"


_MARKS = {"emphasis": ("*", "_", "em"), "strong": ("**", "__", "strong"), "strikethrough": ("~~", "~~", "del")}
_TAGS = {"superscript": "sup", "subscript": "sub", "underline": "u"}


def _marked(kind: str, inside: str, before: str, after: str, style: tuple[str, ...]) -> str:
    """Emphasis by CommonMark's rule of flanking (6.2); as tags where it would not hold."""
    first, second, tag = _MARKS[kind]
    sign = second if kind in style else first
    inner, last = inside[0], inside[-1]
    opens = not inner.isspace() and (not _is_sign(inner) or not before or before.isspace() or _is_sign(before))
    closes = not last.isspace() and (not _is_sign(last) or not after or after.isspace() or _is_sign(after))
    clear = all(char not in "*_~" or char == "" for char in (before, after, inner, last))
    if sign[0] == "_":
        clear = clear and not (before.isalnum() or after.isalnum())
    nested = style.count(kind) > 1 or (kind == "strikethrough" and kind in style)
    if opens and closes and clear and not nested:
        return f"{sign}{inside}{sign}"
    return f"<{tag}>{inside}</{tag}>"


def _is_sign(char: str) -> bool:
    return bool(char) and not char.isalnum() and not char.isspace()


def _target(url: str, title: str | None) -> str:
    if not url or re.search(r"[\s()<>\\]", url):
        url = "<" + re.sub(r"[<>\\]", lambda match: "\\" + match[0], url.replace("\n", "%0A")) + ">"
    if title is None:
        return url
    said = re.sub(r'["\\]|&(?=#?\w{1,40};)', lambda match: "\\" + match[0], title)
    return f'{url} "{said}"'


def _code(raw: str) -> str:
    text = raw.replace("\n", " ")
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    sign = "`" * (longest + 1 if longest else 1)
    while re.search(rf"(?<!`){sign}(?!`)", text):
        sign += "`"
    is_padded = text[:1] == "`" or text[-1:] == "`" or (text[:1] == text[-1:] == " " and text.strip(" "))
    return f"{sign} {text} {sign}" if is_padded else f"{sign}{text}{sign}"


def fenced(code: str, info: str = "") -> str:
    """A fenced block of code, its fence longer than any in it."""
    mark = "~" if "`" in info else "`"
    longest = max((len(run) for run in re.findall(rf"{mark}+", code)), default=0)
    sign = mark * max(3, longest + 1)
    ending = "" if code.endswith("\n") or not code else "\n"
    return f"{sign}{info}\n{code}{ending}{sign}"


def _started(text: str) -> str:
    """Lines that cannot be taken for the beginning of another block."""
    lines = []
    for line in text.split("\n"):
        line = line.strip(" \t")
        match = _START.match(line)
        if match:
            line = f"{match[0]}\\{line[match.end() :]}" if match[0].isdigit() else f"\\{line}"
        lines.append(line)
    return "\n".join(lines)


def _indented(text: str, by: int) -> str:
    blank = " " * by
    return "\n".join(blank + line if line else "" for line in text.split("\n"))
