"""Text as Typst reads it: inside of a string, and as prose. Both keep every character but what no page can show."""

from __future__ import annotations

import re

_STRING = re.compile(r'[\\"\x00-\x1f\x7f]')
_PROSE = re.compile(r"[\\`*_{}\[\]()#+\-.!~$%^&@<>='\"/|:;,?]")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+")


def quoted(text: str) -> str:
    """A string literal."""

    def escape(match: re.Match[str]) -> str:
        char = match.group()
        return {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}.get(char) or f"\\u{{{ord(char):x}}}"

    return '"' + _STRING.sub(escape, text) + '"'


def quoted_lines(text: str) -> str:
    """A string literal that has a line of the source for each of its own.

    Typst quotes the line of the source with everything it has to say: long lines would make that long.
    """
    return '"' + "\n".join(quoted(line)[1:-1] for line in text.split("\n")) + '"'


def prose(text: str) -> str:
    """Text in markup: each sign of ASCII escaped where Typst could read something in it, white space to one blank."""
    return _PROSE.sub(lambda match: "\\" + match.group(), _BLANK.sub(" ", text))
