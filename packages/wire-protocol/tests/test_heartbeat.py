"""Somebody is there, or nobody, or somebody again."""

from __future__ import annotations

import asyncio

from antiphon_wire_protocol.client.heartbeat import Heartbeat
from antiphon_wire_protocol.testing import ScriptedKernel


async def test_a_beat_is_echoed() -> None:
    with ScriptedKernel() as kernel:
        heartbeat = Heartbeat(kernel.connection)
        for _ in range(3):
            took = await heartbeat.beat(10)
            assert took is not None and took < 10
        heartbeat.close()


async def test_nobody_there() -> None:
    with ScriptedKernel() as kernel:
        connection = kernel.connection
    heartbeat = Heartbeat(connection)
    assert await heartbeat.beat(0.05) is None
    with ScriptedKernel(connection):
        # A new socket asks: the old one would wait for its answer for ever.
        assert await heartbeat.beat(10) is not None
    heartbeat.close()


async def test_watching_tells_changes_only() -> None:
    first = ScriptedKernel().start()
    heartbeat = Heartbeat(first.connection)
    changes = heartbeat.watch(0.03, misses=2)
    assert await anext(changes) is True
    first.close()
    assert await anext(changes) is False
    with ScriptedKernel(first.connection):
        async with asyncio.timeout(10):
            assert await anext(changes) is True
    await changes.aclose()  # type: ignore[attr-defined]
    heartbeat.close()
