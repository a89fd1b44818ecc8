"""Where standard output and error led before a kernel took them over: a terminal, a file, a pipe of whoever started us.

That end may be gone, or nobody may read it. A kernel must go on, and be able to leave, in either case: writing here
raises nothing, and waits for a reader only while there seems to be one.
"""

from __future__ import annotations

import os
import select

PATIENCE = 1.0
"""Seconds that a full pipe or terminal is waited for, once; until it has room again, what does not fit is dropped."""

_PIECE = 512  # what has room in a pipe or terminal that can be written to at all (POSIX: PIPE_BUF is at least that)


class Original:
    """A descriptor to write to. One thread at a time."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._is_read = True

    def write(self, data: bytes) -> int:
        """Write what finds room; how many bytes that was."""
        at = 0
        try:
            while at < len(data) and self._has_room():
                at += os.write(self.descriptor, data[at : at + _PIECE])
        except (OSError, ValueError):
            pass  # it went with whoever started us
        return at

    def line(self, text: str) -> None:
        """Write a line."""
        self.write(f"{text}\n".encode(errors="backslashreplace"))

    def _has_room(self) -> bool:
        if not hasattr(select, "poll"):
            return True
        poller = select.poll()
        poller.register(self.descriptor, select.POLLOUT)
        found = poller.poll(PATIENCE * 1000 if self._is_read else 0)
        self._is_read = bool(found)
        return self._is_read
