"""Is anybody there? A ping on the heartbeat channel, echoed by the kernel whatever else it does.

For kernels whose process we cannot watch: a manager knows of a death at once, by the process itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import zmq

from antiphon_wire_protocol.client.channels import ChannelSocket, Frames, new_socket
from antiphon_wire_protocol.discovery.connection import ConnectionInfo


class Heartbeat:
    """Pings one kernel. Use from one task at a time; `close` when done."""

    def __init__(self, connection: ConnectionInfo) -> None:
        self._connection = connection
        self._channel: ChannelSocket | None = None
        self._echo: asyncio.Future[bytes] | None = None

    async def beat(self, timeout: float = 1.0) -> float | None:
        """One ping: the seconds until its echo, or None when none came within `timeout` seconds."""
        if self._channel is None:
            socket = new_socket(self._connection, "hb")
            socket.connect(self._connection.url("hb"))
            self._channel = ChannelSocket(socket, self._heard)
        ping = str(time.monotonic_ns()).encode("ascii")
        self._echo = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        try:
            self._channel.send([ping])
            async with asyncio.timeout(timeout):
                while await self._echo != ping:
                    self._echo = asyncio.get_running_loop().create_future()
        except (TimeoutError, zmq.ZMQError):
            # A REQ socket that waits for an answer cannot ask again: the next beat takes a new one.
            self.close()
            return None
        return time.perf_counter() - began

    async def watch(self, interval: float = 1.0, misses: int = 3) -> AsyncIterator[bool]:
        """True once the kernel answers, False after `misses` beats in a row without an answer, and so on.

        `interval` is the period of the beats in seconds, and the time that one may take.
        """
        alive: bool | None = None
        missed = 0
        while True:
            took = await self.beat(interval)
            missed = missed + 1 if took is None else 0
            now_alive = alive if 0 < missed < misses else not missed
            if now_alive is not None and now_alive != alive:
                alive = now_alive
                yield alive
            if took is not None:
                await asyncio.sleep(interval - took)

    def close(self) -> None:
        if self._channel is not None:
            self._channel.close(0)
            self._channel = None

    def _heard(self, frames: Frames) -> None:
        if self._echo is not None and not self._echo.done():
            self._echo.set_result(bytes(frames[0]))
