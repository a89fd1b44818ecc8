"""The user's own asyncio loop, for a terminal: a kernel waits inside it anyway."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..eventloop import EventLoop


class Asyncio:
    """Runs the loop of the cells while a prompt waits, also inside the loop of the prompt itself."""

    def __init__(self, eventloop: EventLoop) -> None:
        self._eventloop = eventloop

    def run(self, descriptor: int | None, seconds: float | None) -> None:
        loop = self._eventloop.loop
        if loop.is_running():
            return
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        timer = None if seconds is None else loop.call_later(seconds, loop.stop)
        if descriptor is not None:
            loop.add_reader(descriptor, loop.stop)
        try:
            loop.run_forever()
        finally:
            if descriptor is not None:
                loop.remove_reader(descriptor)
            if timer is not None:
                timer.cancel()
            asyncio._set_running_loop(before)
