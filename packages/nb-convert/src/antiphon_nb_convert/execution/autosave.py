"""A run that is saved while it goes on: after each cell, and now and then within a long one.

Saving never holds up the run: it happens in a thread, on a copy, and not again before it has paid off.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from ..conversion import Notebook
from .kernels import carried_through
from .runner import NotebookRunner

SHARE = 0.25
"""The part of the time that saving may take."""


@asynccontextmanager
async def autosaved(
    runner: NotebookRunner, save: Callable[[Notebook], object], *, every: float = 30.0
) -> AsyncIterator[None]:
    """While open, `save` is called in a thread with what has run: when a cell has ended, and each `every` seconds.

    On the way out it is called once more, whatever has happened. What `save` raises is raised at the end.
    """
    task = asyncio.ensure_future(_serve(runner, save, every))
    try:
        yield
    finally:
        task.cancel()
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        finally:
            await carried_through(asyncio.to_thread(save, runner.notebook))


async def _serve(runner: NotebookRunner, save: Callable[[Notebook], object], every: float) -> None:
    rest = 0.0
    while True:
        await asyncio.sleep(rest)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(runner.cell_ended.wait(), every)
        runner.cell_ended.clear()
        began = time.monotonic()
        # Two threads at one file would leave half of it: a save that has begun is waited for, whatever happens.
        await carried_through(asyncio.to_thread(save, runner.notebook))
        taken = time.monotonic() - began
        rest = taken * (1 - SHARE) / SHARE
