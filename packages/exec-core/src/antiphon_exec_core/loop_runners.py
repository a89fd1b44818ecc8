"""What drives an awaiting cell when it is not our asyncio loop: `trio`, `sync`, or a function of the user's.

A runner is a function that takes a coroutine, runs it to its end and gives its value. Nothing is imported before a
runner is named.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from .errors import UsageError

Drive = Callable[[Coroutine[Any, Any, Any]], Any]
NAMES = ("asyncio", "trio", "sync")


def sync(coro: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that waits for nothing. Raises RuntimeError for one that does."""
    try:
        coro.send(None)
    except StopIteration as done:
        return done.value
    coro.close()
    raise RuntimeError("the cell waits for something, and the runner `sync` has no event loop: `%autoawait asyncio`")


def trio(coro: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine as trio's main task."""
    import trio as library

    async def main() -> Any:
        return await coro

    return library.run(main)


def find(name: str) -> Drive:
    """The runner of that name, or the function at a dotted path. Raises UsageError where there is none."""
    if name == "sync":
        return sync
    if name == "trio":
        _imported("trio", "pip install trio")
        return trio
    if name == "curio":
        raise UsageError("curio is no longer maintained and not supported: use trio or asyncio")
    module, dot, attribute = name.rpartition(".")
    if not dot:
        raise UsageError(f"there is no loop runner {name!r}: {', '.join(NAMES)}, or the dotted path of a function")
    found = getattr(_imported(module, "the path of a runner is module.function"), attribute, None)
    if not callable(found):
        raise UsageError(f"{name} is no function that could run a coroutine")
    runner: Drive = found
    return runner


def _imported(module: str, hint: str) -> Any:
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError as error:
        raise UsageError(f"the loop runner cannot be had: {error} ({hint})") from None
