"""Warm kernels: used once, replaced when dead, ended when nobody took them."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from antiphon_nb_convert.execution.kernels import KernelOrder, StartedKernel, choose_kernel
from antiphon_nb_convert.execution.pool import KernelPool
from antiphon_nb_convert.execution.runner import NotebookRunner
from antiphon_wire_protocol.errors import KernelDied

Install = Callable[..., None]


@pytest.fixture
def order(scripted: str) -> KernelOrder:
    return KernelOrder(choose_kernel({"metadata": {}, "cells": []}, scripted))


def limited(work: Coroutine[Any, Any, Any]) -> Any:
    async def waited() -> Any:
        async with asyncio.timeout(60):
            return await work

    return asyncio.run(waited())


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def warm(pool: KernelPool) -> list[asyncio.Task[StartedKernel]]:
    return [task for tasks in pool._starting.values() for task in tasks]


async def taken(pool: KernelPool, order: KernelOrder) -> tuple[StartedKernel, int]:
    kernel = await pool.take(order)
    return kernel, kernel.manager.process.pid


def test_taking_one_starts_the_next_and_closing_ends_it(order: KernelOrder, tmp_path: Path) -> None:
    async def used() -> list[int]:
        async with KernelPool() as pool:
            first, one = await taken(pool, order)
            (waiting,) = warm(pool)
            two = (await asyncio.shield(waiting)).manager.process.pid
            await first.close()
            second, again = await taken(pool, order)
            assert again == two, "the warm one"
            (unused,) = warm(pool)
            three = (await asyncio.shield(unused)).manager.process.pid
            assert is_there(three)
            await second.close()
        return [one, two, three]

    pids = limited(used())
    assert len(set(pids)) == 3 and not any(map(is_there, pids))
    assert [path for path in (tmp_path / "r").rglob("*") if not path.is_dir()] == []


def test_one_that_died_while_it_waited_is_replaced(order: KernelOrder) -> None:
    async def used() -> None:
        async with KernelPool(ahead=0) as pool:
            pool.prepare(order)
            (waiting,) = warm(pool)
            manager = (await asyncio.shield(waiting)).manager
            manager.process.signal(signal.SIGKILL)
            await manager.wait()
            kernel, pid = await taken(pool, order)
            assert kernel.manager.alive and pid != manager.process.pid
            await kernel.close()

    limited(used())


def test_kinds_are_kept_apart(order: KernelOrder, tmp_path: Path) -> None:
    async def used() -> None:
        async with KernelPool(ahead=0) as pool:
            pool.prepare(order)
            elsewhere = order._replace(cwd=str(tmp_path))
            kernel = await pool.take(elsewhere)
            assert len(warm(pool)) == 1, "the other kind's still waits"
            await kernel.close()

    limited(used())


def test_closing_does_not_wait_for_a_kernel_that_never_comes_up(install: Install) -> None:
    install("mute", argv=["sleep", "60"])
    order = KernelOrder(choose_kernel({"metadata": {}, "cells": []}, "mute"))

    async def used() -> None:
        async with KernelPool() as pool:
            pool.prepare(order, 2)
            await asyncio.sleep(0)

    limited(used())


def test_a_start_that_fails_is_told_to_who_takes_it(install: Install) -> None:
    install("broken", argv=["/bin/false"])
    order = KernelOrder(choose_kernel({"metadata": {}, "cells": []}, "broken"))

    async def used() -> None:
        async with KernelPool(ahead=0) as pool:
            with pytest.raises(KernelDied, match="exit code 1"):
                await pool.take(order)

    limited(used())


def test_who_is_cancelled_while_waiting_leaves_no_kernel(order: KernelOrder, tmp_path: Path) -> None:
    async def used() -> None:
        async with KernelPool(ahead=0) as pool:
            waiting = asyncio.ensure_future(pool.take(order))
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

    limited(used())
    assert [path for path in (tmp_path / "r").rglob("*") if not path.is_dir()] == []


def test_a_runner_on_a_kernel_of_a_pool(cells: Callable[..., dict[str, Any]], scripted: str) -> None:
    async def used() -> tuple[int, int]:
        async with KernelPool() as pool:
            first = await NotebookRunner(cells("say a"), kernel=scripted, pool=pool).run()
            second = await NotebookRunner(cells("say a"), kernel=scripted, pool=pool).run()
            counts = [found.notebook["cells"][0]["execution_count"] for found in (first, second)]
            return counts[0], counts[1]

    assert limited(used()) == (1, 1), "each a fresh one"
