"""One kernel from start to end: a scripted one where only the process matters, and real ipykernel."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from antiphon_wire_protocol.client.client import KernelClient
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec
from antiphon_wire_protocol.errors import KernelDied, LocalProtocolError, NoSuchKernel
from antiphon_wire_protocol.manager import adoption
from antiphon_wire_protocol.manager.manager import KernelManager
from antiphon_wire_protocol.manager.process import ProcessEnd
from antiphon_wire_protocol.manager.supervisor import Supervisor, SupervisorSettings
from antiphon_wire_protocol.message import content as c

IPYKERNEL = KernelSpec(
    argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], name="ipykernel", language="python"
)


@pytest.fixture
def ipykernel(runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KernelSpec:
    """Real ipykernel, with folders of its own."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    return IPYKERNEL


def dying(spec: KernelSpec, code: str) -> KernelSpec:
    return msgspec.structs.replace(spec, argv=[sys.executable, "-c", code, "{connection_file}"])


def odd(spec: KernelSpec, code: str) -> KernelSpec:
    """A scripted kernel whose process runs `code` first, which may fill `scripts`."""
    run = (
        f"{code}\nimport sys\nfrom antiphon_wire_protocol.discovery.connection import read_connection_file\n"
        "from antiphon_wire_protocol.testing import ScriptedKernel\n"
        "with ScriptedKernel(read_connection_file(sys.argv[-1]), **scripts) as kernel: kernel.join()"
    )
    return dying(spec, f"scripts = {{}}\n{run}")


@contextlib.asynccontextmanager
async def running(spec: KernelSpec, **settings: Any) -> AsyncIterator[tuple[KernelManager, KernelClient]]:
    async with KernelManager(spec, **settings) as manager, manager.client() as client:
        await client.ready(30)
        yield manager, client


# ── real ipykernel ───────────────────────────────────────────────────────────────────────────────────────────


async def test_a_life_with_ipykernel(ipykernel: KernelSpec) -> None:
    """One kernel for many questions, because it takes its time to start."""
    async with running(ipykernel) as (manager, client):
        assert (await manager.ready()).implementation == "ipython"

        # outputs
        execution = client.execute("print('hello'); 6 * 7")
        contents = [message.content async for message in execution]
        assert c.Stream(name="stdout", text="hello\n") in contents
        results = [content for content in contents if isinstance(content, c.ExecuteResult)]
        assert results[0].data["text/plain"] == "42"

        # an error, and the rest
        reply = await client.execute("1/0").done(10)
        assert (reply.status, reply.ename) == ("error", "ZeroDivisionError")
        assert "zip" in (await client.complete("zi", timeout=10)).matches
        assert (await client.inspect("zip", timeout=10)).found
        assert (await client.is_complete("for x in y:", timeout=10)).status == "incomplete"
        history = await client.history("tail", n=5, timeout=10)
        assert any("6 * 7" in entry[2] for entry in history.history)

        # hundreds in flight, on two channels
        async def double(number: int) -> None:
            reply = await client.execute("", user_expressions={"x": f"2 * {number}"}).done(20)
            assert reply.user_expressions["x"]["data"]["text/plain"] == str(2 * number)

        async with asyncio.TaskGroup() as group:
            for number in range(200):
                group.create_task(double(number))
                if number % 10 == 0:
                    group.create_task(client.kernel_info("control", timeout=20))

        # a question
        execution = client.execute("input('name? ')", on_input=lambda prompt, password: f"{prompt}{password}")
        results = [m.content async for m in execution if isinstance(m.content, c.ExecuteResult)]
        assert results[0].data["text/plain"] == "'name? False'"

        # a comm, with buffers
        opening = (
            "def opened(comm, message):\n    comm.send({'n': 1}, buffers=[b'abc'])\n"
            "get_ipython().kernel.comm_manager.register_target('t', opened)"
        )
        await client.execute(opening).done(10)
        with client.broadcasts(lambda message: message.msg_type == "comm_msg") as mailbox:
            comm_id = client.comm_open("t")
            answer = await mailbox.get(10)
        assert answer.content == c.CommMsg(comm_id=comm_id, data={"n": 1})
        assert [bytes(buffer) for buffer in answer.buffers] == [b"abc"]

        # interrupt by signal
        # Only once the cell loops: ipykernel drops a SIGINT that comes before the cell, or while it flushes.
        execution = client.execute("print('running')\nwhile True: pass")
        async for message in execution:
            if message.msg_type == "stream":
                await manager.interrupt()
        assert (await execution.done(10)).ename == "KeyboardInterrupt"

        # restart: another process at the same addresses, followed by the same client
        await client.execute("x = 1").done(10)
        pid, connection = manager.process.pid, manager.connection
        await manager.restart()
        await client.ready(30)
        assert manager.process.pid != pid and manager.connection == connection
        assert (await client.execute("x").done(10)).ename == "NameError"

        # death, within a second, with its reason
        began = time.monotonic()
        execution = client.execute("import os; os.kill(os.getpid(), 9)")
        with pytest.raises(KernelDied, match="killed by SIGKILL"):
            await execution
        assert time.monotonic() - began < 1
        assert (await manager.died()) == await manager.wait()
        assert not manager.alive


async def test_ipykernel_that_cannot_be_imported_says_so(runtime: Path) -> None:
    spec = msgspec.structs.replace(IPYKERNEL, env={"PYTHONPATH": str(runtime.parent / "broken")})
    (runtime.parent / "broken").mkdir()
    (runtime.parent / "broken" / "ipykernel_launcher.py").write_text("import no_such_module")
    async with KernelManager(spec) as manager:
        with pytest.raises(KernelDied, match=r"(?s)exit code 1\n.*No module named 'no_such_module'"):
            await manager.ready(30)


async def test_a_busy_ipykernel_is_shut_down_and_says_why_it_ended(ipykernel: KernelSpec) -> None:
    async with running(ipykernel) as (manager, client):
        execution = client.execute("while True: pass")
        async for message in execution:
            if message.msg_type == "execute_input":
                break
        end = await manager.shutdown()
        assert end.code in (0, -signal.SIGTERM)
        with contextlib.suppress(KernelDied):
            assert (await execution.done()).ename == "KeyboardInterrupt"
        with pytest.raises(KernelDied, match="it was shut down"):
            client.execute("x")
        assert await manager.died() is None


# ── the process alone ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import os; os.kill(os.getpid(), 9)", "killed by SIGKILL"),
        ("import no_such_module", r"(?s)exit code 1\n.*ModuleNotFoundError: No module named 'no_such_module'"),
        ("import sys; sys.exit(7)", "exit code 7"),
        ("import os; os.abort()", "killed by SIGABRT"),
    ],
)
@pytest.mark.parametrize("transport", ["tcp", "ipc"])
async def test_a_kernel_that_never_gets_ready_says_why_at_once(
    scripted: KernelSpec, code: str, reason: str, transport: Any
) -> None:
    async with KernelManager(dying(scripted, code), transport=transport) as manager:
        began = time.monotonic()
        with pytest.raises(KernelDied, match=reason):
            await manager.ready(30)
        assert time.monotonic() - began < 5
        with pytest.raises(KernelDied, match=reason):
            await manager.interrupt()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
async def test_everything_that_waits_learns_of_a_death_within_a_second(scripted: KernelSpec, number: int) -> None:
    async with running(odd(scripted, "scripts['execute_request'] = lambda turn: turn.hold()")) as (manager, client):
        execution = client.execute("x")
        reading = asyncio.ensure_future(_last(execution))
        died = asyncio.ensure_future(manager.died())
        began = time.monotonic()
        os.kill(manager.process.pid, number)
        name = signal.Signals(number).name
        with pytest.raises(KernelDied, match=name):
            await execution.done()
        with pytest.raises(KernelDied, match=name):
            await reading
        with pytest.raises(KernelDied, match=name):
            await client.complete("x")
        end = await died
        assert time.monotonic() - began < 1
        assert end is not None and end.code == -number


async def test_interrupt_by_message(scripted: KernelSpec) -> None:
    told = "scripts['interrupt_request'] = lambda turn: (turn.reply(InterruptReply()), turn.broadcast(ClearOutput()))"
    code = f"from antiphon_wire_protocol.message.content import ClearOutput, InterruptReply\n{told}"
    spec = msgspec.structs.replace(odd(scripted, code), interrupt_mode="message")
    async with running(spec) as (manager, client):
        with client.broadcasts(lambda message: message.msg_type == "clear_output") as mailbox:
            await manager.interrupt()
            assert (await mailbox.get(10)).parent_header is not None


async def test_interrupt_by_signal_reaches_children(scripted: KernelSpec) -> None:
    code = "import subprocess, signal; child = subprocess.Popen(['sleep', '60']); signal.signal(2, signal.SIG_IGN)\n"
    code += (
        "scripts['execute_request'] = lambda turn: turn.broadcast(__import__('antiphon_wire_protocol').message.content"
    )
    code += ".Stream(name='stdout', text=str(child.wait())))"
    async with running(odd(scripted, code)) as (manager, client):
        execution = client.execute("x")
        await manager.interrupt()
        async for message in execution:
            if isinstance(message.content, c.Stream):
                assert message.content.text == "-2"
                break


@pytest.mark.parametrize(
    ("code", "seconds", "expected"),
    [
        ("", 10, 0),
        ("scripts['shutdown_request'] = lambda turn: None", 0.4, -signal.SIGTERM),
        (
            "import signal; signal.signal(15, signal.SIG_IGN); scripts['shutdown_request'] = lambda turn: None",
            0.4,
            -signal.SIGKILL,
        ),
    ],
    ids=["asked", "terminated", "killed"],
)
async def test_the_ladder(scripted: KernelSpec, code: str, seconds: float, expected: int) -> None:
    deaf_to_interrupts = "import signal; signal.signal(2, signal.SIG_IGN)\n"
    async with running(odd(scripted, deaf_to_interrupts + code)) as (manager, _):
        began = time.monotonic()
        assert (await manager.shutdown(timeout=seconds)).code == expected
        took = time.monotonic() - began
        assert took < 5 if expected == 0 else took >= seconds / 2
        # Twice is no error, and gives the same answer.
        assert (await manager.shutdown()).code == expected


async def test_shutdown_now(scripted: KernelSpec) -> None:
    async with running(scripted) as (manager, _):
        assert (await manager.shutdown(now=True)).code == -signal.SIGKILL


async def test_what_the_kernel_started_goes_with_it(scripted: KernelSpec) -> None:
    code = "import subprocess, signal; signal.signal(2, signal.SIG_IGN)\nchild = subprocess.Popen(['sleep', '60'])\n"
    code += "print(child.pid, flush=True)"
    pids: list[int] = []
    async with running(odd(scripted, code), on_output=lambda text: pids.append(int(text))) as (manager, _):
        child = os.pidfd_open(pids[0])
        await manager.shutdown()
        assert select.select([child], [], [], 5)[0]
        os.close(child)


async def test_restart_after_a_death(scripted: KernelSpec) -> None:
    async with running(scripted) as (manager, client):
        manager.process.signal(signal.SIGKILL)
        end = await manager.died()
        assert end is not None
        await manager.restart()
        await client.ready(10)
        assert (await client.execute("x").done(10)).status == "ok"
        # The new kernel's death is a death of its own.
        assert not asyncio.ensure_future(manager.died()).done()


async def test_requests_that_a_restart_cuts_off(scripted: KernelSpec) -> None:
    async with running(odd(scripted, "scripts['execute_request'] = lambda turn: turn.hold()")) as (manager, client):
        execution = client.execute("x")
        with client.broadcasts() as mailbox:
            await manager.restart(now=True)
            with pytest.raises(KernelDied, match="it is being restarted"):
                await execution
            await client.ready(10)
            assert mailbox.take() is not None


async def test_a_supervised_kernel_comes_back(scripted: KernelSpec) -> None:
    ends: list[ProcessEnd] = []
    async with running(scripted) as (manager, client):
        keeping = asyncio.ensure_future(
            manager.keep_alive(Supervisor(SupervisorSettings(first_delay=0.01)), on_restart=ends.append)
        )
        for number in range(1, 4):
            pid = manager.process.pid
            await manager.ready(10)
            os.kill(pid, signal.SIGKILL)
            async with asyncio.timeout(10):
                while manager.process.pid == pid or not client.is_open:
                    await asyncio.sleep(0.01)
            await client.ready(10)
            assert (await client.execute("x").done(10)).status == "ok"
            assert [end.code for end in ends] == [-9] * number
        await manager.shutdown()
        await asyncio.wait_for(keeping, 10)


async def test_a_kernel_that_never_got_ready_is_given_up_at_once(scripted: KernelSpec) -> None:
    async with KernelManager(dying(scripted, "import no_such_module")) as manager:
        with pytest.raises(KernelDied, match=r"(?s)before it was ever ready; exit code 1\n.*no_such_module"):
            await asyncio.wait_for(manager.keep_alive(), 10)


async def test_uses_that_make_no_sense(scripted: KernelSpec, runtime: Path) -> None:
    manager = KernelManager(scripted)
    assert not manager.alive
    for use in (manager.client, lambda: manager.connection, lambda: manager.process):
        with pytest.raises(LocalProtocolError, match="never started"):
            use()
    async with manager:
        with pytest.raises(LocalProtocolError, match="running already"):
            await manager.start()
    with pytest.raises(NoSuchKernel, match="no-such-kernel"):
        KernelManager("no-such-kernel")


# ── kernels that outlive us ──────────────────────────────────────────────────────────────────────────────────

STARTER = """
import asyncio, msgspec, sys
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec
from antiphon_wire_protocol.manager.manager import KernelManager

async def main():
    spec = msgspec.json.decode(sys.argv[1], type=KernelSpec)
    async with KernelManager(spec, outlives_us=True) as manager:
        async with manager.client() as client:
            await client.ready()
            await client.execute("kept = 42").done()
        print(manager.connection_file, flush=True)
        if "killed" in sys.argv:
            import os, signal
            os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def started_elsewhere(spec: KernelSpec, *arguments: str) -> str:
    command = [sys.executable, "-W", "error", "-c", STARTER, msgspec.json.encode(spec).decode(), *arguments]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=30)
    assert ran.returncode == (-signal.SIGKILL if "killed" in arguments else 0)
    return ran.stdout.strip()


@pytest.mark.parametrize("end", ["left", "killed"])
async def test_a_kernel_outlives_its_starter_and_is_adopted(ipykernel: KernelSpec, end: str) -> None:
    connection_file = await asyncio.to_thread(started_elsewhere, ipykernel, end)
    manager = await KernelManager.adopt(connection_file, spec=ipykernel)
    async with manager.client() as client:
        await client.ready(10)
        reply = await client.execute("", user_expressions={"x": "kept"}).done(10)
        assert reply.user_expressions["x"]["data"]["text/plain"] == "42"
        # Only once the cell loops: ipykernel drops a SIGINT that comes before the cell, or while it flushes.
        execution = client.execute("print('running')\nwhile True: pass")
        async for message in execution:
            if message.msg_type == "stream":
                await manager.interrupt()
        assert (await execution.done(10)).ename == "KeyboardInterrupt"
        # Its death is noticed too, though it is not our child.
        os.kill(manager.process.pid, signal.SIGKILL)
        with pytest.raises(KernelDied, match="not our child"):
            await client.complete("x", timeout=10)
    await manager.shutdown()
    with pytest.raises(NoSuchKernel):
        await KernelManager.adopt(connection_file, spec=ipykernel)


async def test_adoption_asks_for_every_proof(scripted: KernelSpec) -> None:
    async with running(scripted, outlives_us=True) as (manager, _):
        connection_file, record = manager.connection_file, adoption.read_record(manager.connection_file)
    assert manager.process.ended.cancelled()

    adoption.write_record(msgspec.structs.replace(record, pid=os.getpid()))
    with pytest.raises(NoSuchKernel, match="another one"):
        await KernelManager.adopt(connection_file, spec=scripted)
    adoption.write_record(record)

    connection = Path(connection_file).read_text()
    Path(connection_file).write_text(connection.replace(manager.connection.key, "a" * 64))
    with pytest.raises(NoSuchKernel, match="not ready after"):
        await KernelManager.adopt(connection_file, spec=scripted, timeout=0.3)
    Path(connection_file).write_text(connection.replace(manager.connection.key, ""))
    with pytest.raises(NoSuchKernel, match="no key"):
        await KernelManager.adopt(connection_file, spec=scripted)
    Path(connection_file).write_text(connection)

    adopted = await KernelManager.adopt(connection_file, spec=scripted)
    assert adopted.alive and adopted.kernel_id == record.kernel_id
    await adopted.restart()
    await adopted.ready(10)
    assert adoption.read_record(connection_file).pid == adopted.process.pid != record.pid
    await adopted.shutdown()


async def _last(items: Any) -> Any:
    return [item async for item in items][-1]
