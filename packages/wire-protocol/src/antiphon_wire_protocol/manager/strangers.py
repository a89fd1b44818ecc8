"""Kernels that somebody else started: asked to end, made to end, interrupted.

Signals go only to a process of this machine that listens at the kernel's address and belongs to our user (or to
anybody, when we are root). All else is done by messages.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time

from antiphon_wire_protocol.client.client import KernelClient
from antiphon_wire_protocol.discovery.census import process
from antiphon_wire_protocol.discovery.connection import ConnectionInfo
from antiphon_wire_protocol.discovery.kernelspec import find_kernelspec
from antiphon_wire_protocol.discovery.running import leftovers, listens
from antiphon_wire_protocol.errors import KernelDied, NoSuchKernel
from antiphon_wire_protocol.manager.survey import Seen
from antiphon_wire_protocol.message.content import InterruptRequest, ShutdownRequest

LOOK_AGAIN = 0.05
"""Seconds between looks at a kernel whose process we cannot watch."""


class Held:
    """A process that is not our child, held by a pidfd: its number cannot get a new owner while we look. Linux only."""

    def __init__(self, pid: int, file_name: str) -> None:
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)
        self._group = _own_group(pid, file_name)
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._descriptor, self._ended.set)

    def signal(self, number: int) -> None:
        """Send a signal to the process, and to its group where that is the kernel's own."""
        with contextlib.suppress(ProcessLookupError):
            if self._group:
                os.killpg(self._group, number)
            else:
                signal.pidfd_send_signal(self._descriptor, number)

    async def wait(self, timeout: float) -> None:
        """Wait for its end. Raises `TimeoutError`."""
        async with asyncio.timeout(timeout):
            await self._ended.wait()

    def close(self) -> None:
        self._loop.remove_reader(self._descriptor)
        os.close(self._descriptor)


async def stop(kernel: Seen, *, timeout: float = 5.0, now: bool = False) -> str:
    """End a kernel; how it ended. It is asked; after half of `timeout` seconds comes SIGTERM, after the rest SIGKILL.

    With `now` it is killed at once. What it leaves is taken away, unless a program that may start it again still runs.
    Raises `KernelDied` when it had ended before, `TimeoutError` when it goes on and is not ours to kill.
    """
    connection = _connection(kernel)
    held = _hold(kernel)
    try:
        if now and held is None:
            raise TimeoutError(f"kernel {kernel.file.name}: its process is not ours to kill")
        how = "killed" if now else await _ask_and_wait(connection, held, timeout)
        if now and held is not None:
            held.signal(signal.SIGKILL)
            await held.wait(timeout)
    finally:
        if held is not None:
            held.close()
    if not kernel.started_by:
        for path in leftovers(kernel.file):
            with contextlib.suppress(OSError):
                os.unlink(path)
    return how


async def interrupt(kernel: Seen, *, timeout: float = 2.0) -> str:
    """Interrupt what runs, as its kernelspec says: SIGINT or a message; how it was done.

    Raises `TimeoutError` when it does not answer the message, `PermissionError` when its process is not ours.
    """
    connection = _connection(kernel)
    try:
        mode = find_kernelspec(connection.kernel_name).interrupt_mode if connection.kernel_name else ""
    except NoSuchKernel:
        mode = ""
    if mode != "message" and kernel.pid is not None:
        if not _ours(kernel):
            raise PermissionError(f"kernel {kernel.file.name}: process {kernel.pid} is another user's")
        held = _hold(kernel)
        assert held is not None
        held.signal(signal.SIGINT)
        held.close()
        return "SIGINT"
    async with KernelClient(connection) as client:
        await client.request(InterruptRequest(), "control", timeout=timeout)
    return "interrupt_request"


async def _ask_and_wait(connection: ConnectionInfo, held: Held | None, timeout: float) -> str:
    client = KernelClient(connection)
    await client.open(channels=("control",))
    try:
        client.send(ShutdownRequest(restart=False), "control")
        if held is None:
            await _silence(connection, timeout)
            return "ended when asked"
        for word, number, limit in (
            ("ended when asked", signal.SIGTERM, timeout / 2),
            ("ended by SIGTERM", signal.SIGKILL, timeout / 2),
            ("ended by SIGKILL", None, timeout),
        ):
            try:
                await held.wait(limit)
                return word
            except TimeoutError:
                if number is None:
                    raise
                held.signal(number)
        raise AssertionError("the last of them raises")
    finally:
        await client.close()


async def _silence(connection: ConnectionInfo, timeout: float) -> None:
    """Wait until nobody listens at the kernel's addresses. Raises `TimeoutError`."""
    until = time.monotonic() + timeout
    while await asyncio.to_thread(listens, connection):
        if time.monotonic() > until:
            raise TimeoutError(f"it was asked to end, and still listens after {timeout:g} s; its process is not ours")
        await asyncio.sleep(LOOK_AGAIN)


def _connection(kernel: Seen) -> ConnectionInfo:
    if kernel.file.connection is None or not kernel.runs:
        raise KernelDied(f"kernel {kernel.file.name} does not run: {kernel.reason or kernel.state}")
    return kernel.file.connection


def _ours(kernel: Seen) -> bool:
    return hasattr(os, "geteuid") and os.geteuid() in (0, kernel.owner)


def _hold(kernel: Seen) -> Held | None:
    """The kernel's process; None when it is not ours to signal. Raises `KernelDied`."""
    if kernel.pid is None or not _ours(kernel):
        return None
    try:
        held = Held(kernel.pid, os.path.basename(kernel.file.path))
    except ProcessLookupError:
        raise KernelDied(f"kernel {kernel.file.name} has ended") from None
    itself = process(kernel.pid)
    if itself is None or itself.started != kernel.since:
        held.close()
        raise KernelDied(f"kernel {kernel.file.name} has ended")
    return held


def _own_group(pid: int, file_name: str) -> int:
    """The process group that was made for this kernel, with its wrapper and its children; 0 when there is none.

    A job of somebody's terminal, or a program that the kernel is embedded in, is not such a group.
    """
    leader = os.getpgid(pid)
    first = process(leader)
    started_as_kernel = first is not None and any(os.path.basename(word) == file_name for word in first.command)
    return leader if started_as_kernel and os.getsid(pid) == leader else 0
