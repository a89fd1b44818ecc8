"""Where in a cell the cursor stands: inside a string, a comment, which brackets, behind which expression. Text only.

Nothing is parsed, since the text around a cursor is seldom valid; one pass by regular expression over strings,
comments and brackets. Positions are code points.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_INTERESTING = re.compile(r"""#[^\n]*|(?:\b[rRbBuUfF]{1,2})?(\"\"\"|'''|"|')|[()\[\]{}]""")
_CLOSING = {
    '"""': re.compile(r'(?:[^\\"]|\\.|"(?!""))*"""', re.S),
    "'''": re.compile(r"(?:[^\\']|\\.|'(?!''))*'''", re.S),
    '"': re.compile(r'(?:[^\\"\n]|\\.)*(?:"|(?=\n))', re.S),
    "'": re.compile(r"(?:[^\\'\n]|\\.)*(?:'|(?=\n))", re.S),
}
_PAIRS = {")": "(", "]": "[", "}": "{"}


class Cursor(NamedTuple):
    """The surroundings of a position in a cell."""

    text: str
    """The whole cell."""
    position: int
    before: str
    """The cell up to the cursor."""
    line: str
    """The line up to the cursor."""
    word: str
    """The part of an identifier that ends at the cursor, perhaps empty."""
    string_start: int | None
    """Where the text of the string begins that the cursor is in, behind its quote; None outside of strings."""
    quote: str
    """The opening quote of that string."""
    in_comment: bool
    brackets: tuple[int, ...]
    """Positions of the brackets still open, outermost first."""

    @property
    def word_start(self) -> int:
        return self.position - len(self.word)


def word_before(text: str, end: int) -> str:
    """The identifier characters directly before `end`."""
    start = end
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    return text[start:end]


def read_cursor(text: str, position: int) -> Cursor:
    """Look around `position`; a position outside of the text is moved to its end."""
    position = max(0, min(position, len(text)))
    before = text[:position]
    brackets: list[int] = []
    string_start: int | None = None
    quote = ""
    in_comment = False
    at = 0
    while match := _INTERESTING.search(before, at):
        found = match[0]
        at = match.end()
        if found[0] == "#":
            in_comment = at == position
        elif match[1]:
            closing = _CLOSING[match[1]].match(before, at)
            if closing is None:
                field = _open_field(before[at:]) if "f" in found.lower() else None
                if field is None:
                    string_start, quote = at, match[1]
                    break
                at += field  # inside the braces of an f-string stands code
                continue
            at = closing.end()
        elif found in "([{":
            brackets.append(match.start())
        elif brackets and before[brackets[-1]] == _PAIRS[found]:
            brackets.pop()
    return Cursor(
        text,
        position,
        before,
        before[before.rfind("\n") + 1 :],
        word_before(before, position),
        string_start,
        quote,
        in_comment,
        tuple(brackets),
    )


def _open_field(text: str) -> int | None:
    """Where, in the text of an f-string, the replacement field begins that its end is in; None outside of fields."""
    opened: list[int] = []
    at = 0
    while at < len(text):
        if text[at] == "{":
            if not opened and text.startswith("{{", at):
                at += 2
                continue
            opened.append(at + 1)
        elif text[at] == "}" and opened:
            opened.pop()
        at += 1
    return opened[-1] if opened else None


def expression_before(text: str, end: int) -> str:
    """The primary expression (names, dots, calls, subscripts, one string) that ends exactly at `end`; "" if none."""
    at = end
    while at:
        char = text[at - 1]
        if char.isalnum() or char == "_":
            at -= len(word_before(text, at))
        elif char in _PAIRS:
            opening = _opening(text, at - 1)
            if opening is None:
                return ""
            at = opening
            if at and (text[at - 1].isalnum() or text[at - 1] in "_)]}"):
                continue
        elif char in "\"'":
            opening = _string_opening(text, at - 1)
            if opening is None:
                return ""
            return text[opening:end]
        else:
            return ""
        if at and text[at - 1] == "." and not text[at:end].isdigit():
            at -= 1
            continue
        break
    return text[at:end].strip()


def _opening(text: str, closing: int) -> int | None:
    """Position of the bracket that the one at `closing` closes."""
    depth = 0
    at = closing
    while at >= 0:
        char = text[at]
        if char in ")]}":
            depth += 1
        elif char in "([{":
            depth -= 1
            if depth == 0:
                return at
        elif char in "\"'":
            opening = _string_opening(text, at)
            if opening is None:
                return None
            at = opening
        at -= 1
    return None


def _string_opening(text: str, closing: int) -> int | None:
    """Position of the quote that opens the string whose last quote is at `closing`; strings of one line only."""
    quote = text[closing]
    at = text.rfind(quote, 0, closing)
    while at > 0 and text[at - 1] == "\\":
        at = text.rfind(quote, 0, at)
    return at if at >= 0 else None


def callee_before(cursor: Cursor) -> tuple[str, int] | None:
    """The expression called by the innermost open parenthesis and that parenthesis' position."""
    for opening in reversed(cursor.brackets):
        if cursor.text[opening] == "(":
            expression = expression_before(cursor.text, opening)
            if expression:
                return expression, opening
    return None


_PARTS = re.compile(_INTERESTING.pattern + r"|,")
_KEYWORD = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)")


def argument_begun(text: str) -> tuple[int, str]:
    """Of the text between a call's parenthesis and the cursor: how many arguments are finished, and the keyword of the
    one that is being typed, "" for none."""
    count = begin = at = depth = 0
    while match := _PARTS.search(text, at):
        at = match.end()
        if match[1]:
            closing = _CLOSING[match[1]].match(text, at)
            if closing is None:
                break
            at = closing.end()
        elif match[0] in "([{":
            depth += 1
        elif match[0] in ")]}":
            depth -= 1
        elif match[0] == "," and not depth:
            count, begin = count + 1, at
    keyword = _KEYWORD.match(text, begin)
    return count, keyword[1] if keyword else ""


def name_at(text: str, position: int) -> str:
    """The dotted expression a question at `position` is about: the one at the cursor, else the function being called.

    The keyword of a `keyword=value` argument is not a name; the call it belongs to is meant then.
    """
    position = max(0, min(position, len(text)))
    end = position
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    expression = expression_before(text, end)
    if expression and not expression[0].isdigit() and not expression.endswith((")", "]", "}", '"', "'")):
        rest = text[end:].lstrip(" ")
        if not (rest.startswith("=") and not rest.startswith("==") and read_cursor(text, position).brackets):
            magic = text[: end - len(expression)]
            percents = len(magic) - len(magic.rstrip("%"))
            return "%" * min(percents, 2) + expression if _line_begins(magic[: len(magic) - percents]) else expression
    callee = callee_before(read_cursor(text, position))
    if callee:
        return callee[0]
    return expression_before(text, position)


def _line_begins(text: str) -> bool:
    return not text[text.rfind("\n") + 1 :].strip()
