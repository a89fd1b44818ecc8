"""Lines of ours (text, colours, links) laid into a width: at spaces where there are some, anywhere where not."""

from __future__ import annotations

import re

from .. import sgr, widths

_OPEN_LINK = re.compile(r"\x1b\]8;;[^\x1b]+\x1b\\")
_END_LINK = "\x1b]8;;\x1b\\"


def wrapped(text: str, columns: int, *, first: str = "", rest: str = "") -> list[str]:
    """Every line of `text` in rows of at most `columns` cells; `first` leads the first row, `rest` the others.

    Styles and links that go over a break are closed at it and opened again behind it.
    """
    rows: list[str] = []
    for line in text.split("\n"):
        lead = rest if rows else first
        if widths.visible_width(lead) >= columns:
            lead = ""
        follow = rest if widths.visible_width(rest) < columns else ""
        rows += _line(line, columns, lead, follow)
    return rows


def _line(line: str, columns: int, lead: str, follow: str) -> list[str]:
    if "\x1b" not in line and widths.width(line) + widths.visible_width(lead) <= columns:
        return [lead + line]
    rows: list[str] = []
    row, used, room = [lead], 0, columns - widths.visible_width(lead)
    following = columns - widths.visible_width(follow)
    style = link = ""

    def turn() -> None:
        nonlocal row, used, room
        rows.append("".join(row).rstrip(" ") + (sgr.RESET if style else "") + (_END_LINK if link else ""))
        row, used, room = [follow + link + style], 0, following

    gap = 0
    word: list[str] = []
    word_cells = 0

    def flush() -> None:
        """The word in hand goes to the row in hand, or to the next one."""
        nonlocal used, gap, word, word_cells, style, link
        if used and used + gap + word_cells > room:
            turn()
        elif gap:
            row.append(" " * min(gap, room - used))
            used += min(gap, room - used)
        gap = 0
        for piece in word:
            if piece[0] == "\x1b":
                row.append(piece)
                if piece[1] == "[":
                    style = sgr.change(style, piece[2:-1])
                elif piece[1] == "]":
                    link = piece if _OPEN_LINK.fullmatch(piece) else ""
                continue
            while piece:
                head, cells = widths.cut(piece, room - used)
                if not head:
                    if not used:
                        head, cells = piece[0], 0  # wider than the whole: it cannot be shown
                        piece = piece[1:]
                        continue
                    turn()
                    continue
                row.append(head)
                used += cells
                piece = piece[len(head) :]
        word, word_cells = [], 0

    for run, escape in widths.pieces(line):
        if escape:
            word.append(run)
            continue
        for part in re.split("( +)", run):
            if part.startswith(" "):
                flush()
                gap += len(part)
            elif part:
                word.append(part)
                word_cells += widths.width(part)
    flush()
    rows.append("".join(row))
    return rows


def fitted(text: str, cells: int, align: str = "left") -> str:
    """One line, filled up to exactly `cells`; what is longer is cut, with an ellipsis."""
    size = widths.visible_width(text)
    if size > cells:
        text = _cut(text, cells - 1) + "…" if cells else ""
        size = widths.visible_width(text)
    gap = cells - size
    if align == "right":
        return " " * gap + text
    if align == "center":
        return " " * (gap // 2) + text + " " * (gap - gap // 2)
    return text + " " * gap


def _cut(text: str, cells: int) -> str:
    out, style, link = [], "", False
    for run, escape in widths.pieces(text):
        if escape:
            out.append(run)
            if run[1] == "[":
                style = sgr.change(style, run[2:-1])
            else:
                link = bool(_OPEN_LINK.fullmatch(run))
            continue
        head, used = widths.cut(run, cells)
        out.append(head)
        cells -= used
        if head != run:
            break
    return "".join(out) + sgr.RESET * bool(style) + _END_LINK * link


def chopped(text: str, columns: int) -> list[str]:
    """Lines cut anywhere, and nothing lost: for code, where a space says something."""
    rows: list[str] = []
    for line in text.split("\n"):
        if "\x1b" not in line and widths.width(line) <= columns:
            rows.append(line)
            continue
        row, used, style = [""], 0, ""
        for run, escape in widths.pieces(line):
            if escape:
                row.append(run)
                style = sgr.change(style, run[2:-1]) if run[1] == "[" else style
                continue
            while run:
                head, cells = widths.cut(run, columns - used)
                if head:
                    row.append(head)
                    used += cells
                    run = run[len(head) :]
                elif used:
                    rows.append("".join(row) + sgr.RESET * bool(style))
                    row, used = [style], 0
                else:
                    run = run[1:]  # wider than the whole: it cannot be shown
        rows.append("".join(row) + sgr.RESET * bool(style))
    return rows
