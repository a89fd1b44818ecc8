"""What the main thread does between cells: wait for the next job.

Plain kernels wait on a queue. Once an asyncio loop is attached, the waiting is done inside it, so tasks that
a cell has left behind go on running. asyncio itself is never imported here before somebody needs it.
"""

from __future__ import annotations

from collections.abc import Coroutine
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")


class MainLoop(Generic[T]):
    """A queue of jobs and, if need be, the event loop that runs while it is empty."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[T] = SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._arrival: asyncio.Future[None] | None = None
        self._own: asyncio.AbstractEventLoop | None = None

    def put(self, job: T) -> None:
        """Queue a job. Any thread."""
        self._jobs.put(job)
        loop = self._loop
        if loop is not None:
            try:
                loop.call_soon_threadsafe(self._arrived)
            except RuntimeError:
                # The loop was closed: the queue alone is waited on from now on.
                self._loop = None

    def next(self) -> T:
        """Wait for the next job. Main thread only."""
        loop = self._loop
        if loop is None or loop.is_closed() or loop.is_running():
            return self._jobs.get()
        while True:
            self._arrival = loop.create_future()
            try:
                job = self._jobs.get_nowait()
            except Empty:
                loop.run_until_complete(self._arrival)
            else:
                # One turn of the loop for each job: a steady stream of cells does not starve tasks.
                loop.call_soon(loop.stop)
                loop.run_forever()
                return job

    def _arrived(self) -> None:
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wait inside `loop` from now on."""
        self._loop = loop

    def drive(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine to its end. `KeyboardInterrupt` cancels it first, then is raised."""
        import asyncio

        if self._loop is None or self._loop.is_closed():
            self._own = asyncio.new_event_loop()
            self.attach(self._own)
        loop = self._loop
        assert loop is not None
        task = loop.create_task(work)
        try:
            return loop.run_until_complete(task)
        except KeyboardInterrupt:
            if not task.done():
                task.cancel()
                loop.run_until_complete(asyncio.wait([task]))
            raise

    def close(self) -> None:
        """Cancel what still runs and close the loop, if it was made here."""
        loop, self._own, self._loop = self._own, None, None
        if loop is not None and not loop.is_closed():
            import asyncio

            left = asyncio.all_tasks(loop)
            for task in left:
                task.cancel()
            if left:
                loop.run_until_complete(asyncio.wait(left))
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()
