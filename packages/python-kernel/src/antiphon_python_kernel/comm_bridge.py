"""The third-party `comm` package, over our frontends.

Widget libraries make their comms through `comm.create_comm` and `comm.get_comm_manager`; both are replaced before they
are first used. Its handlers take messages as nested dictionaries, so that form is made here and nowhere else.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import comm
import msgspec
from comm.base_comm import BaseComm, CommManager

from antiphon_exec_core.hooks import Hooks
from antiphon_kernel_base.frontend import Frontend
from antiphon_python_kernel.capture import frontend_of_code
from antiphon_wire_protocol.message.content import CommClose, CommMsg, CommOpen
from antiphon_wire_protocol.message.messages import Buffer, Message

_manager = CommManager()
_hooks: Hooks | None = None


class KernelComm(BaseComm):
    """One comm, whose messages leave as children of the cell that sends them."""

    def publish_msg(
        self,
        msg_type: str,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: Sequence[Buffer] | None = None,
        **keys: Any,
    ) -> None:
        if sys.is_finalizing():
            return
        frontend = frontend_of_code() or _nobody()
        content: CommOpen | CommMsg | CommClose
        if msg_type == "comm_open":
            content = CommOpen(
                comm_id=self.comm_id,
                target_name=keys.get("target_name", self.target_name),
                target_module=keys.get("target_module"),
                data=data or {},
            )
        elif msg_type == "comm_msg":
            content = CommMsg(comm_id=self.comm_id, data=data or {})
        else:
            content = CommClose(comm_id=self.comm_id, data=data or {})
        frontend.publish(content, metadata=metadata, buffers=buffers or ())

    def handle_msg(self, msg: dict[str, Any]) -> None:
        """Call the registered callback, between the hooks that a cell would have fired: figures are drawn there."""
        if self._msg_callback is None:
            return
        if _hooks is not None:
            _hooks.fire("pre_execute")
        self._msg_callback(msg)
        if _hooks is not None:
            _hooks.fire("post_execute")


def _nobody() -> Frontend:
    raise RuntimeError("no request has come yet: there is no frontend to open a comm to")


def _create(*args: Any, **keys: Any) -> KernelComm:
    return KernelComm(*args, **keys)


def install() -> None:
    """Have the `comm` package make our comms."""
    comm.create_comm = _create  # type: ignore[assignment, unused-ignore]
    comm.get_comm_manager = lambda: _manager


install()


def deliver(message: Message, hooks: Hooks) -> None:
    """Hand a comm message from a frontend to the comm it is for."""
    global _hooks
    _hooks = hooks
    handlers = {CommOpen: _manager.comm_open, CommMsg: _manager.comm_msg, CommClose: _manager.comm_close}
    handlers[type(message.content)](None, "", as_dictionary(message))  # type: ignore[index, arg-type, unused-ignore]


def as_dictionary(message: Message) -> dict[str, Any]:
    """A message in the nested form of upstream's handlers."""
    header = msgspec.to_builtins(message.header)
    return {
        "header": header,
        "msg_id": message.msg_id,
        "msg_type": message.msg_type,
        "parent_header": msgspec.to_builtins(message.parent_header) or {},
        "metadata": message.metadata,
        "content": msgspec.to_builtins(message.content),
        "buffers": [memoryview(buffer) for buffer in message.buffers],
    }


def open_comms(target_name: str | None) -> dict[str, dict[str, Any]]:
    """{comm_id: {"target_name": ...}} of the open comms."""
    return {
        comm_id: {"target_name": one.target_name}
        for comm_id, one in _manager.comms.items()
        if not target_name or one.target_name == target_name
    }
