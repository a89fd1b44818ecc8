"""Python lines in ANSI colours, for tracebacks: one regular expression, no lexer to import.

It colours what is certain from the words alone (keywords, names after `def`, texts, numbers, comments); a text over
several lines is coloured only where its line shows the quotes.
"""

from __future__ import annotations

import re
from keyword import kwlist

RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, GREY = (f"\x1b[{code}m" for code in (91, 32, 33, 94, 35, 36, 90))
BRIGHT_GREEN = "\x1b[92m"
BRIGHT_CYAN = "\x1b[96m"
MARKED, UNMARKED = "\x1b[30;43m", "\x1b[39;49m"
PLAIN = "\x1b[39m"

_word = re.compile(
    r"(?P<comment>\#.*)"
    r"|(?P<text>\b[rRbBuUfFtT]{0,2}(?:\"\"\".*?\"\"\"|'''.*?'''|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?:\"\"\".*?\"\"\"|'''.*?'''|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'))"
    r"|(?P<defined>(?<=\bdef )\w+|(?<=\bclass )\w+)"
    rf"|(?P<keyword>\b(?:{'|'.join(kwlist)})\b)"
    r"|(?P<decorator>^\s*@[\w.]+)"
    r"|(?P<number>\b\d[\w.]*)"
)
_COLOURS = {
    "comment": GREY,
    "text": YELLOW,
    "defined": BLUE,
    "keyword": GREEN,
    "decorator": MAGENTA,
    "number": CYAN,
}


def highlight(line: str) -> str:
    """One line in colours."""
    return _word.sub(lambda match: f"{_COLOURS[match.lastgroup or 'text']}{match[0]}{PLAIN}", line)


def mark(line: str, start: int, end: int) -> str:
    """One line in colours, its characters from `start` to `end` marked."""
    inner = line[start:end]
    if not inner.strip():
        return highlight(line)
    return f"{highlight(line[:start])}{MARKED}{inner}{UNMARKED}{highlight(line[end:])}"
