"""What running code says, as values, and the `Outlet` it says it to.

The outlet of the running cell is kept in one context variable, so tasks and nested calls find theirs; a thread that
was started without a context speaks to the outlet that was bound last.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol, Union

from .values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .cell import ErrorReport

MimeBundle = dict[str, Any]


class Stream(Value):
    """Text written to `stdout` or `stderr`."""

    __slots__ = __match_args__ = ("name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text


class Display(Value):
    """A MIME bundle to show; with `update` it replaces what was shown under the same `display_id`."""

    __slots__ = __match_args__ = ("data", "metadata", "display_id", "update")

    def __init__(
        self,
        data: MimeBundle,
        metadata: dict[str, Any] | None = None,
        display_id: str | None = None,
        update: bool = False,
    ) -> None:
        self.data = data
        self.metadata = {} if metadata is None else metadata
        self.display_id = display_id
        self.update = update


class Result(Value):
    """The value of the last expression of cell `execution_count`, as a MIME bundle."""

    __slots__ = __match_args__ = ("execution_count", "data", "metadata")

    def __init__(self, execution_count: int, data: MimeBundle, metadata: dict[str, Any] | None = None) -> None:
        self.execution_count = execution_count
        self.data = data
        self.metadata = {} if metadata is None else metadata


class ClearOutput(Value):
    """Wipe the outputs of this cell; with `wait`, only when the next one comes."""

    __slots__ = __match_args__ = ("wait",)

    def __init__(self, wait: bool = False) -> None:
        self.wait = wait


class ErrorOutput(Value):
    """The cell, or a hook of it, raised."""

    __slots__ = __match_args__ = ("report",)

    def __init__(self, report: ErrorReport) -> None:
        self.report = report


Output = Union[Stream, Display, Result, ClearOutput, ErrorOutput]  # noqa: UP007  # `X | Y` of classes costs the same


class Outlet(Protocol):
    """Where running code speaks to: two methods, nothing else.

    One that has an attribute `asks_for_children`, and it is true, is asked what child processes read, too.
    """

    def emit(self, output: Output) -> None: ...

    def ask(self, prompt: str, password: bool = False) -> str:
        """One line from the user. Raises EOFError where there is nobody to ask."""
        ...


class TerminalOutlet:
    """The outlet of a program that set none: plain text to `sys.stdout`, questions to the terminal.

    An outlet with `is_terminal` writes where child processes write, and lets go of it inside `lend()`.
    """

    is_terminal = True

    def lend(self) -> AbstractContextManager[None]:
        """Nothing is held here."""
        return nullcontext()

    def emit(self, output: Output) -> None:
        match output:
            case Stream(name, text):
                (sys.stderr if name == "stderr" else sys.stdout).write(text)
            case Result(_, data, _) | Display(data, _, _, _):
                sys.stdout.write(str(data.get("text/plain", "")) + "\n")
            case ErrorOutput(report):
                sys.stderr.write("\n".join(report.traceback) + "\n")

    def ask(self, prompt: str, password: bool = False) -> str:
        if password:
            from getpass import getpass

            return getpass(prompt)
        return input(prompt)


_bound: ContextVar[Outlet | None] = ContextVar("antiphon_outlet", default=None)
_newest: Outlet = TerminalOutlet()


def current_outlet() -> Outlet:
    """The outlet of the cell this code belongs to."""
    outlet = _bound.get()
    return _newest if outlet is None else outlet


def bind_outlet(outlet: Outlet) -> Outlet:
    """Bind `outlet` in the current context, and as the one for threads without a context; the former newest returns."""
    global _newest
    former, _newest = _newest, outlet
    _bound.set(outlet)
    return former


@contextmanager
def use_outlet(outlet: Outlet) -> Iterator[Outlet]:
    """Speak to `outlet` inside the block, and to the former one after it."""
    global _newest
    former = _newest
    token = _bound.set(outlet)
    _newest = outlet
    try:
        yield outlet
    finally:
        _bound.reset(token)
        if _newest is outlet:
            _newest = former
