"""The blocking client: same names, caller's thread, also where a loop is running already."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from antiphon_wire_protocol.client.blocking import BlockingKernelClient
from antiphon_wire_protocol.client.portal import Portal
from antiphon_wire_protocol.errors import LocalProtocolError
from antiphon_wire_protocol.message import content as c
from antiphon_wire_protocol.message.messages import Message
from antiphon_wire_protocol.testing import ScriptedKernel, Turn


@pytest.fixture
def client() -> Iterator[BlockingKernelClient]:
    with ScriptedKernel() as kernel, BlockingKernelClient(kernel.connection) as client:
        client.ready(10)
        yield client


def test_execute_calls_back_in_the_callers_thread(client: BlockingKernelClient) -> None:
    threads: set[int] = set()
    kinds: list[str] = []

    def heard(message: Message) -> None:
        threads.add(threading.get_ident())
        kinds.append(message.msg_type)

    reply = client.execute("1", on_output=heard, timeout=10)
    assert reply.execution_count == 1
    assert kinds == ["status", "execute_input", "execute_result", "status"]
    assert threads == {threading.get_ident()}


async def test_inside_a_running_loop(client: BlockingKernelClient) -> None:
    assert client.execute("1", timeout=10).status == "ok"
    assert [message.msg_type for message in client.outputs("1")][-1] == "status"


def test_an_exception_of_the_caller_leaves_the_client_usable(client: BlockingKernelClient) -> None:
    def fail(message: Message) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.execute("1", on_output=fail)
    assert client.execute("2", timeout=10).status == "ok"


def test_requests(client: BlockingKernelClient) -> None:
    assert client.kernel_info("control").implementation == "scripted"
    assert client.complete("x", timeout=10).matches == []
    assert client.inspect("x").found is False
    assert client.is_complete("x").status == "complete"
    assert client.history("tail", n=3).history == []
    assert client.comm_info().comms == {}
    assert client.interrupt().status == "ok"
    assert client.request(c.KernelInfoRequest(), "control").msg_type == "kernel_info_reply"
    comm = client.comm_open("target", {"a": 1})
    client.comm_msg(comm, buffers=[b"x"])
    client.comm_close(comm)
    with pytest.raises(TimeoutError):
        client.connect_info(timeout=0.05)
    assert client.shutdown().restart is False


@pytest.mark.parametrize("ends", [False, True])
def test_questions_are_answered_in_the_callers_thread(ends: bool) -> None:
    def ask(turn: Turn) -> None:
        turn.hold()

        def answered(line: str) -> None:
            turn.reply(c.ExecuteReply(user_expressions={"line": line}))
            turn.idle()

        turn.ask("? ", answered)

    def answer(prompt: str, password: bool) -> str:
        if ends:
            raise EOFError
        return f"{prompt}{threading.get_ident()}"

    with ScriptedKernel(execute_request=ask) as kernel, BlockingKernelClient(kernel.connection) as client:
        client.ready(10)
        reply = client.execute("input()", on_input=answer, timeout=10)
        assert reply.user_expressions["line"] == ("\x04" if ends else f"? {threading.get_ident()}")


def test_a_shared_portal_stays_open() -> None:
    with Portal() as portal, ScriptedKernel() as kernel:
        first = BlockingKernelClient(kernel.connection, portal=portal).open()
        second = BlockingKernelClient(kernel.connection, portal=portal).open()
        first.ready(10)
        second.ready(10)
        first.close()
        first.close()
        assert second.execute("1", timeout=10).status == "ok"
        with pytest.raises(LocalProtocolError, match="closed"):
            first.execute("1")
        second.close()
