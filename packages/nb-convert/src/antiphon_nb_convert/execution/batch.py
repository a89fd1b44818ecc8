"""Many notebooks, several at a time, each on a kernel of its own that is warm when its turn comes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from antiphon_wire_protocol.errors import NoSuchKernel

from ..conversion import Notebook
from ..errors import ExecutionError
from .kernels import KernelKey, KernelOrder, order_for
from .pool import KernelPool
from .results import Execution
from .runner import NotebookRunner
from .settings import ExecutionSettings
from .stopping import stopped_by_signals


class Job(NamedTuple):
    """A notebook to run; `options` (those of `NotebookRunner`) come before what holds for all."""

    notebook: Notebook
    name: str = ""
    options: Mapping[str, Any] = {}


async def run_all(
    notebooks: Iterable[Notebook | Job], jobs: int = 1, *, ahead: int | None = None, **options: Any
) -> list[Execution]:
    """Run all, `jobs` at a time; what came out of each, in their order. `ahead` kernels are started beforehand for the
    notebooks that are next: one, or none where only one notebook runs at a time.

    A notebook that fails, or has no kernel, hinders no other, unless `on_error` is ``abort``: then the others are ended
    and it is raised. SIGINT and SIGTERM end all that run, and none is begun after.
    """
    listed = [job if isinstance(job, Job) else Job(job) for job in notebooks]
    ahead = (0 if jobs <= 1 else 1) if ahead is None else ahead
    timeout = options.get("startup_timeout", ExecutionSettings().startup_timeout)
    async with KernelPool(ahead=0, startup_timeout=timeout) as pool:
        batch = _Batch(listed, options, pool, ahead)
        with stopped_by_signals(batch.stop):
            await batch.run(max(1, jobs))
    return batch.results()


class _Batch:
    def __init__(self, jobs: Sequence[Job], options: Mapping[str, Any], pool: KernelPool, ahead: int) -> None:
        self._jobs = jobs
        self._runners = {  # those that have not begun; one that has ended is not kept
            position: NotebookRunner(job.notebook, **{"name": job.name, "pool": pool, **options, **job.options})
            for position, job in enumerate(jobs)
        }
        self._pool = pool
        self._ahead = ahead
        self._next = 0
        self._results: dict[int, Execution] = {}
        self._running: set[NotebookRunner] = set()
        self._stopping = ""
        self._first: ExecutionError | None = None

    async def run(self, jobs: int) -> None:
        workers = [asyncio.ensure_future(self._work()) for _ in range(min(jobs, len(self._jobs)))]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        if self._first is not None:
            raise self._first

    def stop(self, reason: str, *, now: bool) -> None:
        self._stopping = reason
        for runner in tuple(self._running):
            runner.stop(reason, now=now)

    def results(self) -> list[Execution]:
        return [self._results[position] for position in range(len(self._jobs))]

    async def _work(self) -> None:
        """Take one after the other, until there are no more."""
        while self._next < len(self._jobs):
            position, self._next = self._next, self._next + 1
            if not self._stopping:
                self._prepare(position)
            runner = self._runners.pop(position)
            if self._stopping:
                runner.stop(self._stopping)
            self._running.add(runner)
            try:
                self._results[position] = await runner.run()
            except ExecutionError as error:
                self._results[position] = runner.execution or Execution(
                    error.notebook, runner.failures, "", 0, 0.0, runner.name
                )
                if runner.settings.on_error == "abort" and self._first is None:
                    self._first = error
                    self.stop("another notebook failed", now=False)
            finally:
                self._running.discard(runner)

    def _prepare(self, position: int) -> None:
        """Start the kernels of this one and of those that are next."""
        counts: dict[KernelKey, tuple[KernelOrder, int]] = {}
        for each in range(position, min(position + 1 + self._ahead, len(self._jobs))):
            try:
                order = order_for(self._jobs[each].notebook, self._runners[each].settings)
            except NoSuchKernel:
                continue  # its own run will tell
            counts[order.key] = (order, counts.get(order.key, (order, 0))[1] + 1)
        for order, count in counts.values():
            self._pool.prepare(order, count)
