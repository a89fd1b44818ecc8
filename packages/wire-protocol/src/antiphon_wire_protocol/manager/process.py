"""A kernel's process: is it there, how did it end, what did it say last; signals to it and to its group.

Its end is an event (a pidfd), never a poll. The process leads a group of its own, which it takes along when it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence

import msgspec

from antiphon_wire_protocol.manager import warden

TAIL_LINES = 50
TAIL_BYTES = 16_384


class ProcessEnd(msgspec.Struct, frozen=True):
    """How a process ended. `code` is its exit code, negative for a signal as in `subprocess`, None when it was not ours
    to ask; `tail` is the end of what it wrote to stdout and stderr."""

    code: int | None
    tail: str = ""

    @property
    def reason(self) -> str:
        """In words, without the tail: ``exit code 1``, ``killed by SIGKILL``."""
        if self.code is None:
            return "ended, exit code unknown (not our child)"
        if self.code >= 0:
            return f"exit code {self.code}"
        try:
            return f"killed by {signal.Signals(-self.code).name}"
        except ValueError:
            return f"killed by signal {-self.code}"

    def __str__(self) -> str:
        return f"{self.reason}\n{self.tail}".rstrip()


class KernelProcess:
    """A running process, ours or adopted. Must be made on a running loop; `ended` is a future of its `ProcessEnd`."""

    def __init__(
        self,
        pid: int,
        *,
        child: subprocess.Popen[bytes] | None = None,
        on_output: Callable[[bytes], None] | None = None,
        output_file: str | None = None,
    ) -> None:
        self.pid = pid
        self._output_file = output_file
        self._child = child
        self._on_output = on_output
        self._loop = asyncio.get_running_loop()
        self._tail = bytearray()
        self._output = child.stdout.fileno() if child is not None and child.stdout is not None else -1
        self._pidfd = -1
        self.ended: asyncio.Future[ProcessEnd] = self._loop.create_future()
        if self._output >= 0:
            os.set_blocking(self._output, False)
            self._loop.add_reader(self._output, self._read_output)
        self._watch()

    @property
    def alive(self) -> bool:
        return not self.ended.done()

    @property
    def tail(self) -> str:
        """The last lines that the process wrote to stdout and stderr."""
        text = self._tail if self._output_file is None else _end_of(self._output_file)
        lines = text[-TAIL_BYTES:].decode("utf-8", "replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:])

    def signal(self, number: int) -> None:
        """Send a signal to the process and everything in its group. No error when it has ended."""
        if not self.alive:
            return
        with contextlib.suppress(ProcessLookupError):
            try:
                os.killpg(self.pid, number)
            except (ProcessLookupError, PermissionError):
                # No leader of a group: adopted from somebody who started it otherwise. macOS: a zombie.
                os.kill(self.pid, number)

    async def wait(self, timeout: float | None = None) -> ProcessEnd:
        """Wait for the end. Raises `TimeoutError` after `timeout` seconds."""
        async with asyncio.timeout(timeout):
            return await asyncio.shield(self.ended)

    def let_go(self) -> None:
        """Stop watching; the process lives on."""
        self._stop_watching()
        warden.release(self.pid)
        if self._child is not None:
            # So that Popen does not complain about a child that is still running: that is what was asked for.
            self._child.returncode = 0
        if not self.ended.done():
            self.ended.cancel()

    def _watch(self) -> None:
        if hasattr(os, "pidfd_open"):
            try:
                self._pidfd = os.pidfd_open(self.pid)
            except ProcessLookupError:
                self._loop.call_soon(self._end)
            except OSError:
                self._watch_by_thread()
            else:
                self._loop.add_reader(self._pidfd, self._end)
        else:
            self._watch_by_thread()

    def _watch_by_thread(self) -> None:
        child = self._child
        if child is None:
            raise OSError("a process that is not our child can only be watched through a pidfd, which is missing here")

        def wait() -> None:
            child.wait()
            with contextlib.suppress(RuntimeError):  # the loop has closed
                self._loop.call_soon_threadsafe(self._end)

        threading.Thread(target=wait, name=f"wait-{self.pid}", daemon=True).start()

    def _end(self) -> None:
        if self.ended.done():
            return
        # What is left of the group goes too. The leader is not reaped yet, so its number cannot have a new owner.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        code = self._child.wait() if self._child is not None else None
        if self._output >= 0:
            self._read_output()
        self._stop_watching()
        warden.release(self.pid)
        self.ended.set_result(ProcessEnd(code, self.tail))

    def _stop_watching(self) -> None:
        if self._pidfd >= 0:
            self._loop.remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = -1
        self._close_output()

    def _read_output(self) -> None:
        """Take what is in the pipe, a bounded amount, so that a kernel that never stops writing stops nobody."""
        for _ in range(16):
            try:
                text = os.read(self._output, 65_536)
            except BlockingIOError:
                return
            if not text:
                self._close_output()
                return
            self._tail += text
            if len(self._tail) > 2 * TAIL_BYTES:
                del self._tail[:-TAIL_BYTES]
            if self._on_output is not None:
                self._on_output(text)

    def _close_output(self) -> None:
        if self._output >= 0 and self._child is not None and self._child.stdout is not None:
            self._loop.remove_reader(self._output)
            self._child.stdout.close()
            self._output = -1


def start_process(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: str | None = None,
    outlives_us: bool = False,
    output_file: str | None = None,
    on_output: Callable[[bytes], None] | None = None,
) -> KernelProcess:
    """Start `command` in a session of its own. Unless it `outlives_us`, it is killed when this process ends.

    stdout and stderr go to `output_file`, or are read by us: to `on_output`, and kept as the tail.
    Raises `OSError` when there is no such command.
    """
    output = -1
    try:
        if output_file is not None:
            output = os.open(output_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if output < 0 else output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            bufsize=0,
            start_new_session=True,
        )
    finally:
        if output >= 0:
            os.close(output)
    if not outlives_us:
        warden.guard(child.pid)
    return KernelProcess(child.pid, child=child, on_output=on_output, output_file=output_file)


def _end_of(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL_BYTES))
            return file.read()
    except OSError:
        return b""
