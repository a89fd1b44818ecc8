"""Kernels that are started before they are needed. Each is used once: a notebook never meets another's variables."""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType
from typing import Self

from .kernels import KernelKey, KernelOrder, StartedKernel, carried_through


class KernelPool:
    """Warm kernels by kernelspec, folder and environment.

    With `ahead`, taking one starts the next `ahead` of its kind in the background; `prepare` does so for a kind that
    will be needed. Closing ends those that nobody took.
    """

    def __init__(self, *, ahead: int = 1, startup_timeout: float | None = 60.0) -> None:
        self.ahead = ahead
        self._timeout = startup_timeout
        self._starting: dict[KernelKey, deque[asyncio.Task[StartedKernel]]] = {}
        self._closed = False

    def prepare(self, order: KernelOrder, count: int = 1) -> None:
        """See to it that `count` of this kind are ready or about to be."""
        if self._closed:
            return
        tasks = self._starting.setdefault(order.key, deque())
        while len(tasks) < count:
            tasks.append(asyncio.get_running_loop().create_task(order.start(self._timeout)))

    async def take(self, order: KernelOrder) -> StartedKernel:
        """A kernel of this kind, the caller's to close; a warm one if there is one that still lives.

        Raises what `KernelOrder.start` raises.
        """
        tasks = self._starting.get(order.key, deque())
        if not tasks:
            self.prepare(order)
            tasks = self._starting[order.key]
        task = tasks.popleft()
        if self.ahead:
            self.prepare(order, self.ahead)
        try:
            kernel = await asyncio.shield(task)
        except asyncio.CancelledError:
            await carried_through(_end(task))
            raise
        if kernel.manager.alive:
            return kernel
        await kernel.close()
        return await order.start(self._timeout)

    async def close(self) -> None:
        """End all that is warm. Closing twice is no error."""
        self._closed = True
        waiting = [task for tasks in self._starting.values() for task in tasks]
        self._starting.clear()
        await carried_through(_end(*waiting))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


async def _end(*tasks: asyncio.Task[StartedKernel]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
    for task in tasks:
        # One that never came up is missed by nobody now.
        if not task.cancelled() and task.exception() is None:
            await task.result().close(now=True)
