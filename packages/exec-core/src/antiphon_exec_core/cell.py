"""What goes into the interpreter and what comes back: plain values, never changed once made."""

from __future__ import annotations

from typing import Any

from .values import Value


class Cell(Value):
    """A piece of text to run, and how.

    `silent` runs without result, history or count; `store_history=False` runs without history and keeps the count.
    `cell_id` and `metadata` are the frontend's and reach the `pre_run_cell` hooks.
    """

    __slots__ = __match_args__ = ("code", "silent", "store_history", "cell_id", "metadata")

    def __init__(
        self,
        code: str,
        silent: bool = False,
        store_history: bool = True,
        cell_id: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self.code = code
        self.silent = silent
        self.store_history = store_history and not silent
        self.cell_id = cell_id
        self.metadata = {} if metadata is None else metadata


class ErrorReport(Value):
    """An exception as data: `ename`, `evalue`, and a `traceback` of lines that may hold ANSI colours."""

    __slots__ = __match_args__ = ("ename", "evalue", "traceback")

    def __init__(self, ename: str, evalue: str, traceback: tuple[str, ...] = ()) -> None:
        self.ename = ename
        self.evalue = evalue
        self.traceback = traceback


class Outcome(Value):
    """How a cell ended.

    `value` is that of the last shown expression, `exception` what the user's code raised and `error` its report;
    `payload` holds what the cell asks of the frontend (`page`, `set_next_input`, `ask_exit`). `info` is what was known
    of the cell before it ran, a `RunInfo`; None for one that was blank.
    """

    __match_args__ = ("execution_count", "value", "error", "exception", "payload")
    __slots__ = (*__match_args__, "info")

    def __init__(
        self,
        execution_count: int | None = None,
        value: Any = None,
        error: ErrorReport | None = None,
        exception: BaseException | None = None,
        payload: tuple[dict[str, Any], ...] = (),
    ) -> None:
        self.execution_count = execution_count
        self.value = value
        self.error = error
        self.exception = exception
        self.payload = payload
        self.info: Any = None

    @property
    def ok(self) -> bool:
        return self.error is None
