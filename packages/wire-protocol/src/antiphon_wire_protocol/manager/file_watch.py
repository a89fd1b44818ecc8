"""Waiting for something to appear in a folder: inotify where there is one, else looking again and again."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

IN_CREATE, IN_MOVED_TO, IN_CLOSE_WRITE = 0x100, 0x80, 0x8
LOOK_AGAIN = 0.01
"""Seconds between looks where the system cannot tell us."""


async def appears(folder: str, look: Callable[[], T | None]) -> T:
    """What `look` returns as soon as it is not None; it is called now and after each change in `folder`."""
    watching = _watch(folder)
    if watching is None:
        while (found := look()) is None:
            await asyncio.sleep(LOOK_AGAIN)
        return found
    loop = asyncio.get_running_loop()
    changed = asyncio.Event()
    try:
        loop.add_reader(watching, changed.set)
        # The watch stands before the first look, so nothing falls between the two.
        while (found := look()) is None:
            await changed.wait()
            changed.clear()
            with contextlib.suppress(BlockingIOError):
                os.read(watching, 65_536)
        return found
    finally:
        loop.remove_reader(watching)
        os.close(watching)


def _watch(folder: str) -> int | None:
    """A descriptor that becomes readable when something appears in `folder`; None where there is no inotify."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor: int = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    if descriptor < 0:
        return None
    if libc.inotify_add_watch(descriptor, os.fsencode(folder), IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE) < 0:
        os.close(descriptor)
        return None
    return descriptor
