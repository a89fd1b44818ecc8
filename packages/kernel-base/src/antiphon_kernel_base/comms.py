"""Comms: named two-way channels between an object here and one in a frontend (messaging spec, "Custom Messages")."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from antiphon_kernel_base.frontend import Frontend, current_frontend
from antiphon_wire_protocol.message.content import CommClose, CommMsg, CommOpen
from antiphon_wire_protocol.message.messages import Buffer, Message


class Comm:
    """One open channel. Assign `on_message` and `on_close` to hear the other side."""

    def __init__(self, comms: Comms, target_name: str, comm_id: str | None = None) -> None:
        self.target_name = target_name
        self.comm_id = comm_id or os.urandom(16).hex()
        self.on_message: Callable[[Message], object] | None = None
        self.on_close: Callable[[Message], object] | None = None
        self._comms = comms

    def send(self, data: dict[str, Any], *, buffers: Sequence[Buffer] = ()) -> None:
        """Say something to the other side. Raises `RuntimeError` before there is any frontend to hear it."""
        _frontend().publish(CommMsg(comm_id=self.comm_id, data=data), buffers=buffers)

    def close(self, data: dict[str, Any] | None = None) -> None:
        """Close both ends; closing twice is nothing."""
        if self._comms.forget(self.comm_id):
            _frontend().publish(CommClose(comm_id=self.comm_id, data=data or {}))


class Comms:
    """The open comms and the targets that frontends may open."""

    def __init__(self) -> None:
        self._open: dict[str, Comm] = {}
        self._targets: dict[str, Callable[[Comm, Message], object]] = {}

    def register(self, target_name: str, opened: Callable[[Comm, Message], object]) -> None:
        """Call `opened(comm, message)` when a frontend opens a comm to `target_name`."""
        self._targets[target_name] = opened

    def open(self, target_name: str, data: dict[str, Any] | None = None, *, buffers: Sequence[Buffer] = ()) -> Comm:
        """Open a comm to a target of the frontend."""
        comm = self._open_as(target_name, None)
        _frontend().publish(CommOpen(comm_id=comm.comm_id, target_name=target_name, data=data or {}), buffers=buffers)
        return comm

    def _open_as(self, target_name: str, comm_id: str | None) -> Comm:
        comm = Comm(self, target_name, comm_id)
        self._open[comm.comm_id] = comm
        return comm

    def forget(self, comm_id: str) -> bool:
        """Drop a comm; says whether it was open."""
        return self._open.pop(comm_id, None) is not None

    def info(self, target_name: str | None = None) -> dict[str, dict[str, Any]]:
        """{comm_id: {"target_name": ...}} of those open."""
        return {
            comm_id: {"target_name": comm.target_name}
            for comm_id, comm in self._open.items()
            if target_name in (None, "", comm.target_name)
        }

    def handle(self, message: Message, frontend: Frontend) -> None:
        """Act on a comm message from a frontend. Opening an unknown target is answered by closing it."""
        content = message.content
        if isinstance(content, CommOpen):
            opened = self._targets.get(content.target_name)
            if opened is None:
                frontend.publish(CommClose(comm_id=content.comm_id))
                return
            comm = self._open_as(content.target_name, content.comm_id)
            try:
                opened(comm, message)
            except Exception:
                comm.close()
                raise
        elif isinstance(content, CommMsg):
            comm_or_none = self._open.get(content.comm_id)
            if comm_or_none is not None and comm_or_none.on_message is not None:
                comm_or_none.on_message(message)
        elif isinstance(content, CommClose):
            comm_or_none = self._open.pop(content.comm_id, None)
            if comm_or_none is not None and comm_or_none.on_close is not None:
                comm_or_none.on_close(message)


def _frontend() -> Frontend:
    frontend = current_frontend()
    if frontend is None:
        raise RuntimeError("no request has come yet: there is no frontend to open a comm to")
    return frontend
