"""A run that is saved while it goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from antiphon_nb_convert.execution import NotebookRunner, autosaved

Cells = Callable[..., dict[str, Any]]


def counts(notebook: dict[str, Any]) -> int:
    return sum(cell["execution_count"] is not None for cell in notebook["cells"])


def limited(work: Any) -> Any:
    async def waited() -> Any:
        async with asyncio.timeout(60):
            return await work

    return asyncio.run(waited())


def test_after_each_cell_and_at_the_end(cells: Cells, scripted: str) -> None:
    saved: list[int] = []
    first = threading.Event()

    def save(notebook: dict[str, Any]) -> None:
        saved.append(counts(notebook))
        first.set()

    async def saving() -> None:
        runner = NotebookRunner(cells("say a", "hang", "say c"), kernel=scripted, on_error="stop")
        async with autosaved(runner, save):
            running = asyncio.ensure_future(runner.run())
            await asyncio.to_thread(first.wait, 60)
            assert not running.done(), "saved while the second cell runs"
            runner.stop()
            await running

    limited(saving())
    assert saved[0] in (1, 2) and saved[-1] == 2


def test_within_a_long_cell(cells: Cells, scripted: str) -> None:
    texts: list[str] = []
    seen = threading.Event()

    def save(notebook: dict[str, Any]) -> None:
        texts.append("".join(output["text"] for output in notebook["cells"][0]["outputs"] if "text" in output))
        if texts[-1] == "a":
            seen.set()

    async def saving() -> None:
        runner = NotebookRunner(cells("say a\nhang"), kernel=scripted, on_error="stop")
        async with autosaved(runner, save, every=0.05):
            running = asyncio.ensure_future(runner.run())
            assert await asyncio.to_thread(seen.wait, 60)
            runner.stop()
            await running

    limited(saving())
    assert texts[-1] == "a"


def test_never_two_at_once_and_the_last_one_whatever_happens(cells: Cells, scripted: str) -> None:
    busy = threading.Lock()
    saved: list[int] = []

    def save(notebook: dict[str, Any]) -> None:
        assert busy.acquire(blocking=False), "another one is at it"
        try:
            threading.Event().wait(0.05)
            saved.append(counts(notebook))
        finally:
            busy.release()

    async def saving() -> None:
        runner = NotebookRunner(cells(*["say a"] * 5, "raise E"), kernel=scripted)
        async with autosaved(runner, save):
            await runner.run()

    with pytest.raises(Exception, match="cell 6: E: why"):
        limited(saving())
    assert saved[-1] == 6 and len(saved) < 6, "saving costs more than the cells here, so not each time"


def test_what_saving_raises_is_raised(cells: Cells, scripted: str) -> None:
    def save(notebook: dict[str, Any]) -> None:
        raise OSError("disk full")

    async def saving() -> None:
        runner = NotebookRunner(cells("say a"), kernel=scripted)
        async with autosaved(runner, save):
            await runner.run()

    with pytest.raises(OSError, match="disk full"):
        limited(saving())
