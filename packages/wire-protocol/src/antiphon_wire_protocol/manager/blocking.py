"""`KernelManager` for code that does not await: one method, one line, the same names."""

from __future__ import annotations

from typing import Any, Self

from antiphon_wire_protocol.client.blocking import BlockingKernelClient
from antiphon_wire_protocol.client.portal import Portal
from antiphon_wire_protocol.discovery.connection import ConnectionInfo
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec
from antiphon_wire_protocol.manager.manager import TIME_TO_END, KernelManager
from antiphon_wire_protocol.manager.process import ProcessEnd
from antiphon_wire_protocol.message.content import KernelInfoReply


class BlockingKernelManager:
    """Starts and keeps one kernel; `settings` are the arguments of `KernelManager`.

    A `portal` may be shared; without one the manager has its own, which its clients share and `close` ends.
    """

    def __init__(self, spec: KernelSpec | str = "antiphon", *, portal: Portal | None = None, **settings: Any) -> None:
        self._manager = KernelManager(spec, **settings)
        self._portal = Portal() if portal is None else portal
        self._owns_portal = portal is None

    @classmethod
    def adopt(
        cls,
        connection_file: str,
        *,
        spec: KernelSpec | None = None,
        portal: Portal | None = None,
        timeout: float | None = 10.0,
    ) -> Self:
        """Take up a kernel that was started with `outlives_us`. Raises `NoSuchKernel`, as the async form does."""
        used = Portal() if portal is None else portal
        try:
            adopted = used.run(KernelManager.adopt(connection_file, spec=spec, timeout=timeout))
        except BaseException:
            if portal is None:
                used.close()
            raise
        face = cls(adopted.spec, portal=used)
        face._manager = adopted
        face._owns_portal = portal is None
        return face

    @property
    def alive(self) -> bool:
        return self._manager.alive

    @property
    def connection(self) -> ConnectionInfo:
        return self._manager.connection

    @property
    def connection_file(self) -> str:
        return self._manager.connection_file

    def client(self) -> BlockingKernelClient:
        return BlockingKernelClient.over(self._portal.call(self._manager.client), self._portal)

    def start(self) -> Self:
        self._portal.run(self._manager.start())
        return self

    def ready(self, timeout: float | None = 60.0) -> KernelInfoReply:
        return self._portal.run(self._manager.ready(timeout))

    def interrupt(self) -> None:
        self._portal.run(self._manager.interrupt())

    def restart(self, *, now: bool = False, timeout: float = TIME_TO_END) -> None:
        self._portal.run(self._manager.restart(now=now, timeout=timeout))

    def shutdown(self, *, now: bool = False, timeout: float = TIME_TO_END) -> ProcessEnd:
        return self._portal.run(self._manager.shutdown(now=now, timeout=timeout))

    def wait(self, timeout: float | None = None) -> ProcessEnd:
        return self._portal.run(self._manager.wait(), timeout)

    def died(self, timeout: float | None = None) -> ProcessEnd | None:
        return self._portal.run(self._manager.died(), timeout)

    def let_go(self) -> None:
        self._portal.call(self._manager.let_go)

    def close(self) -> None:
        """Shut the kernel down if it runs (let it go, if it outlives us), and end the portal if it is ours."""
        if not self._portal.closed:
            self._portal.run(self._manager.__aexit__(None, None, None))
        if self._owns_portal:
            self._portal.close()

    def __enter__(self) -> Self:
        return self if self.alive else self.start()

    def __exit__(self, *exc: object) -> None:
        self.close()
