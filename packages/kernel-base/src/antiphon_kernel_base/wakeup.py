"""Wake a thread that waits in a poll, from any thread, once per sleep."""

from __future__ import annotations

import os
from contextlib import suppress


class Wakeup:
    """A flag with a file descriptor that is readable while the flag is set.

    `set` costs a system call only when the sleeper has not been woken yet.
    """

    __slots__ = ("_pending", "_reader", "_writer")

    def __init__(self) -> None:
        self._pending = False
        if hasattr(os, "eventfd"):
            self._reader = self._writer = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        else:
            self._reader, self._writer = os.pipe()
            os.set_blocking(self._reader, False)
            os.set_blocking(self._writer, False)

    def fileno(self) -> int:
        return self._reader

    def set(self) -> None:
        """Wake the sleeper. Any thread.

        An interrupt may hit the caller here, in the middle of a `print`: between the flag and the write there must be
        no call into Python, at which one could be raised, or the flag would stay up with nobody woken, for ever.
        """
        if not self._pending:
            try:
                self._pending = True
                os.write(self._writer, b"\1\0\0\0\0\0\0\0")
            except OSError:
                pass  # Full: a wake-up is on its way. Closed: nobody is left to wake.

    def clear(self) -> None:
        """Lower the flag; the sleeper calls this before it looks at what it was woken for."""
        with suppress(BlockingIOError):
            os.read(self._reader, 8)
        self._pending = False

    def close(self) -> None:
        self._pending = True
        os.close(self._reader)
        if self._writer != self._reader:
            os.close(self._writer)
