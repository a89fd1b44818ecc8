"""From a kernelspec to a running process and the connection to it.

Nothing is waited for by the clock: sockets of our own kernels are seen to appear, ports of others are known beforehand.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from antiphon_wire_protocol.discovery.connection import (
    CHANNELS,
    ConnectionInfo,
    read_connection_file,
    write_connection_file,
)
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec
from antiphon_wire_protocol.discovery.paths import connection_file_path, runtime_folder
from antiphon_wire_protocol.errors import BadConnectionFile, KernelDied, NoSuchKernel
from antiphon_wire_protocol.manager.file_watch import appears
from antiphon_wire_protocol.manager.ports import HELD, ReservedPorts
from antiphon_wire_protocol.manager.process import KernelProcess, start_process

LONGEST_PATH = 100
"""Bytes that the address of a socket file may have; the system's limit is 104 to 108."""


class Launch(msgspec.Struct, frozen=True, kw_only=True):
    """How a kernel is to be started; `transport` unset means what suits the spec.

    `env` is added to this process's environment. `connection` gives addresses and key instead of new ones.
    With `outlives_us` the kernel stays when this process ends; its output goes to a file beside the connection file.
    """

    spec: KernelSpec
    kernel_id: str
    transport: Literal["tcp", "ipc"] | None = None
    ip: str = "127.0.0.1"
    connection: ConnectionInfo | None = None
    env: dict[str, str] = {}
    cwd: str | None = None
    values: dict[str, str] = {}
    outlives_us: bool = False


class LaunchedKernel:
    """A process and where it is reached. `connection` holds the kernel's own choice of ports once `bound` returned."""

    def __init__(
        self,
        launch: Launch,
        process: KernelProcess,
        connection: ConnectionInfo,
        connection_file: str,
        ports: ReservedPorts | None = None,
    ) -> None:
        self.launch = launch
        self.process = process
        self.connection = connection
        self.connection_file = connection_file
        self.ports = ports
        self.was_ready = False

    async def bound(self) -> ConnectionInfo:
        """Wait until the kernel's addresses are known, and over ipc there. Raises `KernelDied`."""
        look: Callable[[], ConnectionInfo | None]
        if self.connection.transport == "ipc":
            folder, look = os.path.dirname(self.connection.ip), self._sockets_are_there
        elif _unknown_ports(self.connection):
            folder, look = os.path.dirname(self.connection_file), self._ports_are_written
        else:
            return self.connection
        waiting = asyncio.ensure_future(appears(folder, look))
        try:
            await asyncio.wait((waiting, self.process.ended), return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                raise KernelDied(f"the kernel ended before it was ready: {self.process.ended.result()}")
            self.connection = waiting.result()
        finally:
            waiting.cancel()
        return self.connection

    def let_go(self) -> None:
        """Stop looking after the process, which lives on with its files."""
        self.process.let_go()
        if self.ports is not None:
            self.ports.close()

    def clean_up(self) -> None:
        """Take away what a kernel that has ended leaves: its files, its ports. Not the log of one that outlived us."""
        if self.ports is not None:
            self.ports.close()
        for path in (self.connection_file, *_socket_files(self.connection)):
            with contextlib.suppress(OSError):
                os.unlink(path)

    def _sockets_are_there(self) -> ConnectionInfo | None:
        return self.connection if all(map(os.path.exists, _socket_files(self.connection))) else None

    def _ports_are_written(self) -> ConnectionInfo | None:
        try:
            written = read_connection_file(self.connection_file)
        except BadConnectionFile:
            return None  # a kernel that does not exchange the file as a whole is still at it
        return None if _unknown_ports(written) else written


def launch_kernel(
    launch: Launch, *, after: LaunchedKernel | None = None, on_output: Callable[[bytes], None] | None = None
) -> LaunchedKernel:
    """Start a kernel; with `after`, at the addresses and with the key of one that has ended.

    Must be called on a running loop. Raises `NoSuchKernel` when the command is not there, `OSError` for a bad `cwd`.
    """
    path = after.connection_file if after is not None else connection_file_path(launch.kernel_id)
    ports = after.ports if after is not None else None
    connection = after.connection if after is not None else launch.connection
    if connection is None:
        connection, ports = _new_connection(launch)
    for stale in _socket_files(connection):
        with contextlib.suppress(OSError):
            os.unlink(stale)
    command = launch.spec.command(path, **launch.values)
    try:
        write_connection_file(path, connection)
        if ports is not None:
            ports.hand_over()
        process = start_process(
            command,
            env=_environment(launch),
            cwd=launch.cwd,
            outlives_us=launch.outlives_us,
            output_file=output_file(path) if launch.outlives_us else None,
            on_output=on_output,
        )
    except BaseException as error:
        if ports is not None and after is None:
            ports.close()
        with contextlib.suppress(OSError):
            os.unlink(path)
        if isinstance(error, FileNotFoundError) and error.filename == command[0]:
            where = launch.spec.resource_dir or "its kernelspec"
            raise NoSuchKernel(f"kernel {launch.spec.name}: no command {command[0]!r} (from {where})") from None
        raise
    return LaunchedKernel(launch, process, connection, path, ports)


def output_file(connection_file: str) -> str:
    """Where a kernel that outlives us writes its stdout and stderr."""
    return connection_file.removesuffix(".json") + ".log"


def chooses_transport(spec: KernelSpec) -> str:
    """The transport that a kernelspec asks for in metadata of ours (``{"antiphon": {"transport": "ipc"}}``), or ""."""
    ours = spec.metadata.get("antiphon")
    asked = ours.get("transport") if isinstance(ours, Mapping) else spec.metadata.get("antiphon.transport")
    return asked if isinstance(asked, str) else ""


def _new_connection(launch: Launch) -> tuple[ConnectionInfo, ReservedPorts | None]:
    """Addresses and a key for a new kernel, and the ports kept for it."""
    ours = chooses_transport(launch.spec)
    transport = launch.transport or ("ipc" if ours == "ipc" and os.name == "posix" else "tcp")
    connection = ConnectionInfo(
        key=os.urandom(32).hex(), kernel_name=launch.spec.name, jupyter_session=launch.env.get("JPY_SESSION_NAME", "")
    )
    if transport == "ipc":
        prefix = _socket_prefix()
        if prefix or launch.transport == "ipc":
            if not prefix:
                raise OSError(f"{runtime_folder()} is too long a path for a socket; set JUPYTER_RUNTIME_DIR or use tcp")
            numbered = {channel: number for number, channel in enumerate(CHANNELS, 1)}
            connection = msgspec.structs.replace(connection, transport="ipc", ip=prefix)
            return connection.with_ports(**numbered), None
    connection = msgspec.structs.replace(connection, ip=launch.ip)
    if ours and not HELD:
        return connection, None  # our kernels write down the ports they got
    ports = ReservedPorts(launch.ip, len(CHANNELS))
    return connection.with_ports(**dict(zip(CHANNELS, ports.numbers, strict=True))), ports


def _socket_prefix() -> str:
    """A new path for five socket files, in a folder that only we may enter; empty when it would be too long."""
    folder = os.path.join(runtime_folder(), "sockets")
    prefix = os.path.join(folder, os.urandom(6).hex())
    if len(os.fsencode(prefix)) + 2 > LONGEST_PATH:
        return ""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    state = os.stat(folder)
    if state.st_uid != os.geteuid():
        return ""
    if stat.S_IMODE(state.st_mode) & 0o077:
        os.chmod(folder, 0o700)
    return prefix


def _socket_files(connection: ConnectionInfo) -> list[str]:
    if connection.transport != "ipc":
        return []
    return [connection.url(channel).removeprefix("ipc://") for channel in CHANNELS]


def _unknown_ports(connection: ConnectionInfo) -> bool:
    return any(connection.port(channel) == 0 for channel in CHANNELS)


def _environment(launch: Launch) -> dict[str, str]:
    base = {name: value for name, value in os.environ.items() if name not in ("JPY_PARENT_PID", "PYTHONEXECUTABLE")}
    env = {**launch.spec.environment(base), **launch.env}
    if not launch.outlives_us:
        # Kernels look after themselves too: ipykernel and ours leave when their parent has changed.
        env["JPY_PARENT_PID"] = str(os.getpid())
    return env
