"""What is kept in memory, bounded in bytes; and work that is done once for all who ask for it at the same time.

Rendered pages are kept by what they are made of (content, version, options), so that none is ever stale. Nothing is
read from outside of the process.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Bounded(Generic[K, V]):
    """The values used last, up to `limit` bytes; `size` tells the bytes of one. One beyond an eighth is not kept."""

    def __init__(self, limit: int, size: Callable[[V], int]) -> None:
        self.limit = limit
        self.bytes = 0
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: K) -> V | None:
        """The value of a key, which counts as used."""
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> None:
        """Keep a value, and forget those used longest ago for it."""
        self.remove(key)
        size = self._size(value)
        if size > self.limit // 8:
            return
        self._values[key] = value
        self.bytes += size
        while self.bytes > self.limit:
            _, old = self._values.popitem(last=False)
            self.bytes -= self._size(old)

    def remove(self, key: K) -> None:
        """Forget a value, if it is there."""
        old = self._values.pop(key, None)
        if old is not None:
            self.bytes -= self._size(old)


class Once(Generic[K, V]):
    """Equal work is done once: who asks while it is being done waits for the same result, or the same error.

    It goes on when one who waits leaves; `close` ends all of it.
    """

    def __init__(self) -> None:
        self._tasks: dict[K, asyncio.Task[V]] = {}

    async def do(self, key: K, work: Callable[[], Awaitable[V]]) -> V:
        """The result of the work of this key, begun by whoever asks first."""
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.ensure_future(_awaited(work))
            self._tasks[key] = task
            task.add_done_callback(lambda done: self._ended(key, done))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """End what is being done."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, key: K, task: asyncio.Task[V]) -> None:
        self._tasks.pop(key, None)
        if not task.cancelled():
            task.exception()  # all who waited may have left: then nobody else looks at it


async def _awaited(work: Callable[[], Awaitable[V]]) -> V:
    return await work()


def content_key(data: bytes, *options: str) -> str:
    """A name for what is made of this content with these options."""
    made = hashlib.sha256(hashlib.sha256(data).digest())
    for option in options:
        encoded = option.encode("utf-8", "surrogatepass")
        made.update(len(encoded).to_bytes(8, "big") + encoded)
    return made.hexdigest()
