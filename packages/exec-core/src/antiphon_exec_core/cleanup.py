"""Takes away what is not the cell's own: blank first lines, a common indent, the prompts of a pasted session.

Each transform is a function that takes lines and gives lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Lines = list[str]
Transform = Callable[[Lines], Lines]


def leading_blank_lines(lines: Lines) -> Lines:
    """Remove blank lines before the first text."""
    for number, line in enumerate(lines):
        if line and not line.isspace():
            return lines[number:]
    return lines


def leading_indent(lines: Lines) -> Lines:
    """Remove the indent of the first line from every line."""
    if not lines:
        return lines
    first = lines[0]
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    if not indent:
        return lines
    width = len(indent)
    return [
        line[width:] if line.startswith(indent) else line.lstrip(" \t") if not line[:width].strip() else line
        for line in lines
    ]


def _prompts(first: re.Pattern[str], any_: re.Pattern[str]) -> Transform:
    def strip_prompts(lines: Lines) -> Lines:
        if not lines or lines[0].startswith("%%"):
            return lines
        if first.match(lines[0]) or (len(lines) > 1 and first.match(lines[1])):
            return [any_.sub("", line, count=1) for line in lines]
        return lines

    return strip_prompts


classic_prompt = _prompts(re.compile(r">>>( |$|(?=\S))"), re.compile(r"^(>>>|\.\.\.)( |$|(?=\S))"))
"""Remove `>>> ` and `... `, if the first line (or the second, after a clipped one) has a prompt."""

ipython_prompt = _prompts(
    re.compile(r"(\[\w+\] ?)?In \[\d+\]: "), re.compile(r"^((\[\w+\] ?)?In \[\d+\]: ?|(\[\w+\] ?)?\s*\.{3,}: ?)")
)
"""Remove `In [3]: ` and `   ...: `, with or without the mode that vi users see before it."""
