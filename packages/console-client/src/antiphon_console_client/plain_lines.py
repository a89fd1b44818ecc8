"""A prompt of plain lines: what is typed or piped is read as it comes, without keys, menus or colours of ours.

For terminals that can do no more, programs that drive us, and people who want it so (`simple_prompt`).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

Completeness = Callable[[str], Awaitable[tuple[str, str]]]


class PlainLines:
    """Reads `descriptor`; `write` shows prompts."""

    def __init__(self, write: Callable[[str], object], descriptor: int = 0) -> None:
        self._write = write
        self._descriptor = descriptor
        self._held = b""
        self._waiting: asyncio.Future[None] | None = None
        self._is_aborted = False

    async def cell(self, prompt: str, continuation: str, is_complete: Completeness) -> str:
        """Lines until they are a whole cell. Raises EOFError, KeyboardInterrupt."""
        text = await self.line(prompt)
        while text.strip() and (await is_complete(text))[0] == "incomplete":
            text += "\n" + await self.line(continuation)
        return text

    async def line(self, prompt: str) -> str:
        """One line. Raises EOFError at the end, KeyboardInterrupt after `abort` or Ctrl-C."""
        loop = asyncio.get_running_loop()
        self._write(prompt)
        former = signal.getsignal(signal.SIGINT)
        is_ours = former is signal.default_int_handler
        if is_ours:
            loop.add_signal_handler(signal.SIGINT, self.abort)
        try:
            while b"\n" not in self._held:
                data = await self._more()
                if not data:
                    self._write("\n")
                    if not self._held:
                        raise EOFError
                    self._held += b"\n"
                self._held += data
        finally:
            if is_ours:
                loop.remove_signal_handler(signal.SIGINT)
                signal.signal(signal.SIGINT, former)
        line, _, self._held = self._held.partition(b"\n")
        return line.decode(sys.stdin.encoding or "utf-8", "replace").removesuffix("\r")

    def abort(self) -> None:
        """As Ctrl-C does."""
        if self._waiting is not None and not self._waiting.done():
            self._is_aborted = True
            self._waiting.set_result(None)

    async def _more(self) -> bytes:
        loop = asyncio.get_running_loop()
        self._waiting = loop.create_future()
        try:
            loop.add_reader(self._descriptor, self._readable)
        except (OSError, NotImplementedError):  # a file is always readable
            return os.read(self._descriptor, 65536)
        try:
            await self._waiting
        finally:
            with suppress(OSError):
                loop.remove_reader(self._descriptor)
        if self._is_aborted:
            self._is_aborted = False
            self._held = b""
            self._write("\n")
            raise KeyboardInterrupt
        return os.read(self._descriptor, 65536)

    def _readable(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
