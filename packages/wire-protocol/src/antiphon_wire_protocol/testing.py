"""The test bench of this package, for us and for those who build on it.

`paired_sessions` and `carry` need no socket. `ScriptedKernel` is a kernel on real sockets that says what a test tells
it to, in whatever order and however wrong; one thread owns its sockets, and everything it does happens there.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

import zmq

from antiphon_wire_protocol.discovery.connection import (
    Channel,
    ConnectionInfo,
    read_connection_file,
    write_connection_file,
)
from antiphon_wire_protocol.errors import ProtocolError
from antiphon_wire_protocol.message.content import (
    CommInfoReply,
    CompleteReply,
    Content,
    ExecuteInput,
    ExecuteReply,
    ExecuteRequest,
    ExecuteResult,
    HistoryReply,
    InputReply,
    InputRequest,
    InspectReply,
    InterruptReply,
    IopubWelcome,
    IsCompleteReply,
    KernelInfoReply,
    ShutdownReply,
    ShutdownRequest,
    Status,
    UnknownContent,
)
from antiphon_wire_protocol.message.messages import PROTOCOL_VERSION, Buffer, Message
from antiphon_wire_protocol.message.session import Session

Script: TypeAlias = "Callable[[Turn], object]"

_SOCKETS: dict[Channel, int] = {
    "shell": zmq.ROUTER,
    "iopub": zmq.XPUB,
    "stdin": zmq.ROUTER,
    "control": zmq.ROUTER,
    "hb": zmq.REP,
}


def paired_sessions(key: bytes = b"the key of a test") -> tuple[Session, Session]:
    """A client's and a kernel's session that understand each other."""
    return Session(key, username="client"), Session(key, username="kernel")


def carry(message: Message, sender: Session, receiver: Session) -> Message:
    """What `receiver` reads of what `sender` writes."""
    return receiver.read([bytes(frame) for frame in sender.frames(message)])


class Turn:
    """One request before the scripted kernel, and the ways to answer it.

    The kernel says busy before the script runs and idle after it, unless the script said `idle` itself
    or called `hold` to answer later (`ScriptedKernel.run`). Replies are never sent on their own.
    """

    def __init__(self, kernel: ScriptedKernel, channel: Channel, request: Message) -> None:
        self.kernel = kernel
        self.channel = channel
        self.request = request
        self.held = False

    def reply(self, content: Content | UnknownContent, *, buffers: tuple[Buffer, ...] = ()) -> None:
        self.kernel.send(self.channel, content, parent=self.request, idents=self.request.idents, buffers=buffers)

    def broadcast(self, content: Content | UnknownContent, *, buffers: tuple[Buffer, ...] = ()) -> None:
        self.kernel.send("iopub", content, parent=self.request, buffers=buffers)

    def ask(self, prompt: str, then: Callable[[str], object], *, password: bool = False) -> None:
        """Ask the user; `then` is called with the line. To be used with `hold`."""
        question = InputRequest(prompt=prompt, password=password)
        self.kernel.questions.append(then)
        self.kernel.send("stdin", question, parent=self.request, idents=self.request.idents)

    def hold(self) -> None:
        """Stay busy after the script: idle will be said by it, later."""
        self.held = True

    def idle(self) -> None:
        self.held = True
        self.broadcast(Status(execution_state="idle"))


class ScriptedKernel:
    """A kernel in a thread: ``with ScriptedKernel(execute_request=my_script) as kernel: connect to kernel.connection``.

    Scripts are given by message type and called with a `Turn`; types without one get a plausible answer
    (an execute_request echoes its code as result), types that have neither get none. `requests` is what came, in order.
    """

    def __init__(
        self,
        connection: ConnectionInfo | None = None,
        *,
        welcome: bool = True,
        name: str = "scripted",
        **scripts: Script,
    ) -> None:
        connection = connection or ConnectionInfo(key=os.urandom(16).hex(), kernel_name=name)
        self.session = Session(connection.key_bytes, signature_scheme=connection.signature_scheme, username="kernel")
        self.requests: list[Message] = []
        self.problems: list[Exception] = []
        self.questions: deque[Callable[[str], object]] = deque()
        self.execution_count = 0
        self._welcome = welcome
        self._scripts: Mapping[str, Script] = {**ANSWERS, **scripts}
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._errands: deque[Callable[[], object]] = deque()
        self._ended = threading.Event()
        self._sockets: dict[Channel, zmq.Socket[bytes]] = {}
        ports: dict[str, int] = {}
        for number, (channel, kind) in enumerate(_SOCKETS.items(), start=1):
            self._sockets[channel] = socket = self._context.socket(kind)
            socket.set(zmq.LINGER, 200)
            socket.set(zmq.SNDHWM, 0)
            socket.set(zmq.RCVHWM, 0)
            if kind == zmq.ROUTER:
                socket.set(zmq.ROUTER_HANDOVER, 1)
            port = connection.port(channel)
            if connection.transport == "ipc" and not port:
                connection = connection.with_ports(**{channel: number})
                port = number
            socket.bind(connection.url(channel))
            ports[channel] = port or int(socket.get_string(zmq.LAST_ENDPOINT).rpartition(":")[2])
        self.connection = connection.with_ports(**ports)
        # Sockets may be handed over to another thread once, with a full fence between: starting it is one.
        self._wake = self._context.socket(zmq.PAIR)
        self._wake.bind("inproc://wake")
        self._woken = self._context.socket(zmq.PAIR)
        self._woken.connect("inproc://wake")
        self._wake_lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="scripted-kernel", daemon=True)

    def start(self) -> ScriptedKernel:
        self._thread.start()
        return self

    def run(self, errand: Callable[[], object]) -> None:
        """Have something done in the kernel's thread: a late answer, an unasked-for broadcast."""
        self._errands.append(errand)
        with self._wake_lock:
            self._wake.send(b"")

    def say(self, content: Content | UnknownContent) -> None:
        """Broadcast something that no request caused."""
        self.run(lambda: self.send("iopub", content))

    def join(self, timeout: float | None = None) -> bool:
        """Wait until the kernel was shut down; False when it was not within `timeout` seconds."""
        return self._ended.wait(timeout)

    def close(self) -> None:
        """End the kernel and free its sockets."""
        if self._thread.ident is not None:
            self.run(self._ended.set)
            self._thread.join()
        self._wake.close()
        for socket in (*self._sockets.values(), self._woken):
            socket.close()
        self._context.term()
        if self.connection.transport == "ipc":
            for channel in _SOCKETS:
                with suppress(FileNotFoundError):
                    os.unlink(self.connection.url(channel).removeprefix("ipc://"))

    def __enter__(self) -> ScriptedKernel:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.close()

    # ── in the kernel's thread, from scripts and errands ─────────────────────────────────────────────────

    def send(
        self,
        channel: Channel,
        content: Content | UnknownContent,
        *,
        parent: Message | None = None,
        idents: tuple[bytes, ...] = (),
        buffers: tuple[Buffer, ...] = (),
    ) -> None:
        if channel == "iopub":
            idents = (f"kernel.{self.session.session_id}.{content.msg_type}".encode(),)
        message = self.session.message(content, parent=parent, idents=idents, buffers=buffers)
        self.send_frames(channel, self.session.frames(message))

    def send_frames(self, channel: Channel, frames: list[Any]) -> None:
        """Anything at all, also what no kernel should say."""
        self._sockets[channel].send_multipart(frames)

    def end(self) -> None:
        """Leave after this turn."""
        self._ended.set()

    def _serve(self) -> None:
        poller = zmq.Poller()
        names: dict[zmq.Socket[bytes], Channel] = {socket: name for name, socket in self._sockets.items()}
        for socket in (*names, self._woken):
            poller.register(socket, zmq.POLLIN)
        self.send("iopub", Status(execution_state="starting"))
        while not self._ended.is_set():
            for socket, _ in poller.poll():
                frames = socket.recv_multipart()
                if socket is self._woken:
                    self._errands.popleft()()
                else:
                    self._received(names[socket], frames)

    def _received(self, channel: Channel, frames: list[bytes]) -> None:
        if channel == "hb":
            self.send_frames("hb", frames)
        elif channel == "iopub":
            if self._welcome and frames[0][:1] == b"\x01":
                self.send("iopub", IopubWelcome(subscription=frames[0][1:].decode()))
        else:
            try:
                message = self.session.read(frames)
            except ProtocolError as error:
                self.problems.append(error)
                return
            self.requests.append(message)
            if channel == "stdin":
                if isinstance(message.content, InputReply) and self.questions:
                    self.questions.popleft()(message.content.value)
            else:
                self._take_turn(Turn(self, channel, message))

    def _take_turn(self, turn: Turn) -> None:
        turn.broadcast(Status(execution_state="busy"))
        script = self._scripts.get(turn.request.msg_type)
        if script is not None:
            script(turn)
        if not turn.held:
            turn.idle()


# ── what a scripted kernel says when no script says otherwise ────────────────────────────────────────────────


def _kernel_info(turn: Turn) -> None:
    turn.reply(
        KernelInfoReply(
            protocol_version=PROTOCOL_VERSION,
            implementation="scripted",
            implementation_version="1.0",
            language_info={"name": "echo", "version": "1.0", "mimetype": "text/plain", "file_extension": ".txt"},
            banner="A kernel that repeats",
        )
    )


def _execute(turn: Turn) -> None:
    request = turn.request.content
    assert isinstance(request, ExecuteRequest)
    if not request.silent:
        turn.kernel.execution_count += request.store_history
        count = turn.kernel.execution_count
        turn.broadcast(ExecuteInput(code=request.code, execution_count=count))
        turn.broadcast(ExecuteResult(execution_count=count, data={"text/plain": request.code}))
    turn.reply(ExecuteReply(execution_count=turn.kernel.execution_count))


def _shutdown(turn: Turn) -> None:
    request = turn.request.content
    assert isinstance(request, ShutdownRequest)
    turn.reply(ShutdownReply(restart=request.restart))
    turn.kernel.end()


ANSWERS: dict[str, Script] = {
    "kernel_info_request": _kernel_info,
    "execute_request": _execute,
    "shutdown_request": _shutdown,
    "interrupt_request": lambda turn: turn.reply(InterruptReply()),
    "complete_request": lambda turn: turn.reply(CompleteReply()),
    "inspect_request": lambda turn: turn.reply(InspectReply()),
    "history_request": lambda turn: turn.reply(HistoryReply()),
    "is_complete_request": lambda turn: turn.reply(IsCompleteReply(status="complete")),
    "comm_info_request": lambda turn: turn.reply(CommInfoReply()),
}


def main(argv: list[str] | None = None) -> None:
    """``python -m antiphon_wire_protocol.testing FILE``: a scripted kernel as a process, until it is shut down."""
    path = (sys.argv[1:] if argv is None else argv)[-1]
    kernel = ScriptedKernel(read_connection_file(path))
    write_connection_file(path, kernel.connection)
    with kernel:
        kernel.join()


if __name__ == "__main__":
    main()
