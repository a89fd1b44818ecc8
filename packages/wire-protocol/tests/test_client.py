"""The client against a scripted kernel, which may be as slow, late, odd or wrong as the test likes."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from antiphon_wire_protocol.client.client import KernelClient
from antiphon_wire_protocol.discovery.connection import ConnectionInfo
from antiphon_wire_protocol.errors import KernelDied, LocalProtocolError, RemoteProtocolError
from antiphon_wire_protocol.message import content as c
from antiphon_wire_protocol.message.messages import Message
from antiphon_wire_protocol.message.session import Session
from antiphon_wire_protocol.testing import ANSWERS, ScriptedKernel, Turn


@asynccontextmanager
async def connected(**scripts: Any) -> AsyncIterator[tuple[KernelClient, ScriptedKernel]]:
    with ScriptedKernel(**scripts) as kernel:
        async with KernelClient(kernel.connection) as client:
            await client.ready(10)
            yield client, kernel


async def test_ready_tells_who_the_kernel_is() -> None:
    with ScriptedKernel() as kernel:
        async with KernelClient(kernel.connection) as client:
            assert (await client.ready(10)).implementation == "scripted"


async def test_ready_without_a_welcome_is_known_by_the_status_of_a_probe() -> None:
    with ScriptedKernel(welcome=False) as kernel:
        async with KernelClient(kernel.connection) as client:
            await client.ready(10)
            execution = client.execute("first")
            kinds = [message.msg_type async for message in execution]
            assert kinds[0] == "status"


async def test_broadcasts_heard_by_another_road_can_be_taken_so_that_none_is_kept() -> None:
    async with connected() as (client, _):
        with client.broadcasts() as mailbox:
            execution = client.execute("1")
            assert execution.take() is None
            await execution.done(10)
            twins = [(mailbox.take(), execution.take()) for _ in range(len(mailbox))]
        assert len(twins) == 4 and all(one is other for one, other in twins)
        assert execution.take() is None and [message async for message in execution] == []


async def test_ready_asks_shell_when_control_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("antiphon_wire_protocol.client.client.PROBE_INTERVAL", 0.02)

    def only_on_shell(turn: Turn) -> None:
        if turn.channel == "shell":
            turn.reply(c.KernelInfoReply(implementation="old"))

    with ScriptedKernel(kernel_info_request=only_on_shell) as kernel:
        async with KernelClient(kernel.connection) as client:
            assert (await client.ready(10)).implementation == "old"


async def test_ready_says_what_is_missing() -> None:
    with ScriptedKernel(kernel_info_request=lambda turn: None) as kernel:
        async with KernelClient(kernel.connection) as client:
            with pytest.raises(TimeoutError, match="no sign of an answer to kernel_info_request"):
                await client.ready(0.1)
            # and may be asked again
            with pytest.raises(TimeoutError):
                await client.ready(0.1)


async def test_the_kernel_may_come_later_than_the_client(runtime: object) -> None:
    with ScriptedKernel() as first:
        connection = first.connection
    async with KernelClient(connection) as client:
        waiting = asyncio.ensure_future(client.ready(10))
        await asyncio.sleep(0)
        with ScriptedKernel(connection):
            assert (await waiting).implementation == "scripted"


async def test_execute_gives_reply_and_outputs() -> None:
    async with connected() as (client, _):
        execution = client.execute("1 + 1", metadata={"cellId": "a"})
        reply = await execution
        assert isinstance(reply.content, c.ExecuteReply) and reply.content.execution_count == 1
        assert [message.msg_type async for message in execution] == [
            "status",
            "execute_input",
            "execute_result",
            "status",
        ]
        assert (await execution.done()).status == "ok"
        assert execution.over


async def test_outputs_may_follow_the_reply() -> None:
    def late(turn: Turn) -> None:
        turn.reply(c.ExecuteReply(execution_count=1))
        turn.hold()

    async with connected(execute_request=late) as (client, kernel):
        execution = client.execute("x")
        await execution
        assert not execution.over
        request = next(request for request in kernel.requests if request.msg_type == "execute_request")

        def finish() -> None:
            kernel.send("iopub", c.Stream(name="stdout", text="late"), parent=request)
            kernel.send("iopub", c.Status(execution_state="idle"), parent=request)

        kernel.run(finish)
        texts = [message.content.text async for message in execution if isinstance(message.content, c.Stream)]
        assert texts == ["late"]


async def test_hundreds_of_requests_never_eat_each_others_replies() -> None:
    """Answers come in reverse order, in blocks, on two channels at once: each finds the one who asked."""
    held: list[Turn] = []

    def answer_backwards(turn: Turn) -> None:
        turn.hold()
        held.append(turn)
        if len(held) == 50:
            for late in reversed(held):
                code = late.request.content.code  # type: ignore[union-attr]
                if late.request.msg_type == "execute_request":
                    late.broadcast(c.Stream(name="stdout", text=code))
                    late.idle()
                    late.reply(c.ExecuteReply(execution_count=1, user_expressions={"code": code}))
                else:
                    late.reply(c.CompleteReply(matches=[code]))
                    late.idle()
            held.clear()

    async with connected(execute_request=answer_backwards, complete_request=answer_backwards) as (client, _):

        async def execute(code: str) -> None:
            execution = client.execute(code)
            texts = [message.content.text async for message in execution if isinstance(message.content, c.Stream)]
            assert texts == [code]
            assert (await execution.done()).user_expressions == {"code": code}

        async def complete(code: str) -> None:
            assert (await client.complete(code)).matches == [code]

        async def ask(number: int) -> None:
            assert (await client.kernel_info("control")).implementation == "scripted"

        async with asyncio.TaskGroup() as group:
            for number in range(300):
                group.create_task(execute(f"cell {number}"))
                group.create_task(complete(f"name {number}"))
                group.create_task(ask(number))


async def test_a_flood_of_output_arrives_whole_and_in_order() -> None:
    def flood(turn: Turn) -> None:
        for number in range(20_000):
            turn.broadcast(c.Stream(name="stdout", text=str(number)))
        turn.reply(c.ExecuteReply(execution_count=1))

    async with connected(execute_request=flood) as (client, _):
        execution = client.execute("x")
        texts = [message.content.text async for message in execution if isinstance(message.content, c.Stream)]
        assert texts == [str(number) for number in range(20_000)]


async def test_buffers_go_both_ways() -> None:
    big = bytes(range(256)) * 4096

    def echo(turn: Turn) -> None:
        turn.broadcast(c.CommMsg(comm_id="a"), buffers=turn.request.buffers)

    async with connected(comm_msg=echo) as (client, _):
        with client.broadcasts(lambda message: message.msg_type == "comm_msg") as mailbox:
            client.comm_msg("a", buffers=[big, b"small"])
            message = await mailbox.get(10)
        assert [bytes(buffer) for buffer in message.buffers] == [big, b"small"]
        assert all(isinstance(buffer, memoryview) for buffer in message.buffers)


@pytest.mark.parametrize("kind", ["coroutine", "plain"])
async def test_a_question_is_answered(kind: str) -> None:
    def ask(turn: Turn) -> None:
        turn.hold()

        def answered(line: str) -> None:
            turn.broadcast(c.Stream(name="stdout", text=line))
            turn.reply(c.ExecuteReply(execution_count=1))
            turn.idle()

        assert turn.request.content.allow_stdin  # type: ignore[union-attr]
        turn.ask("name? ", answered, password=True)

    async def answer(prompt: str, password: bool) -> str:
        return f"{prompt}{password}"

    def plain(prompt: str, password: bool) -> str:
        return f"{prompt}{password}"

    async with connected(execute_request=ask) as (client, _):
        execution = client.execute("input()", on_input=answer if kind == "coroutine" else plain)
        texts = [message.content.text async for message in execution if isinstance(message.content, c.Stream)]
        assert texts == ["name? True"]


async def test_a_question_comes_among_the_outputs_when_nobody_is_named_to_answer() -> None:
    def ask(turn: Turn) -> None:
        turn.hold()
        turn.ask("? ", lambda line: (turn.reply(c.ExecuteReply()), turn.idle()))

    async with connected(execute_request=ask) as (client, kernel):
        execution = client.execute("input()", allow_stdin=True)
        async for message in execution:
            if isinstance(message.content, c.InputRequest):
                client.input_reply("42", message)
        await execution.done(10)
        replies = [request for request in kernel.requests if isinstance(request.content, c.InputReply)]
        assert replies[0].content == c.InputReply(value="42") and replies[0].parent_id


async def test_without_on_input_the_kernel_is_told_not_to_ask() -> None:
    async with connected() as (client, kernel):
        await client.execute("x").done(10)
        asked = [request.content for request in kernel.requests if isinstance(request.content, c.ExecuteRequest)]
        assert not asked[0].allow_stdin


async def test_an_error_in_on_input_reaches_the_caller() -> None:
    def ask(turn: Turn) -> None:
        turn.hold()
        turn.ask("? ", lambda line: None)

    async def fail(prompt: str, password: bool) -> str:
        raise ZeroDivisionError(prompt)

    async with connected(execute_request=ask) as (client, _):
        with pytest.raises(ZeroDivisionError):
            await client.execute("input()", on_input=fail).done(10)


async def test_requests_of_every_kind_return_the_content_of_their_reply() -> None:
    def debugged(turn: Turn) -> None:
        turn.reply(c.DebugReply(command="debugInfo", body={"isStarted": False}))

    scripts = {
        "connect_request": lambda turn: turn.reply(c.ConnectReply(shell_port=5)),
        "debug_request": debugged,
        "create_subshell_request": lambda turn: turn.reply(c.CreateSubshellReply(subshell_id="s")),
        "list_subshell_request": lambda turn: turn.reply(c.ListSubshellReply(subshell_id=["s"])),
        "delete_subshell_request": lambda turn: turn.reply(c.DeleteSubshellReply()),
    }
    async with connected(**scripts) as (client, kernel):
        assert (await client.inspect("os", detail_level=1)).status == "ok"
        assert (await client.is_complete("1")).status == "complete"
        assert (await client.history("search", pattern="a*", unique=True)).history == []
        assert (await client.comm_info("jupyter.widget")).comms == {}
        assert (await client.connect_info()).shell_port == 5
        assert (await client.interrupt()).status == "ok"
        assert (await client.debug(c.DebugRequest(command="debugInfo"))).body == {"isStarted": False}
        assert await client.create_subshell() == "s"
        assert await client.list_subshells() == ["s"]
        assert (await client.delete_subshell("s")).status == "ok"
        assert (await client.complete("x", subshell_id="s")).status == "ok"
        assert [request.subshell_id for request in kernel.requests if request.msg_type == "complete_request"] == ["s"]
        assert (await client.shutdown(restart=True)).restart


async def test_no_reply_is_a_timeout_and_leaves_nothing_behind() -> None:
    async with connected(is_complete_request=lambda turn: None) as (client, _):
        with pytest.raises(TimeoutError, match=r"no reply to is_complete_request within 0\.05 s"):
            await client.is_complete("x", timeout=0.05)
        assert len(client._conversation) == 0
        assert (await client.kernel_info()).implementation == "scripted"


async def test_a_timeout_while_awaiting_an_execution_does_not_end_it() -> None:
    held: list[Turn] = []
    came = threading.Event()

    def hold(turn: Turn) -> None:
        turn.hold()
        held.append(turn)
        came.set()

    async with connected(execute_request=hold) as (client, kernel):
        execution = client.execute("x")
        with pytest.raises(TimeoutError):
            await execution.done(0.05)
        await asyncio.to_thread(came.wait, 10)  # a busy machine may need longer than that

        def finish() -> None:
            held[0].reply(c.ExecuteReply(execution_count=7))
            held[0].idle()

        kernel.run(finish)
        assert (await execution.done(10)).execution_count == 7


async def test_a_wrong_answer_is_an_error_and_not_a_hang(caplog: pytest.LogCaptureFixture) -> None:
    scripts = {
        "comm_info_request": lambda turn: turn.reply(c.UnknownContent("comm_info_reply", {"comms": 5})),
        "connect_request": lambda turn: turn.reply(c.KernelInfoReply()),
        "list_subshell_request": lambda turn: turn.reply(
            c.ListSubshellReply(status="error", ename="No", evalue="never")
        ),
    }
    async with connected(**scripts) as (client, _):
        with caplog.at_level(logging.CRITICAL, "antiphon_wire_protocol"), pytest.raises(RemoteProtocolError):
            await client.comm_info()
        with pytest.raises(RemoteProtocolError, match=r"a usable connect_reply was expected"):
            await client.connect_info()
        with pytest.raises(RemoteProtocolError, match="No: never"):
            await client.list_subshells()


async def test_garbage_is_dropped_and_the_connection_lives_on(caplog: pytest.LogCaptureFixture) -> None:
    stranger = Session(b"another key")

    def rave(turn: Turn) -> None:
        # From the cell itself: what somebody else had the kernel say could come after the cell's idle.
        turn.kernel.send_frames("iopub", [b"no delimiter"])
        turn.kernel.send_frames("iopub", [b"topic", b"<IDS|MSG>", b"", b"{}", b"{}", b"{}", b"{}"])
        turn.kernel.send_frames("iopub", stranger.frames(stranger.message(c.Status(execution_state="busy"))))
        ANSWERS["execute_request"](turn)

    async with connected(execute_request=rave) as (client, _):
        with caplog.at_level(logging.WARNING, "antiphon_wire_protocol"), client.broadcasts() as mailbox:
            await client.execute("x").done(10)
            heard = [message for message in iter(mailbox.take, None) if message.msg_type != "iopub_welcome"]
            assert all(m.parent_id for m in heard if m.content != c.Status(execution_state="starting"))
        assert len(caplog.records) == 3


async def test_broadcasts_are_heard_whoever_caused_them() -> None:
    def spoken(message: Message) -> bool:
        return message.msg_type == "stream"  # statuses of our own probes may still be on their way

    async with connected() as (client, kernel):
        with client.broadcasts(spoken) as everything, client.broadcasts(spoken, limit=2) as newest:
            for number in range(5):
                kernel.say(c.Stream(name="stdout", text=str(number)))
            heard = [(await everything.get(10)).content for _ in range(5)]
            assert [content.text for content in heard if isinstance(content, c.Stream)] == list("01234")
            assert newest.dropped == 3
            assert [m.content.text for m in (newest.take(), newest.take()) if m] == ["3", "4"]  # type: ignore[union-attr]


async def test_what_is_awaited_fails_when_the_kernel_has_gone() -> None:
    async with connected(execute_request=lambda turn: turn.hold()) as (client, _):
        execution = client.execute("x")
        asking = asyncio.ensure_future(client.request(c.UnknownContent("never_answered", {})))
        iterating = asyncio.ensure_future(_list(execution))
        while len(client._conversation) < 2:
            await asyncio.sleep(0)
        client.lose(KernelDied("exit code 3"))
        for waiting in (execution.reply(), execution.done(), asking, iterating):
            with pytest.raises(KernelDied, match="exit code 3"):
                await waiting
        with pytest.raises(KernelDied, match="exit code 3"):
            client.execute("y")
        with pytest.raises(KernelDied, match="exit code 3"):
            await client.ready(1)


async def test_a_client_reopens_to_the_successor() -> None:
    async with connected() as (client, _):
        with client.broadcasts() as mailbox, ScriptedKernel(ConnectionInfo(key="another")) as successor:
            await client.reopen(successor.connection)
            await client.ready(10)
            await client.execute("x").done(10)
            assert any(m.content == c.Status(execution_state="idle") for m in iter(mailbox.take, None))
            assert successor.problems == []


async def test_a_closed_client_says_so() -> None:
    with ScriptedKernel(execute_request=lambda turn: turn.hold()) as kernel:
        client = KernelClient(kernel.connection)
        with pytest.raises(LocalProtocolError, match="not open"):
            client.execute("x")
        with pytest.raises(LocalProtocolError, match="not open"):
            await client.ready()
        await client.open()
        await client.open()
        await client.ready(10)
        execution = client.execute("x")
        await client.close()
        await client.close()
        with pytest.raises(LocalProtocolError, match="closed"):
            await execution
        with pytest.raises(LocalProtocolError, match="closed"):
            client.execute("x")


async def test_a_kernel_of_version_4_is_spoken_to_as_one() -> None:
    def pyout(turn: Turn) -> None:
        count = 3
        turn.broadcast(c.UnknownContent("pyin", {"code": "x", "execution_count": count}))
        turn.broadcast(c.UnknownContent("stream", {"name": "stdout", "data": "text"}))
        turn.broadcast(c.UnknownContent("pyout", {"execution_count": count, "data": {}, "metadata": {}}))
        turn.reply(c.ExecuteReply(execution_count=count))

    with ScriptedKernel(execute_request=pyout) as kernel:
        building = kernel.session.message

        def old(*args: Any, **keywords: Any) -> Message:
            message = building(*args, **keywords)
            return msgspec.structs.replace(message, header=msgspec.structs.replace(message.header, version="4.1"))

        kernel.session = _Speaking(kernel.session, old)  # type: ignore[assignment]
        async with KernelClient(kernel.connection) as client:
            await client.ready(10)
            execution = client.execute("x")
            contents = [message.content async for message in execution]
            assert contents[1:4] == [
                c.ExecuteInput(code="x", execution_count=3),
                c.Stream(name="stdout", text="text"),
                c.ExecuteResult(execution_count=3, data={}),
            ]
            assert (await execution.done()).execution_count == 3
            assert kernel.requests[-1].header.version == "4.1"


class _Speaking:
    def __init__(self, session: Session, message: Callable[..., Message]) -> None:
        self.session_id, self.frames, self.read, self.message = (
            session.session_id,
            session.frames,
            session.read,
            message,
        )


async def test_two_clients_share_a_session_id() -> None:
    """A page that reconnects keeps its session: the kernel must not take one for the other."""
    with ScriptedKernel() as kernel:
        session = Session(kernel.connection.key_bytes, session_id="one")
        other = Session(kernel.connection.key_bytes, session_id="one")
        async with (
            KernelClient(kernel.connection, session=session) as first,
            KernelClient(kernel.connection, session=other) as second,
        ):
            await first.ready(10)
            await second.ready(10)
            await asyncio.gather(first.complete("x", timeout=10), second.complete("y", timeout=10))


async def _list(execution: Any) -> list[Message]:
    return [message async for message in execution]
