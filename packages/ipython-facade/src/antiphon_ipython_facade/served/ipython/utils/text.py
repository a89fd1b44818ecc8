"""Texts."""

from __future__ import annotations

import string
import textwrap
from typing import Any

from antiphon_exec_core.shell_escape import StringList as SList


class LSString(str):
    """A text with its lines at hand: `.l` list, `.n` text, `.s` on one line."""

    @property
    def l(self) -> list[str]:  # noqa: E743
        return self.split("\n")

    @property
    def n(self) -> str:
        return self

    @property
    def s(self) -> str:
        return self.replace("\n", " ")


def indent(instr: str, nspaces: int = 4, ntabs: int = 0, flatten: bool = False) -> str:
    margin = "\t" * ntabs + " " * nspaces
    return "\n".join(margin + (line.lstrip() if flatten else line) for line in instr.split("\n"))


def dedent(text: str) -> str:
    """As textwrap's, but the first line may stand out."""
    if text.startswith("\n"):
        return textwrap.dedent(text)
    first, newline, rest = text.partition("\n")
    return first + newline + textwrap.dedent(rest) if newline else textwrap.dedent(first)


def columnize(items: list[str], row_first: bool = False, separator: str = "  ", displaywidth: int = 80) -> str:
    """Items in as many columns as fit."""
    if not items:
        return "\n"
    widest = max(map(len, items)) + len(separator)
    across = max(1, displaywidth // widest)
    down = -(-len(items) // across)
    rows = (
        [items[at * across : (at + 1) * across] for at in range(down)]
        if row_first
        else [items[at::down] for at in range(down)]
    )
    return (
        "\n".join(separator.join(item.ljust(widest - len(separator)) for item in row).rstrip() for row in rows) + "\n"
    )


def get_text_list(list_: list[str], last_sep: str = " and ", sep: str = ", ", wrap_item_with: str = "") -> str:
    """`a, b and c`."""
    items = [f"{wrap_item_with}{item}{wrap_item_with}" for item in list_]
    return last_sep.join([sep.join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def strip_email_quotes(text: str) -> str:
    return textwrap.dedent("\n".join(line.removeprefix(">") for line in text.split("\n")))


def marquee(txt: str = "", width: int = 78, mark: str = "*") -> str:
    return f" {txt} ".center(width, mark) if txt else (mark * width)[:width]


class FullEvalFormatter(string.Formatter):
    """Fields are expressions."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        return eval(field_name, {"__builtins__": __builtins__}, dict(kwargs)), field_name


EvalFormatter = FullEvalFormatter

__all__ = [
    "EvalFormatter",
    "FullEvalFormatter",
    "LSString",
    "SList",
    "columnize",
    "dedent",
    "get_text_list",
    "indent",
    "marquee",
    "strip_email_quotes",
]
