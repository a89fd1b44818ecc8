"""One kernel's process from start to end: start, ready, interrupt, restart, shut down, wait; nothing else.

Whatever happens to the process, every client that came from here learns it at once, with the reason.
All use happens on one asyncio loop; `manager.blocking` is the face for everybody else.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import weakref
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Literal, Self

from antiphon_wire_protocol.client.client import KernelClient
from antiphon_wire_protocol.discovery.connection import ConnectionInfo, read_connection_file
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec, find_kernelspec
from antiphon_wire_protocol.errors import KernelDied, LocalProtocolError, NoSuchKernel, ProtocolError
from antiphon_wire_protocol.manager import adoption
from antiphon_wire_protocol.manager.launcher import Launch, LaunchedKernel, launch_kernel, output_file
from antiphon_wire_protocol.manager.process import KernelProcess, ProcessEnd
from antiphon_wire_protocol.manager.supervisor import GiveUp, Supervisor
from antiphon_wire_protocol.message.content import KernelInfoReply, ShutdownRequest

TIME_TO_END = 5.0
"""Seconds that a kernel has to end by itself; at half of them it is told again, by SIGTERM."""


class KernelManager:
    """Starts and keeps one kernel, given by its spec or the name of one.

    `env` is added to the environment, `cwd` is where it runs, `values` fill further places of the spec's argv.
    A kernel never outlives this process, even when that is killed, unless `outlives_us`: then `adopt` takes it up
    again elsewhere. `on_output` gets what the process itself writes to stdout and stderr, as bytes.
    ``async with`` starts it and shuts it down (lets it go, if it `outlives_us`).
    """

    def __init__(
        self,
        spec: KernelSpec | str = "antiphon",
        *,
        kernel_id: str | None = None,
        transport: Literal["tcp", "ipc"] | None = None,
        ip: str = "127.0.0.1",
        connection: ConnectionInfo | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        values: Mapping[str, str] | None = None,
        outlives_us: bool = False,
        on_output: Callable[[bytes], None] | None = None,
    ) -> None:
        self.spec = find_kernelspec(spec) if isinstance(spec, str) else spec
        self.kernel_id = kernel_id or os.urandom(16).hex()
        self._launch = Launch(
            spec=self.spec,
            kernel_id=self.kernel_id,
            transport=transport,
            ip=ip,
            connection=connection,
            env=dict(env or {}),
            cwd=None if cwd is None else os.fspath(cwd),
            values=dict(values or {}),
            outlives_us=outlives_us,
        )
        self._on_output = on_output
        self._launched: LaunchedKernel | None = None
        self._clients: weakref.WeakSet[KernelClient] = weakref.WeakSet()
        self._control: KernelClient | None = None
        self._asked_to_end = ""
        self._death: asyncio.Future[ProcessEnd | None] | None = None
        self._changing = asyncio.Lock()

    # ── what there is ────────────────────────────────────────────────────────────────────────────────────

    @property
    def alive(self) -> bool:
        return self._launched is not None and self._launched.process.alive

    @property
    def process(self) -> KernelProcess:
        """Raises `LocalProtocolError` before the first start, as `connection` and `connection_file` do."""
        return self._started().process

    @property
    def connection(self) -> ConnectionInfo:
        return self._started().connection

    @property
    def connection_file(self) -> str:
        return self._started().connection_file

    def client(self) -> KernelClient:
        """A new client, not open yet. It learns of this kernel's death and follows it through restarts."""
        client = KernelClient(self.connection)
        self._clients.add(client)
        return client

    # ── the verbs ────────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> Self:
        """Start the process; returns when its addresses are known, which is mostly before it listens there.

        Raises `NoSuchKernel` when its command is not there, `KernelDied` when it ended without telling its addresses.
        """
        async with self._changing:
            if self.alive:
                raise LocalProtocolError("the kernel is running already: restart it, or shut it down first")
            await self._start()
        return self

    async def ready(self, timeout: float | None = 60.0) -> KernelInfoReply:
        """Wait until the kernel answers and can be heard; what it says. Raises `KernelDied`, `TimeoutError`."""
        launched = self._started()
        async with asyncio.timeout(timeout):
            await launched.bound()
        probe = self.client()
        try:
            self._refuse_dead()
            # Shell too: kernels from before JEP 80, such as that of R, answer nowhere else.
            await probe.open(channels=("shell", "control", "iopub"))
            info = await probe.ready(timeout)
        finally:
            await probe.close()
        launched.was_ready = True
        return info

    async def interrupt(self) -> None:
        """Interrupt what runs, the way the spec asks for: SIGINT to the process group, or a message on control."""
        self._refuse_dead()
        if self.spec.interrupt_mode == "message":
            await (await self._control_client()).interrupt()
        else:
            self.process.signal(signal.SIGINT)

    async def restart(self, *, now: bool = False, timeout: float = TIME_TO_END) -> None:
        """End the process if it runs (`now`: without asking it), and start it at the same addresses.

        Clients are connected anew; `ready` tells when the kernel is there.
        """
        async with self._changing:
            launched = self._started()
            await self._end("it is being restarted", restart=True, now=now, timeout=timeout)
            await self._start(after=launched)
            for client in list(self._clients):
                if client.opened:
                    await client.reopen(self.connection)
                else:
                    client.connection = self.connection

    async def shutdown(self, *, now: bool = False, timeout: float = TIME_TO_END) -> ProcessEnd:
        """End the kernel and take away its files; how it ended.

        It is asked first; after half of `timeout` comes SIGTERM, after the rest, or with `now` at once, SIGKILL to its
        group.
        """
        async with self._changing:
            launched = self._started()
            end = await self._end("it was shut down", restart=False, now=now, timeout=timeout)
            launched.clean_up()
            for path in (adoption.record_path(launched.connection_file), output_file(launched.connection_file)):
                with contextlib.suppress(OSError):
                    os.unlink(path)
            if self._death is not None and not self._death.done():
                self._death.set_result(None)
            if self._control is not None:
                await self._control.close()
                self._control = None
            return end

    async def wait(self) -> ProcessEnd:
        """Wait for the end of the process, whatever its cause."""
        return await self.process.wait()

    async def died(self) -> ProcessEnd | None:
        """Wait until the kernel ends without having been asked to; None when it is shut down first."""
        self._started()
        assert self._death is not None
        return await asyncio.shield(self._death)

    async def keep_alive(
        self, supervisor: Supervisor | None = None, *, on_restart: Callable[[ProcessEnd], object] | None = None
    ) -> None:
        """Start the kernel again each time it dies, as long as `supervisor` is for it; returns when it is shut down.

        Raises `KernelDied` when the supervisor gives up.
        """
        supervisor = supervisor or Supervisor()
        while True:
            supervisor.started()
            launched = self._started()
            with contextlib.suppress(KernelDied, TimeoutError):
                await self.ready()
            if launched.was_ready:  # whoever it was that heard of it first
                supervisor.ready()
            end = await self.died()
            if end is None:
                return
            decision = supervisor.died(asyncio.get_running_loop().time())
            if isinstance(decision, GiveUp):
                raise KernelDied(f"the kernel is not started again, since {decision.reason}; {end}")
            await asyncio.sleep(decision.delay)
            if on_restart is not None:
                on_restart(end)
            await self.restart()

    # ── kernels that outlive us ──────────────────────────────────────────────────────────────────────────

    def let_go(self) -> None:
        """Stop looking after the kernel, which lives on. What awaits its end here is cancelled."""
        self._started().let_go()
        if self._control is not None:
            self._control.lose(LocalProtocolError("the kernel was let go"))
            self._control = None

    @classmethod
    async def adopt(
        cls, connection_file: str, *, spec: KernelSpec | None = None, timeout: float | None = 10.0
    ) -> KernelManager:
        """Take up a kernel that was started with `outlives_us`, by this or another process.

        Raises `NoSuchKernel`, saying why, unless pid, start time, boot and a signed kernel_info all agree.
        """
        record = adoption.read_record(connection_file)
        adoption.check_process(record)
        connection = read_connection_file(connection_file)
        if not connection.key:
            raise NoSuchKernel(f"kernel {record.kernel_id} has no key, so it cannot prove that it is the one")
        manager = cls(
            spec or find_kernelspec(record.kernel_name),
            kernel_id=record.kernel_id,
            connection=connection,
            outlives_us=True,
        )
        process = KernelProcess(record.pid, output_file=output_file(connection_file))
        manager._take(LaunchedKernel(manager._launch, process, connection, connection_file))
        try:
            # Again, now that the process is held: between the first look and this, the pid may have changed its owner.
            adoption.check_process(record)
            await manager.ready(timeout)
        except (KernelDied, TimeoutError, ProtocolError) as error:
            process.let_go()
            raise NoSuchKernel(f"kernel {record.kernel_id}: {error}") from None
        except BaseException:
            process.let_go()
            raise
        return manager

    async def __aenter__(self) -> Self:
        return self if self.alive else await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._launched is None:
            return
        if self._launch.outlives_us and self.alive:
            self.let_go()
        else:
            await self.shutdown()

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────

    def _started(self) -> LaunchedKernel:
        if self._launched is None:
            raise LocalProtocolError("the kernel was never started")
        return self._launched

    def _refuse_dead(self) -> None:
        launched = self._started()
        if launched.process.ended.done():
            raise KernelDied(f"the kernel has ended: {launched.process.ended.result()}")

    async def _start(self, after: LaunchedKernel | None = None) -> None:
        launched = launch_kernel(self._launch, after=after, on_output=self._on_output)
        self._take(launched)
        if launched.connection.transport != "ipc":
            await launched.bound()
        if self._launch.outlives_us:
            adoption.write_record(
                adoption.KernelRecord(
                    pid=launched.process.pid,
                    start_time=adoption.start_time(launched.process.pid) or 0,
                    boot_id=adoption.boot_id(),
                    kernel_name=self.spec.name,
                    kernel_id=self.kernel_id,
                    connection_file=launched.connection_file,
                )
            )

    def _take(self, launched: LaunchedKernel) -> None:
        self._asked_to_end = ""
        self._launched = launched
        if self._death is None or self._death.done():
            self._death = asyncio.get_running_loop().create_future()
        launched.process.ended.add_done_callback(self._ended)

    def _ended(self, ended: asyncio.Future[ProcessEnd]) -> None:
        """Tell everybody that the process has gone."""
        if ended.cancelled():
            return
        end = ended.result()
        error = KernelDied(f"the kernel has ended: {self._asked_to_end or end}")
        for client in list(self._clients):
            client.lose(error)
        if not self._asked_to_end and self._death is not None and not self._death.done():
            self._death.set_result(end)

    async def _end(self, reason: str, *, restart: bool, now: bool, timeout: float) -> ProcessEnd:
        """The ladder: ask, SIGTERM, SIGKILL; each rung is left as soon as the process ends."""
        process = self.process
        if process.alive:
            self._asked_to_end = reason
            if not now:
                if self.spec.interrupt_mode == "signal":
                    # Many kernels do not read control, or do not end, while a cell runs.
                    process.signal(signal.SIGINT)
                (await self._control_client()).send(ShutdownRequest(restart=restart), "control")
                with contextlib.suppress(TimeoutError):
                    return await process.wait(timeout / 2)
                process.signal(signal.SIGTERM)
                with contextlib.suppress(TimeoutError):
                    return await process.wait(timeout / 2)
            process.signal(signal.SIGKILL)
        return await process.wait()

    async def _control_client(self) -> KernelClient:
        if self._control is None or not self._control.is_open:
            self._control = self.client()
            await self._control.open(channels=("control",))
        return self._control
