"""The signals of this process, while notebooks run."""

from __future__ import annotations

import asyncio
import os
import signal
import threading

import pytest

from antiphon_nb_convert.execution.stopping import stopped_by_signals


async def heard(*numbers: signal.Signals) -> list[tuple[str, bool]]:
    """What the signals, one after the other, ask for."""
    asked: list[tuple[str, bool]] = []
    came = asyncio.Event()

    def stop(reason: str, *, now: bool) -> None:
        asked.append((reason, now))
        came.set()

    with stopped_by_signals(stop):
        for number in numbers:
            came.clear()
            os.kill(os.getpid(), number)
            await asyncio.wait_for(came.wait(), 30)
    return asked


@pytest.mark.parametrize(
    ("numbers", "asked"),
    [
        ((signal.SIGINT,), [("interrupted", False)]),
        ((signal.SIGINT, signal.SIGINT), [("interrupted", False), ("interrupted", True)]),
        ((signal.SIGTERM,), [("terminated", True)]),
        ((signal.SIGINT, signal.SIGTERM), [("interrupted", False), ("terminated", True)]),
    ],
)
def test_the_first_asks_and_the_next_does_not_wait(
    numbers: tuple[signal.Signals, ...], asked: list[tuple[str, bool]]
) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert asyncio.run(heard(*numbers)) == asked
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_thread_hears_none_and_changes_nothing() -> None:
    seen: list[object] = []

    async def within() -> None:
        with stopped_by_signals(lambda reason, now: None):
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=lambda: asyncio.run(within()))
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]
