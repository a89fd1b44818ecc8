"""The door to a loop in another thread, from scripts, from threads and from inside another loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from antiphon_wire_protocol.client.portal import Portal


@pytest.fixture
def portal() -> Iterator[Portal]:
    with Portal() as portal:
        yield portal


async def value() -> str:
    return threading.current_thread().name


def test_runs_on_a_thread_of_its_own(portal: Portal) -> None:
    assert portal.run(value()) == "antiphon-portal"
    assert portal.call(lambda: threading.current_thread().name) == "antiphon-portal"


async def test_works_inside_a_running_loop(portal: Portal) -> None:
    assert portal.run(value()) == "antiphon-portal"


def test_exceptions_come_through(portal: Portal) -> None:
    async def fail() -> None:
        raise ZeroDivisionError("here")

    with pytest.raises(ZeroDivisionError, match="here"):
        portal.run(fail())


def test_a_timeout_cancels_what_runs(portal: Portal) -> None:
    cancelled = threading.Event()

    async def forever() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            cancelled.set()

    with pytest.raises(TimeoutError, match=r"within 0.05 s"):
        portal.run(forever(), 0.05)
    assert cancelled.wait(10)


def test_the_coroutines_own_timeout_keeps_its_text(portal: Portal) -> None:
    async def fail() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        portal.run(fail(), 10)


async def count(limit: int) -> AsyncIterator[int]:
    for number in range(limit):
        await asyncio.sleep(0)
        yield number


def test_iterates_in_the_callers_thread(portal: Portal) -> None:
    assert list(portal.iterate(count(100))) == list(range(100))


def test_an_iteration_ends_with_the_error(portal: Portal) -> None:
    async def fail() -> AsyncIterator[int]:
        yield 1
        raise ZeroDivisionError

    items = portal.iterate(fail())
    assert next(items) == 1
    with pytest.raises(ZeroDivisionError):
        next(items)


def test_an_iteration_may_time_out_or_be_left(portal: Portal) -> None:
    left = threading.Event()

    async def forever() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.get_running_loop().create_future()
        finally:
            left.set()

    items = portal.iterate(forever(), 0.05)
    assert next(items) == 1
    with pytest.raises(TimeoutError, match="not finished"):
        next(items)
    assert left.wait(10)


def test_a_call_from_its_own_thread_is_refused_and_not_a_deadlock(portal: Portal) -> None:
    with pytest.raises(RuntimeError, match="own thread"):
        portal.call(lambda: portal.run(value()))


def test_closing_cancels_what_runs_and_refuses_more() -> None:
    portal = Portal()
    ended = threading.Event()

    async def forever() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.set()

    started = portal.call(lambda: asyncio.ensure_future(forever()))
    portal.call(lambda: None)
    portal.close()
    portal.close()
    assert ended.is_set() and started.cancelled() and portal.closed
    with pytest.raises(RuntimeError, match="closed"):
        portal.run(value())
