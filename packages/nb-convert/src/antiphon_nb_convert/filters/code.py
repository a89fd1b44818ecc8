"""Filters over code that need no colours."""

from __future__ import annotations


def ipython2python(code: str) -> str:
    """Interactive Python as plain Python: `%magic` and `!command` become the calls that they stand for."""
    from antiphon_exec_core.transformer import Transformer

    try:
        return Transformer().transform(code).rstrip("\n")
    except SyntaxError:
        return code


def fence(code: str) -> str:
    """Backticks enough to stand around this text in Markdown: more than it has in a row."""
    longest = run = 0
    for sign in code:
        run = run + 1 if sign == "`" else 0
        longest = max(longest, run)
    return "`" * max(3, longest + 1)


def fenced(code: str, language: str = "") -> str:
    """A fenced code block of Markdown."""
    sign = fence(code)
    return f"{sign}{''.join(language.split())}\n{code.rstrip(chr(10))}\n{sign}"


def asciidoc_block(code: str) -> str:
    """A listing block of AsciiDoc, its delimiters longer than any line of dashes in it."""
    longest = max((len(line) for line in code.splitlines() if line.strip("-") == ""), default=0)
    sign = "-" * max(4, longest + 1)
    return f"{sign}\n{code.rstrip(chr(10))}\n{sign}"
