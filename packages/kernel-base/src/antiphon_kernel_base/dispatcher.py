"""A request in; busy, its handler, a reply and idle out. Sans-I/O: what goes out is handed to an outbox.

Every request gets exactly one reply, one busy and one idle, whatever its handler does. After a failed cell, the cells
queued behind it are answered ``aborted`` until the fence that was put behind them comes by.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, Protocol, cast

from antiphon_kernel_base.frontend import Ask, Frontend, Outbox, use_frontend
from antiphon_kernel_base.interrupts import expect, interruptible, over
from antiphon_kernel_base.kernel import KernelBase
from antiphon_wire_protocol.errors import MalformedContent
from antiphon_wire_protocol.message.content import (
    CommClose,
    CommInfoReply,
    CommInfoRequest,
    CommMsg,
    CommOpen,
    CompleteRequest,
    ConnectReply,
    ConnectRequest,
    Content,
    ExecuteReply,
    ExecuteRequest,
    HistoryRequest,
    InspectRequest,
    InterruptReply,
    InterruptRequest,
    IsCompleteRequest,
    KernelInfoRequest,
    Reply,
    ShutdownReply,
    ShutdownRequest,
    Status,
    UnknownContent,
    content_type,
)
from antiphon_wire_protocol.message.messages import Message
from antiphon_wire_protocol.message.session import Session, timestamp

BUSY = Status(execution_state="busy")
IDLE = Status(execution_state="idle")

AnyContent = Content | UnknownContent


class Replies(Outbox, Protocol):
    """An outbox that also carries replies."""

    session: Session

    def send(self, channel: str, message: Message) -> None:
        """Send a reply, after all that was published before it."""


class Surroundings(NamedTuple):
    """What a dispatcher needs of the process around it."""

    drive: Callable[[Any], Any]
    """Run a coroutine to its end."""
    fence: Callable[[], object]
    """Have `Dispatcher.fence_passed` called once all requests that have arrived by now were handled."""
    stop: Callable[[bool], object]
    """Leave after this request; the argument says whether a restart is meant."""
    connect_info: Callable[[], ConnectReply]
    ask: Ask | None = None


class Dispatcher:
    """Requests of one kernel, one at a time on each thread that calls `handle`."""

    def __init__(self, kernel: KernelBase, outbox: Replies, surroundings: Surroundings) -> None:
        self.kernel = kernel
        self.outbox = outbox
        self._around = surroundings
        self._aborting = False
        self._leaving = False

    def answers_while_busy(self, request: Message, channel: str) -> bool:
        """Whether `request` is to be handled by the thread that reads, without waiting for the running cell."""
        row = TABLE.get(type(request.content))
        return channel == "control" and (row is None or row.while_busy)

    def fence_passed(self) -> None:
        """The requests that were queued behind a failed cell have been answered: run what comes from now on."""
        self._aborting = self._leaving

    def leave(self) -> None:
        """Run no more cells: those that are queued or come yet are aborted. Any thread."""
        self._aborting = self._leaving = True

    def handle(self, request: Message, channel: str) -> None:
        """Answer one request that came on `channel` (``shell`` or ``control``). Raises nothing."""
        outbox = self.outbox
        expect()
        outbox.publish(BUSY, request)
        metadata: dict[str, Any] = {}
        started = timestamp()
        try:
            reply = self._reply(request, channel)
        except (Exception, KeyboardInterrupt) as error:
            reply = failure(request, type(error).__name__, str(error))
            if reply is None:
                Frontend(request, outbox).stream("stderr", f"{request.msg_type}: {type(error).__name__}: {error}\n")
        if reply is not None:
            if type(reply) is ExecuteReply:
                metadata = {"started": started, "status": reply.status}
                if reply.status == "error" and cast(ExecuteRequest, request.content).stop_on_error:
                    self._aborting = True
                    self._around.fence()
            try:
                message = outbox.session.message(reply, parent=request, metadata=metadata, idents=request.idents)
                outbox.send(channel, message)
            except Exception as error:
                # A handler's reply without a JSON form: its sender still hears of it.
                failed = failure(request, type(error).__name__, str(error))
                if failed is not None:
                    outbox.send(channel, outbox.session.message(failed, parent=request, idents=request.idents))
        over()
        outbox.publish(IDLE, request)

    def refuse(self, error: MalformedContent, channel: str) -> None:
        """Answer a request whose content could not be read: it gets its busy, its error and its idle as well."""
        self.outbox.publish(BUSY, error.message)
        reply = failure(error.message, type(error).__name__, str(error))
        if reply is not None:
            message = self.outbox.session.message(reply, parent=error.message, idents=error.message.idents)
            self.outbox.send(channel, message)
        self.outbox.publish(IDLE, error.message)

    def _reply(self, request: Message, channel: str) -> AnyContent | None:
        content = request.content
        if request.subshell_id is not None:
            return failure(request, "UnknownSubshell", f"no subshell {request.subshell_id!r} here")
        row = TABLE.get(type(content))
        if row is None or channel not in row.channels:
            return failure(request, "UnknownMessageType", f"{request.msg_type} is not answered on {channel}")
        if row.while_busy and channel == "control":
            return cast(AnyContent | None, row.handler(self, request, Frontend(request, self.outbox)))
        if self._aborting and type(content) is ExecuteRequest:
            return ExecuteReply(status="aborted", execution_count=None)
        frontend = Frontend(request, self.outbox, self._around.ask)
        with use_frontend(frontend):
            return interruptible(self._settled, row.handler, request, frontend)

    def _settled(self, handler: Handler, request: Message, frontend: Frontend) -> AnyContent | None:
        reply = handler(self, request, frontend)
        if isinstance(reply, Awaitable):
            reply = self._around.drive(reply)
        return cast(AnyContent | None, reply)

    # ── one method for each row of the table; each says what it takes from the content ───────────────────

    def _execute(self, request: Message, frontend: Frontend) -> Any:
        return self.kernel.execute(cast(ExecuteRequest, request.content), frontend)

    def _complete(self, request: Message, frontend: Frontend) -> Any:
        content = cast(CompleteRequest, request.content)
        return self.kernel.complete(content.code, content.cursor_pos)

    def _inspect(self, request: Message, frontend: Frontend) -> Any:
        content = cast(InspectRequest, request.content)
        return self.kernel.inspect(content.code, content.cursor_pos, content.detail_level)

    def _is_complete(self, request: Message, frontend: Frontend) -> Any:
        return self.kernel.is_complete(cast(IsCompleteRequest, request.content).code)

    def _history(self, request: Message, frontend: Frontend) -> Any:
        return self.kernel.history(cast(HistoryRequest, request.content))

    def _comm_info(self, request: Message, frontend: Frontend) -> Any:
        return CommInfoReply(comms=self.kernel.comm_info(cast(CommInfoRequest, request.content).target_name))

    def _comm(self, request: Message, frontend: Frontend) -> Any:
        self.kernel.comm(request, frontend)

    def _kernel_info(self, request: Message, frontend: Frontend) -> Any:
        return self.kernel.kernel_info()

    def _connect(self, request: Message, frontend: Frontend) -> Any:
        return self._around.connect_info()

    def _interrupt(self, request: Message, frontend: Frontend) -> Any:
        self.kernel.interrupt()
        return InterruptReply()

    def _shutdown(self, request: Message, frontend: Frontend) -> Any:
        reply = ShutdownReply(restart=cast(ShutdownRequest, request.content).restart)
        # Every frontend hears of it, not only the one that asked.
        frontend.publish(reply)
        self._around.stop(reply.restart)
        return reply


Handler = Callable[[Dispatcher, Message, Frontend], Any]


class Row(NamedTuple):
    """How one type of request is answered."""

    handler: Handler
    channels: tuple[str, ...]
    while_busy: bool
    """Answered by the reading thread when it comes on control: it runs no user code and waits for nothing."""


SHELL, CONTROL, BOTH = ("shell",), ("control",), ("shell", "control")

TABLE: dict[type[Any], Row] = {
    ExecuteRequest: Row(Dispatcher._execute, BOTH, False),
    CompleteRequest: Row(Dispatcher._complete, BOTH, False),
    InspectRequest: Row(Dispatcher._inspect, BOTH, False),
    IsCompleteRequest: Row(Dispatcher._is_complete, BOTH, False),
    HistoryRequest: Row(Dispatcher._history, BOTH, False),
    CommInfoRequest: Row(Dispatcher._comm_info, BOTH, False),
    CommOpen: Row(Dispatcher._comm, SHELL, False),
    CommMsg: Row(Dispatcher._comm, SHELL, False),
    CommClose: Row(Dispatcher._comm, SHELL, False),
    KernelInfoRequest: Row(Dispatcher._kernel_info, BOTH, True),
    ConnectRequest: Row(Dispatcher._connect, BOTH, True),
    InterruptRequest: Row(Dispatcher._interrupt, CONTROL, True),
    ShutdownRequest: Row(Dispatcher._shutdown, BOTH, True),
}


def failure(request: Message, ename: str, evalue: str) -> AnyContent | None:
    """The error reply to a request; None for a message that gets no reply (comms)."""
    if not request.msg_type.endswith("_request"):
        return None
    msg_type = request.msg_type.removesuffix("_request") + "_reply"
    kind = content_type(msg_type)
    if kind is not None and issubclass(kind, Reply):
        return kind(status="error", ename=ename, evalue=evalue, traceback=[])
    return UnknownContent(msg_type, {"status": "error", "ename": ename, "evalue": evalue, "traceback": []})
