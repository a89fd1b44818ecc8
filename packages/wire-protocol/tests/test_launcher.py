"""From a spec to a process: addresses, files and environment."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from antiphon_wire_protocol.client.client import KernelClient
from antiphon_wire_protocol.discovery.connection import CHANNELS, ConnectionInfo, read_connection_file
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec
from antiphon_wire_protocol.errors import KernelDied, NoSuchKernel
from antiphon_wire_protocol.manager.launcher import Launch, LaunchedKernel, chooses_transport, launch_kernel


def launch(spec: KernelSpec, **settings: Any) -> LaunchedKernel:
    return launch_kernel(Launch(spec=spec, kernel_id=os.urandom(4).hex(), **settings))


async def end(launched: LaunchedKernel) -> str:
    launched.process.signal(signal.SIGKILL)
    ended = await launched.process.wait(10)
    launched.clean_up()
    return ended.tail


def printing(code: str) -> KernelSpec:
    return KernelSpec(argv=[sys.executable, "-c", code, "{connection_file}"], name="printing")


async def test_our_own_kernels_are_reached_over_files(scripted: KernelSpec, runtime: Path) -> None:
    launched = launch(scripted)
    connection = await launched.bound()
    assert connection.transport == "ipc"
    assert stat.S_IMODE(os.stat(os.path.dirname(connection.ip)).st_mode) == 0o700
    assert stat.S_IMODE(os.stat(launched.connection_file).st_mode) == 0o600
    assert len(connection.key) >= 32 and read_connection_file(launched.connection_file) == connection
    async with KernelClient(connection) as client:
        # Bound means bound: the first attempt to connect succeeds.
        await client.ready(10)
    await end(launched)


async def test_others_are_reached_over_ports_of_this_machine(scripted: KernelSpec) -> None:
    launched = launch(msgspec.structs.replace(scripted, metadata={}))
    connection = await launched.bound()
    assert (connection.transport, connection.ip) == ("tcp", "127.0.0.1")
    assert len({connection.port(channel) for channel in CHANNELS}) == 5
    async with KernelClient(connection) as client:
        await client.ready(10)
    await end(launched)


async def test_a_kernel_may_choose_its_ports(scripted: KernelSpec) -> None:
    launched = launch(scripted, connection=ConnectionInfo(key="k"))
    assert launched.connection.shell_port == 0
    connection = await launched.bound()
    assert all(connection.port(channel) for channel in CHANNELS)
    async with KernelClient(connection) as client:
        await client.ready(10)
    await end(launched)


async def test_ports_when_none_can_be_held(scripted: KernelSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on systems other than Linux: ours choose theirs, others get some that were free a moment ago."""
    for module in ("launcher", "ports"):
        monkeypatch.setattr(f"antiphon_wire_protocol.manager.{module}.HELD", False)
    for spec in (scripted, msgspec.structs.replace(scripted, metadata={})):
        assert any([await starts(spec) for _ in range(3)])


async def starts(spec: KernelSpec) -> bool:
    """Whether a kernel was reached; false when another program took one of its ports in time, as they do."""
    launched = launch(spec, transport="tcp")
    async with KernelClient(await launched.bound()) as client:
        answer = asyncio.ensure_future(client.ready(20))
        await asyncio.wait((answer, launched.process.ended), return_when=asyncio.FIRST_COMPLETED)
        if launched.process.ended.done():
            answer.cancel()
            assert "Address already in use" in launched.process.tail
            launched.clean_up()
            return False
        await answer
    await end(launched)
    return True


async def test_a_long_path_falls_back_to_ports(
    scripted: KernelSpec, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(runtime / ("x" * 90)))
    launched = launch(scripted)
    assert (await launched.bound()).transport == "tcp"
    await end(launched)
    with pytest.raises(OSError, match="too long"):
        launch(scripted, transport="ipc")


async def test_a_folder_that_others_may_enter_is_closed(scripted: KernelSpec, runtime: Path) -> None:
    (runtime / "sockets").mkdir(parents=True, mode=0o777)
    (runtime / "sockets").chmod(0o777)
    launched = launch(scripted)
    assert stat.S_IMODE((runtime / "sockets").stat().st_mode) == 0o700
    await end(launched)


async def test_the_environment(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_PARENT_PID", "1")
    monkeypatch.setenv("BASE", "base")
    code = "import os; print(*map(os.environ.get, ['JPY_PARENT_PID', 'A', 'B', 'BASE']), os.getcwd())"
    spec = msgspec.structs.replace(printing(code), env={"A": "${BASE}/a", "B": "spec"})
    launched = launch(spec, env={"B": "caller"}, cwd="/")
    assert (await launched.process.wait(10)).tail == f"{os.getpid()} base/a caller base /"
    launched.clean_up()
    outliving = launch(spec, outlives_us=True)
    assert (await outliving.process.wait(10)).tail.startswith("None base/a spec base")
    outliving.clean_up()
    os.unlink(outliving.connection_file.replace(".json", ".log"))


async def test_further_places_of_the_command(runtime: Path) -> None:
    spec = KernelSpec(argv=["echo", "{connection_file}", "{colour}", "{other}"])
    launched = launch(spec, values={"colour": "red"})
    assert (await launched.process.wait(10)).tail == f"{launched.connection_file} red {{other}}"
    launched.clean_up()


async def test_an_early_end_is_told_while_waiting(scripted: KernelSpec) -> None:
    launched = launch(msgspec.structs.replace(scripted, argv=["sh", "-c", "echo the reason >&2; exit 3"]))
    with pytest.raises(KernelDied, match=r"before it was ready: exit code 3\nthe reason"):
        await launched.bound()
    launched.clean_up()


async def test_what_cannot_be_started_leaves_nothing_behind(runtime: Path) -> None:
    descriptors = set(os.listdir("/dev/fd"))
    with pytest.raises(NoSuchKernel, match="no command '/no/such/python'"):
        launch(KernelSpec(argv=["/no/such/python"], name="broken", resource_dir="/somewhere"))
    with pytest.raises(FileNotFoundError, match="/no/such/folder"):
        launch(printing(""), cwd="/no/such/folder")
    # Not as many as before: sockets of earlier tests are closed in the background.
    assert set(os.listdir("/dev/fd")) <= descriptors


async def test_the_successor_has_the_same_addresses(scripted: KernelSpec) -> None:
    for spec in (scripted, msgspec.structs.replace(scripted, metadata={})):
        first = launch(spec)
        await first.bound()
        first.process.signal(signal.SIGKILL)
        await first.process.wait(10)
        second = launch_kernel(first.launch, after=first)
        assert await second.bound() == first.connection
        async with KernelClient(second.connection) as client:
            await client.ready(10)
        await end(second)


async def test_fifty_kernels_at_once_never_collide(scripted: KernelSpec) -> None:
    """Half over tcp, half over ipc, all started before the first has bound anything."""
    tcp = msgspec.structs.replace(scripted, metadata={})
    launched = [launch(spec) for _ in range(25) for spec in (tcp, scripted)]
    ports = [kernel.connection.port(channel) for kernel in launched[::2] for channel in CHANNELS]
    assert len(set(ports)) == len(ports)

    async def is_itself(kernel: LaunchedKernel) -> None:
        async with KernelClient(await kernel.bound()) as client:
            # Keys differ, so only the right kernel understands.
            await client.ready(30)

    await asyncio.gather(*map(is_itself, launched))
    await asyncio.gather(*map(end, launched))


def test_what_a_spec_says_of_its_transport() -> None:
    assert chooses_transport(KernelSpec(argv=["x"], metadata={"antiphon": {"transport": "ipc"}})) == "ipc"
    assert chooses_transport(KernelSpec(argv=["x"], metadata={"antiphon.transport": "tcp"})) == "tcp"
    assert chooses_transport(KernelSpec(argv=["x"], metadata={"antiphon": {"transport": 5}})) == ""
    assert chooses_transport(KernelSpec(argv=["x"])) == ""
