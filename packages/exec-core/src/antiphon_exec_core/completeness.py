"""Is a text complete, and if not, how far is its next line to be indented?

The compiler itself is asked, so this module holds no grammar; only the rules by which a person at a prompt says
"that is all": a block ends with a blank line, a cell magic too.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable

_AST, _FLAGS = 0x400, 0x2000 | 0x4000  # ONLY_AST; ALLOW_TOP_LEVEL_AWAIT, ALLOW_INCOMPLETE_INPUT
_opening = re.compile(r":\s*(?:#.*)?$")


def check(code: str, transform: Callable[[str], str]) -> tuple[str, str | None]:
    """`("complete" | "incomplete" | "invalid", indent)` of a cell; `transform` makes Python of it."""
    text = code.replace("\r\n", "\n")
    if not text.strip():
        return "complete", None
    lines = text.split("\n")
    first = next(line for line in lines if line.strip())
    if first.lstrip().startswith("%%"):
        if lines[-1].strip() or (len(lines) > 1 and lines[-2].strip()) or len(lines) < 3:
            return "incomplete", _indent(lines)
        return "complete", None
    if text.rstrip("\n").endswith("\\"):
        return "incomplete", ""
    try:
        python = transform(text + "\n" if not text.endswith("\n") else text)
    except SyntaxError:
        return "invalid", None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)
            tree = compile(python, "<is this complete?>", "exec", _FLAGS | _AST, True)
            compile(tree, "<is this complete?>", "exec", _FLAGS, True)  # finds `return` outside a function
    except SyntaxError as error:
        unfinished = str(error.msg) in ("incomplete input", "expected an indented block") or (
            type(error).__name__ == "_IncompleteInputError"
        )
        if not unfinished and error.msg is not None and error.msg.startswith("expected an indented block"):
            unfinished = error.lineno is not None and error.lineno >= len(python.split("\n")) - 1
        return ("incomplete", _indent(lines)) if unfinished else ("invalid", None)
    except (ValueError, OverflowError, MemoryError, RecursionError):
        return "invalid", None
    body = tree.body
    if body and lines[-1].strip() and hasattr(body[-1], "body") and body[-1].end_lineno > body[-1].lineno:
        return "incomplete", _indent(lines)
    return "complete", None


def _indent(lines: list[str]) -> str:
    """The indent of a line after these, in spaces."""
    last = next((line for line in reversed(lines) if line.strip()), "")
    if last.lstrip().startswith("%%"):
        return ""
    if not _opening.search(last):
        return _blank(last)
    # the header may have begun lines ago: go back until its brackets are balanced
    depth = 0
    for line in reversed(lines):
        depth += sum(map(line.count, ")]}")) - sum(map(line.count, "([{"))
        if line.strip() and depth <= 0:
            return _blank(line) + "    "
    return _blank(last) + "    "


def _blank(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))].replace("\t", "    ")
