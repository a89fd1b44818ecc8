"""The pretty printer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from antiphon_exec_core.display import current_displayer
from antiphon_exec_core.pretty import CallExpression, PrettyPrinter, RawText, pretty

MAX_SEQ_LENGTH = 1000
MAX_WIDTH = 79
RepresentationPrinter = PrettyPrinter
RawStringLiteral = RawText

__all__ = [
    "MAX_SEQ_LENGTH",
    "CallExpression",
    "PrettyPrinter",
    "RawStringLiteral",
    "RawText",
    "RepresentationPrinter",
    "for_type",
    "for_type_by_name",
    "pprint",
    "pretty",
]


def pprint(obj: Any, verbose: bool = False, max_width: int = MAX_WIDTH, newline: str = "\n", **_: Any) -> None:
    """Print an object, laid out."""
    sys.stdout.write(pretty(obj, max_width=max_width) + newline)
    sys.stdout.flush()


def for_type(typ: type, func: Callable[..., Any] | None) -> Callable[..., Any] | None:
    """Print this type by `func(obj, printer, cycle)` from now on; the former one returns."""
    return current_displayer().formatters["text/plain"].for_type(typ, func)


def for_type_by_name(type_module: str, type_name: str, func: Callable[..., Any] | None) -> Callable[..., Any] | None:
    """The same for a type that need not be imported yet."""
    return current_displayer().formatters["text/plain"].for_type_by_name(type_module, type_name, func)
