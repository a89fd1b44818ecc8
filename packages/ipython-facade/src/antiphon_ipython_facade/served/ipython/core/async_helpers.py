"""Coroutines at the top level of a cell."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Coroutine
from typing import Any

from antiphon_ipython_facade.session import current


def get_asyncio_loop() -> asyncio.AbstractEventLoop:
    """The loop of this session's cells; one of its own where nothing runs cells."""
    session = current()
    if session is not None:
        loop: asyncio.AbstractEventLoop = session.services["eventloop"].loop
        return loop
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.new_event_loop()


class _AsyncIORunner:
    def __call__(self, coro: Coroutine[Any, Any, Any]) -> Any:
        session = current()
        if session is not None:
            return session.services["runner"].await_(coro)
        return asyncio.run(coro)

    def __str__(self) -> str:
        return "asyncio"


_asyncio_runner = _AsyncIORunner()


def _pseudo_sync_runner(coro: Any) -> Any:
    """Runs a coroutine that never waits. Raises SyntaxError for one that does."""
    try:
        coro.send(None)
    except StopIteration as done:
        return done.value
    raise SyntaxError(f"The {coro.__name__!r} coroutine is awaiting: choose another runner, `%autoawait asyncio`")


def _should_be_async(cell: str) -> bool:
    import ast

    try:
        code = compile(cell, "<>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        return bool(inspect.CO_COROUTINE & code.co_flags)
    except (SyntaxError, MemoryError):
        return False
