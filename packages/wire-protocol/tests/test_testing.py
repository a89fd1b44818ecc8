from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
import zmq

from antiphon_wire_protocol.discovery.connection import ConnectionInfo, write_connection_file
from antiphon_wire_protocol.message.content import (
    ExecuteReply,
    ExecuteRequest,
    InputReply,
    IopubWelcome,
    KernelInfoReply,
    KernelInfoRequest,
    ShutdownRequest,
    Status,
    Stream,
)
from antiphon_wire_protocol.message.messages import Message
from antiphon_wire_protocol.message.session import Session
from antiphon_wire_protocol.testing import ScriptedKernel, Turn, carry, paired_sessions

PATIENCE = 10_000  # milliseconds


class Plain:
    """The barest client: sockets, in the test's thread."""

    def __init__(self, kernel: ScriptedKernel) -> None:
        self.session = Session(kernel.connection.key_bytes)
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.sockets: dict[str, zmq.Socket[bytes]] = {}
        for name, kind in {"shell": zmq.DEALER, "control": zmq.DEALER, "stdin": zmq.DEALER, "iopub": zmq.SUB}.items():
            self.sockets[name] = socket = self.context.socket(kind)
            socket.set(zmq.RCVTIMEO, PATIENCE)
            socket.set(zmq.LINGER, 0)
            if name == "iopub":
                socket.set(zmq.SUBSCRIBE, b"")
            else:
                socket.set(zmq.IDENTITY, b"plain client")
            socket.connect(kernel.connection.url(name))  # type: ignore[arg-type]

    def send(self, channel: str, message: Message) -> Message:
        self.sockets[channel].send_multipart(self.session.frames(message))
        return message

    def receive(self, channel: str) -> Message:
        return self.session.read(self.sockets[channel].recv_multipart())

    def welcomed(self) -> Message:
        """The first broadcast, but for the `starting` of a kernel that was slower than we."""
        first = self.receive("iopub")
        return self.receive("iopub") if first.content == Status(execution_state="starting") else first

    def __enter__(self) -> Plain:
        return self

    def __exit__(self, *exc: object) -> None:
        self.context.destroy(0)


def test_paired_sessions_understand_each_other_and_nobody_else() -> None:
    client, kernel = paired_sessions()
    message = client.message(Stream(name="stdout", text="x"))
    assert carry(message, client, kernel).content == message.content


@pytest.mark.parametrize("transport", ["tcp", "ipc"])
def test_a_scripted_kernel_welcomes_answers_and_leaves(tmp_path: Path, transport: str) -> None:
    ip = "127.0.0.1" if transport == "tcp" else str(tmp_path / "k")
    kernel = ScriptedKernel(ConnectionInfo(transport=transport, ip=ip, key="k"))  # type: ignore[arg-type]
    with kernel, Plain(kernel) as client:
        first = client.receive("iopub").content
        if isinstance(first, Status):  # whoever subscribes in time hears that it starts, too
            first = client.receive("iopub").content
        assert first == IopubWelcome()
        request = client.send("control", client.session.message(KernelInfoRequest()))
        reply = client.receive("control")
        assert isinstance(reply.content, KernelInfoReply)
        assert reply.parent_id == request.msg_id
        assert client.receive("iopub").content == Status(execution_state="busy")
        assert client.receive("iopub").content == Status(execution_state="idle")
        client.send("control", client.session.message(ShutdownRequest()))
        assert kernel.join(10)
    assert list(tmp_path.iterdir()) == []


def test_a_script_says_what_it_likes_and_when_it_likes() -> None:
    kept: list[Turn] = []
    came = threading.Event()

    def later(turn: Turn) -> None:
        turn.hold()
        kept.append(turn)
        came.set()

    with ScriptedKernel(welcome=True, execute_request=later) as kernel, Plain(kernel) as client:
        assert client.welcomed().msg_type == "iopub_welcome"
        request = client.send("shell", client.session.message(ExecuteRequest(code="x")))
        assert came.wait(10)
        assert client.receive("iopub").content == Status(execution_state="busy")
        kernel.say(Stream(name="stdout", text="of nobody"))
        assert client.receive("iopub").parent_header is None
        kernel.run(kept[0].idle)
        kernel.run(lambda: kept[0].reply(ExecuteReply(execution_count=7)))
        assert client.receive("iopub").parent_id == request.msg_id
        assert client.receive("shell").content == ExecuteReply(execution_count=7)
        assert [message.msg_type for message in kernel.requests] == ["execute_request"]


def test_a_script_may_ask() -> None:
    def asking(turn: Turn) -> None:
        def answered(line: str) -> None:
            turn.broadcast(Stream(name="stdout", text=line))
            turn.idle()

        turn.hold()
        turn.ask("name? ", answered)

    with ScriptedKernel(execute_request=asking) as kernel, Plain(kernel) as client:
        assert client.welcomed().msg_type == "iopub_welcome"
        # The kernel can only ask whom it knows: it must have heard of the stdin socket first.
        client.send("stdin", client.session.message(InputReply(value="early")))
        while not any(message.msg_type == "input_reply" for message in kernel.requests):
            client.send("control", client.session.message(KernelInfoRequest()))
            client.receive("control")
            for _ in ("busy", "idle"):
                client.receive("iopub")
        client.send("shell", client.session.message(ExecuteRequest(code="x")))
        question = client.receive("stdin")
        client.send("stdin", client.session.message(InputReply(value="Ada"), parent=question))
        assert client.receive("iopub").msg_type == "status"
        assert client.receive("iopub").content == Stream(name="stdout", text="Ada")


def test_what_is_not_of_the_protocol_is_kept_aside() -> None:
    with ScriptedKernel() as kernel, Plain(kernel) as client:
        client.sockets["shell"].send_multipart([b"what?"])
        client.send("shell", client.session.message(KernelInfoRequest()))
        client.receive("shell")
        assert ["delimiter" in str(problem) for problem in kernel.problems] == [True]


def test_a_scripted_kernel_as_a_process(tmp_path: Path) -> None:
    path = tmp_path / "connection.json"
    asked = ConnectionInfo(transport="ipc", ip=str(tmp_path / "k"), key="k")
    write_connection_file(path, asked)
    process = subprocess.Popen([sys.executable, "-m", "antiphon_wire_protocol.testing", str(path)])
    known = asked.with_ports(shell=1, iopub=2, stdin=3, control=4, hb=5)
    kernel = ScriptedKernel()
    kernel.connection = known
    try:
        with Plain(kernel) as client:
            client.send("control", client.session.message(ShutdownRequest(restart=True)))
            assert client.receive("control").msg_type == "shutdown_reply"
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        kernel.connection = ConnectionInfo()
        kernel.close()
