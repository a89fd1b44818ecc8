"""SIGINT and SIGTERM while notebooks run: the first asks the runs to end, so that what has run is kept and no kernel
stays behind; the next, and SIGTERM at once, no longer waits for the running cells."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol


class Stop(Protocol):
    """As `NotebookRunner.stop`."""

    def __call__(self, reason: str, *, now: bool) -> None: ...


@contextmanager
def stopped_by_signals(stop: Stop) -> Iterator[None]:
    """While open, the signals of this process call `stop` on the running loop; nothing where that is not the main
    thread's, which alone hears signals."""
    loop = asyncio.get_running_loop()
    handled: list[signal.Signals] = []
    heard = False

    def calls(reason: str, now: bool) -> Callable[[], None]:
        def call() -> None:
            nonlocal heard
            stop(reason, now=now or heard)
            heard = True

        return call

    if threading.current_thread() is threading.main_thread():
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        for number, reason, now in ((signal.SIGINT, "interrupted", False), (signal.SIGTERM, "terminated", True)):
            try:
                loop.add_signal_handler(number, calls(reason, now))
            except NotImplementedError:  # Windows: asyncio.run turns Ctrl-C into a cancellation by itself
                continue
            handled.append(number)
    try:
        yield
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
            signal.signal(number, before[number])
