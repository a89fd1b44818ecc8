"""One thread, one loop, one door: how blocking code uses async objects.

The loop lives in its own thread, so the caller may itself be inside a running loop; nothing is patched. An exception
raised in the caller while it waits (Ctrl-C) cancels what it waited for.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import AsyncIterable, Callable, Coroutine, Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Portal:
    """A loop in a daemon thread. `close` ends it, cancelling what still runs there."""

    def __init__(self, name: str = "antiphon-portal") -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """Run `coroutine` on the loop and wait for its value. Raises what it raises, or `TimeoutError`."""
        self._refuse_own_thread(coroutine)
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result(timeout)
        except TimeoutError:
            if future.done():  # the coroutine's own
                raise
            future.cancel()
            raise TimeoutError(f"no answer within {timeout} s") from None
        except BaseException:
            future.cancel()
            raise

    def call(self, function: Callable[..., T], *args: Any) -> T:
        """Call a plain function on the loop's thread and wait for its value."""

        async def called() -> T:
            return function(*args)

        return self.run(called())

    def iterate(self, items: AsyncIterable[T], timeout: float | None = None) -> Iterator[T]:
        """The items of an async iterable, one by one, in the caller's thread.

        Raises `TimeoutError` when the next does not come within `timeout` seconds of the start.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        buffer: queue.SimpleQueue[_Item[T]] = queue.SimpleQueue()

        async def pump() -> None:
            try:
                async for item in items:
                    buffer.put(_Item(item))
            except BaseException as error:
                buffer.put(_Item(error=error))
            else:
                buffer.put(_Item(last=True))

        self._refuse_own_thread(None)
        future = asyncio.run_coroutine_threadsafe(pump(), self._loop)
        try:
            while True:
                try:
                    item = buffer.get(timeout=None if deadline is None else max(0.0, deadline - time.monotonic()))
                except queue.Empty:
                    raise TimeoutError(f"not finished within {timeout} s") from None
                if item.error is not None:
                    raise item.error
                if item.last:
                    return
                yield item.value
        finally:
            future.cancel()

    @property
    def closed(self) -> bool:
        return not self._thread.is_alive()

    def close(self) -> None:
        """End the loop and its thread. Closing twice is no error."""
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def __enter__(self) -> Portal:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _refuse_own_thread(self, coroutine: Coroutine[Any, Any, Any] | None) -> None:
        problem = ""
        if threading.current_thread() is self._thread:
            problem = "a blocking call was made on the portal's own thread: it would wait for itself"
        elif self._loop.is_closed() or not self._thread.is_alive():
            problem = "the portal is closed"
        if problem:
            if coroutine is not None:
                coroutine.close()
            raise RuntimeError(problem)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()


class _Item(Generic[T]):
    __slots__ = ("error", "last", "value")

    value: T

    def __init__(self, value: T | None = None, *, error: BaseException | None = None, last: bool = False) -> None:
        self.value = value  # type: ignore[assignment]
        self.error = error
        self.last = last
