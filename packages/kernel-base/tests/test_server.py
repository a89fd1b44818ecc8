"""The server as a process, driven over real sockets by our own client."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import zmq

from antiphon_wire_protocol.client.client import KernelClient
from antiphon_wire_protocol.discovery.connection import ConnectionInfo, read_connection_file, write_connection_file
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec
from antiphon_wire_protocol.manager.manager import KernelManager
from antiphon_wire_protocol.message.content import ExecuteRequest, InspectRequest, UnknownContent
from antiphon_wire_protocol.message.session import Session

KERNEL = os.path.join(os.path.dirname(__file__), "echo_kernel.py")
SPEC = KernelSpec(argv=[sys.executable, KERNEL, "-f", "{connection_file}"], display_name="echo", language="echo")


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), 60))


@asynccontextmanager
async def echo(transport="ipc", spec=SPEC):
    async with KernelManager(spec, transport=transport) as manager:
        await manager.ready(30)
        async with manager.client() as client:
            await client.ready(30)
            yield manager, client


async def heard(execution):
    return [message.content async for message in execution]


def texts(contents, name):
    return "".join(content.text for content in contents if getattr(content, "name", None) == name)


@pytest.mark.parametrize("transport", ["ipc", "tcp"])
def test_a_cell_there_and_back(transport):
    async def work():
        async with echo(transport) as (_, client):
            execution = client.execute("hello")
            contents = await heard(execution)
            assert [content.msg_type for content in contents] == ["status", "execute_input", "execute_result", "status"]
            assert (await execution.done()).execution_count == 1

    run(work)


def test_a_question_and_its_answer():
    async def work():
        async with echo() as (_, client):
            execution = client.execute("ask who?", on_input=lambda prompt, password: prompt + " me")
            assert [c.data for c in await heard(execution) if c.msg_type == "execute_result"] == [
                {"text/plain": "who? me"}
            ]

    run(work)


def test_a_question_to_a_client_without_stdin_is_an_error_and_no_hang():
    async def work():
        async with echo() as (manager, _), KernelClientWithoutStdin(manager.connection) as client:
            reply = await client.request(ExecuteRequest(code="ask who?", allow_stdin=True), "shell", timeout=20)
            assert reply.content.ename == "InputNotAllowed"

    run(work)


class KernelClientWithoutStdin(KernelClient):
    async def __aenter__(self):
        return await self.open(channels=("shell", "iopub", "control"))


@pytest.mark.parametrize("word", ["spin", "sleep"])
@pytest.mark.parametrize("mode", ["signal", "message"])
def test_interrupts_reach_the_cell_and_not_the_next(word, mode):
    async def work():
        spec = KernelSpec(argv=SPEC.argv, language="echo", interrupt_mode=mode)
        async with echo(spec=spec) as (manager, client):
            execution = client.execute(word)
            async for message in execution:
                if message.msg_type == "stream":
                    await manager.interrupt()
                    break
            assert (await execution.done()).ename == "KeyboardInterrupt"
            await manager.interrupt()
            assert (await client.execute("fine").done()).status == "ok"

    run(work)


def test_cells_behind_a_failed_one_are_aborted_and_later_ones_run():
    async def work():
        async with echo() as (_, client):
            executions = [client.execute(code) for code in ("sleep-not", "fail", "a", "b")]
            replies = [(await one.done()).status for one in executions]
            assert replies[:2] == ["ok", "error"]
            assert set(replies[2:]) <= {"aborted", "ok"}
            assert (await client.execute("c").done()).status == "ok"

    run(work)


def test_all_queued_behind_a_failure_are_aborted():
    async def work():
        async with echo() as (manager, client):
            first = client.execute("spin")
            async for message in first:
                if message.msg_type == "stream":
                    break
            behind = [client.execute(str(n)) for n in range(20)]
            # On the same socket, later: once it is answered by control, the shell requests have arrived too.
            await client.kernel_info(channel="control")
            await manager.interrupt()
            assert [(await one.done()).status for one in behind] == ["aborted"] * 20

    run(work)


def test_a_flood_arrives_whole_and_before_the_reply():
    async def work():
        async with echo() as (_, client):
            execution = client.execute("flood 20000")
            contents = await heard(execution)
            assert texts(contents, "stdout") == "".join(f"{n}\n" for n in range(20000))
            assert texts(contents, "stderr") == "!" * 20
            assert contents[-1].msg_type == "status"

    run(work)


def test_buffers_go_out_whole():
    async def work():
        async with echo() as (_, client):
            execution = client.execute("bytes 1000000")
            messages = [message async for message in execution]
            (comm,) = [message for message in messages if message.msg_type == "comm_msg"]
            assert [bytes(buffer) for buffer in comm.buffers] == [b"x" * 1_000_000, b"yz"]

    run(work)


def test_control_and_heartbeat_answer_while_a_cell_spins():
    async def work():
        async with echo() as (manager, client):
            execution = client.execute("spin")
            async for message in execution:
                if message.msg_type == "stream":
                    break
            assert (await client.kernel_info(channel="control", timeout=10)).status == "ok"
            context = zmq.Context()
            with context.socket(zmq.REQ) as beat:
                beat.linger = 0
                beat.connect(manager.connection.url("hb"))
                beat.send(b"ping")
                assert await asyncio.to_thread(beat.poll, 5000)
                assert beat.recv() == b"ping"
            context.term()

    run(work)


def test_rubbish_on_every_socket_harms_nobody():
    async def work():
        async with echo() as (manager, client):
            context = zmq.Context()
            session = Session(manager.connection.key_bytes)
            bad = [
                [b"rubbish"],
                [b"<IDS|MSG>"],
                [b"<IDS|MSG>", b"", b"{}", b"{}", b"{}", b"{}"],
                Session(b"wrong").frames(Session(b"wrong").message(ExecuteRequest(code="x"))),
                session.frames(session.message(UnknownContent("execute_request", {"code": 3}))),
            ]
            for channel in ("shell", "control", "stdin"):
                with context.socket(zmq.DEALER) as socket:
                    socket.connect(manager.connection.url(channel))
                    for frames in bad:
                        socket.send_multipart(frames)
            context.term()
            assert (await client.execute("still here").done()).status == "ok"

    run(work)


def test_malformed_requests_are_answered():
    async def work():
        async with echo() as (_, client):
            for content, channel in (
                (UnknownContent("inspect_request", {"code": 3}), "shell"),
                (UnknownContent("interrupt_request", ["no"]), "control"),
                (UnknownContent("nonsense_request", {}), "shell"),
            ):
                reply = await client.request(content, channel, timeout=10)
                fields = reply.content.fields if isinstance(reply.content, UnknownContent) else None
                assert (fields["status"] if fields else reply.content.status) == "error"
            assert InspectRequest.msg_type == "inspect_request"

    run(work)


def test_shutdown_ends_the_process_with_0():
    async def work():
        async with echo() as (manager, client):
            assert (await client.shutdown(timeout=10)).restart is False
            end = await asyncio.wait_for(manager.wait(), 10)
            assert end.code == 0

    run(work)


def test_shutdown_interrupts_what_runs():
    async def work():
        async with echo() as (manager, client):
            client.execute("spin")
            await client.shutdown(timeout=10)
            assert (await asyncio.wait_for(manager.wait(), 10)).code == 0

    run(work)


def test_a_kernel_leaves_when_its_parent_has_gone(tmp_path):
    file = tmp_path / "kernel.json"
    write_connection_file(file, ConnectionInfo(key="k"))
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    kernel = subprocess.Popen(
        [sys.executable, KERNEL, "-f", str(file)],
        env={**os.environ, "JPY_PARENT_PID": str(parent.pid)},
        stderr=subprocess.PIPE,
        text=True,
    )
    parent.kill()
    parent.communicate()
    assert "has gone" in kernel.communicate(timeout=20)[1]


def test_a_kernel_leaves_when_its_parent_has_gone_with_the_terminal(tmp_path):
    file = tmp_path / "kernel.json"
    write_connection_file(file, ConnectionInfo(key="k"))
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    ours, theirs = os.openpty()
    kernel = subprocess.Popen(
        [sys.executable, KERNEL, "-f", str(file)],
        env={**os.environ, "JPY_PARENT_PID": str(parent.pid)},
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    while read_connection_file(file).hb_port == 0:
        assert kernel.poll() is None
        time.sleep(0.01)
    os.close(ours)
    parent.kill()
    parent.communicate()
    assert kernel.wait(20) == 0


def test_a_kernel_that_cannot_go_on_says_so_and_leaves(tmp_path):
    file = tmp_path / "kernel.json"
    write_connection_file(file, ConnectionInfo(key="k"))
    code = (
        "from echo_kernel import Echo\n"
        "from antiphon_kernel_base.serving import serve_file, run\n"
        "import sys\n"
        "def broken(server):\n"
        "    server.publisher.call(lambda: 1 / 0)\n"
        "    return run(server, Echo)\n"
        "sys.exit(serve_file(sys.argv[1], broken))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)],
        cwd=os.path.dirname(KERNEL),
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert "the kernel cannot go on: ZeroDivisionError" in done.stderr


def test_ports_left_open_are_chosen_and_written_back(tmp_path):
    file = tmp_path / "kernel.json"
    write_connection_file(file, ConnectionInfo(key="k"))

    async def work():
        spec = KernelSpec(argv=[*SPEC.argv[:-1], str(file)], language="echo")
        kernel = subprocess.Popen(spec.argv)
        try:
            while read_connection_file(file).hb_port == 0:
                assert kernel.poll() is None
                await asyncio.sleep(0.01)
            async with KernelClient(read_connection_file(file)) as client:
                await client.ready(20)
                await client.shutdown(timeout=10)
            assert kernel.wait(10) == 0
        finally:
            kernel.kill()
            kernel.wait()

    run(work)


def test_a_taken_port_is_one_clear_line(tmp_path):
    context = zmq.Context()
    with context.socket(zmq.ROUTER) as taken:
        port = taken.bind_to_random_port("tcp://127.0.0.1")
        file = tmp_path / "kernel.json"
        write_connection_file(file, ConnectionInfo(key="k", shell_port=port))
        done = subprocess.run([sys.executable, KERNEL, "-f", str(file)], capture_output=True, text=True, timeout=20)
    context.term()
    assert done.returncode == 1
    assert done.stderr.strip() == f"shell socket at tcp://127.0.0.1:{port}: Address already in use"


@pytest.mark.parametrize("content", ["", "{", '{"shell_port": "x"}'])
def test_a_bad_connection_file_is_one_clear_line(tmp_path, content):
    file = tmp_path / "kernel.json"
    file.write_text(content)
    done = subprocess.run([sys.executable, KERNEL, "-f", str(file)], capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert str(file) in done.stderr and len(done.stderr.splitlines()) == 1
