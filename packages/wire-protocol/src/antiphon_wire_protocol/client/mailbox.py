"""Messages on their way to one consumer: put in by the reader of a socket, taken out by ``async for``."""

from __future__ import annotations

import asyncio
from collections import deque

from antiphon_wire_protocol.message.messages import Message


class Mailbox:
    """An unbounded queue of messages, or with `limit` the newest so many; `dropped` counts the rest.

    Closed, it hands out what it holds and then ends, or raises the error that it was closed with.
    """

    def __init__(self, limit: int | None = None) -> None:
        self.dropped = 0
        self._messages: deque[Message] = deque(maxlen=limit)
        self._waiter: asyncio.Future[None] | None = None
        self._closed = False
        self._error: Exception | None = None

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, message: Message) -> None:
        if self._closed:
            return
        if len(self._messages) == self._messages.maxlen:
            self.dropped += 1
        self._messages.append(message)
        self._wake()

    def close(self, error: Exception | None = None) -> None:
        if not self._closed:
            self._closed = True
            self._error = error
            self._wake()

    def take(self) -> Message | None:
        """The next message if there is one."""
        return self._messages.popleft() if self._messages else None

    async def get(self, timeout: float | None = None) -> Message:
        """The next message. Raises `TimeoutError`, or `StopAsyncIteration` at the end."""
        async with asyncio.timeout(timeout):
            return await self.__anext__()

    def __aiter__(self) -> Mailbox:
        return self

    async def __anext__(self) -> Message:
        while not self._messages:
            if self._error is not None:
                raise self._error
            if self._closed:
                raise StopAsyncIteration
            if self._waiter is not None and not self._waiter.done():
                raise RuntimeError("a mailbox has one consumer")
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._messages.popleft()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
