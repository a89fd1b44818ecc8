"""`NotebookRunner` for code that does not await: the same names, one line a method.

In the main thread of a program without a loop all happens there, and Ctrl-C ends the run in good order; inside a
running loop (a notebook's) it happens in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, Self, TypeVar

from antiphon_wire_protocol.client.portal import Portal

from ..conversion import Notebook
from .batch import Job, run_all
from .results import Execution, Failure
from .runner import NotebookRunner
from .stopping import stopped_by_signals

T = TypeVar("T")


def execute(notebook: Notebook, **options: Any) -> Notebook:
    """The executed notebook. `options` are those of `NotebookRunner`, thus of `ExecutionSettings`.

    Raises `ExecutionError` for what failed; `on_error="stop"` and ``"continue"`` return instead what has run.
    """
    return run(notebook, **options).notebook


def run(notebook: Notebook, **options: Any) -> Execution:
    """As `execute`, with all that came out of it."""
    return _finished(_run(NotebookRunner(notebook, **options)))


def execute_all(notebooks: Iterable[Notebook | Job], jobs: int = 1, **options: Any) -> list[Execution]:
    """Execute many, `jobs` at a time, as `batch.run_all` does; what came out of each, in their order."""
    return _finished(run_all(notebooks, jobs, **options))


class BlockingNotebookRunner:
    """One notebook on one kernel; ``with`` starts the kernel and ends it."""

    def __init__(self, notebook: Notebook, **options: Any) -> None:
        self._runner = NotebookRunner(notebook, **options)
        self._portal = Portal()

    @property
    def notebook(self) -> Notebook:
        return self._runner.notebook if self._portal.closed else self._portal.call(lambda: self._runner.notebook)

    @property
    def failures(self) -> tuple[Failure, ...]:
        return self._runner.failures

    def run(self) -> Execution:
        return self._portal.run(self._runner.run())

    def run_cell(self, index: int) -> Failure | None:
        return self._portal.run(self._runner.run_cell(index))

    def stop(self, reason: str = "interrupted", *, now: bool = False) -> None:
        """May be called from any thread but the loop's."""
        self._portal.call(lambda: self._runner.stop(reason, now=now))

    def __enter__(self) -> Self:
        try:
            self._portal.run(self._runner.__aenter__())
        except BaseException:
            self._portal.close()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        try:
            self._portal.run(self._runner.__aexit__(None, None, None))
        finally:
            self._portal.close()


async def _run(runner: NotebookRunner) -> Execution:
    with stopped_by_signals(runner.stop):
        return await runner.run()


def _finished(work: Coroutine[Any, Any, T]) -> T:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with Portal() as portal:
        return portal.run(work)
