from __future__ import annotations

import os
import socket
import sys
import threading
from pathlib import Path

import pytest

from antiphon_wire_protocol.discovery.connection import ConnectionInfo, write_connection_file
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec
from antiphon_wire_protocol.discovery.running import KernelFile, kernel_file
from antiphon_wire_protocol.manager.manager import KernelManager
from antiphon_wire_protocol.manager.survey import ask, survey
from antiphon_wire_protocol.message.content import UnknownContent
from antiphon_wire_protocol.testing import ScriptedKernel, Turn

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")


def on_control_only(turn: Turn) -> None:
    from antiphon_wire_protocol.testing import ANSWERS

    if turn.channel == "control":
        ANSWERS["kernel_info_request"](turn)


def file_of(tmp_path: Path, connection: ConnectionInfo, name: str = "one") -> KernelFile:
    path = tmp_path / f"kernel-{name}.json"
    write_connection_file(path, connection)
    os.utime(path, (1000, 1000))
    return kernel_file(str(path))


async def test_a_kernel_that_answers_on_shell_is_idle() -> None:
    with ScriptedKernel() as kernel:
        answers = await ask(kernel.connection)
    assert answers.state == "idle"
    assert answers.info is not None
    assert answers.info.implementation == "scripted"


async def test_a_kernel_that_answers_on_control_only_is_busy() -> None:
    with ScriptedKernel(kernel_info_request=on_control_only) as kernel:
        answers = await ask(kernel.connection)
    assert answers.state == "busy"
    assert answers.info is not None


async def test_a_kernel_that_listens_and_does_not_answer_is_silent() -> None:
    with ScriptedKernel(kernel_info_request=lambda turn: None) as kernel:
        assert (await ask(kernel.connection, 0.1)).state == "silent"


async def test_a_kernel_with_another_key_is_not_believed() -> None:
    from msgspec.structs import replace

    with ScriptedKernel() as kernel:
        assert (await ask(replace(kernel.connection, key="another"), 0.1)).info is None


@pytest.mark.parametrize("nested", [True, False])
async def test_what_a_kernel_says_it_uses(nested: bool) -> None:
    used = {"pid": 7, "kernel_memory": 1000}

    def usage(turn: Turn) -> None:
        turn.reply(UnknownContent("usage_reply", {"content": used} if nested else used))

    with ScriptedKernel(usage_request=usage) as kernel:
        assert (await ask(kernel.connection, usage=True)).usage == used


async def test_files_of_all_kinds_at_once(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        nobody = ConnectionInfo(shell_port=held.getsockname()[1], control_port=held.getsockname()[1])
        (tmp_path / "kernel-torn.json").write_text("{")
        os.utime(tmp_path / "kernel-torn.json", (1000, 1000))
        with ScriptedKernel() as kernel:
            files = [
                file_of(tmp_path, kernel.connection, "up"),
                file_of(tmp_path, nobody, "gone"),
                kernel_file(str(tmp_path / "kernel-torn.json")),
            ]
            up, gone, torn = await survey(files)
    assert (up.state, gone.state, torn.state) == ("idle", "dead", "dead")
    assert up.runs and not gone.runs
    assert "truncated" in torn.reason


@linux
async def test_the_process_and_who_is_attached(scripted: KernelSpec) -> None:
    async with KernelManager(scripted) as manager:
        await manager.ready()
        file = kernel_file(manager.connection_file)
        (alone,) = await survey([file])
        while alone.attached:  # what waited for the kernel to be ready closes its sockets in the background
            (alone,) = await survey([file])
        assert (alone.pid, alone.owner, alone.attached) == (manager.process.pid, os.geteuid(), ())
        assert alone.memory is not None and alone.memory > 1_000_000
        assert alone.since is not None and abs(alone.since - file.written) < 60
        assert alone.started_by.endswith(f"({os.getpid()})")
        async with manager.client() as client:
            await client.ready()
            (seen,) = await survey([file])
            assert seen.attached is not None
            assert [name.rpartition(" ")[2] for name in seen.attached] == [f"({os.getpid()})"]


async def test_asking_leaves_no_thread_behind() -> None:
    with ScriptedKernel() as kernel:
        await ask(kernel.connection)  # libzmq's own threads start with the first socket
        before = set(threading.enumerate())
        await ask(kernel.connection)
        assert set(threading.enumerate()) <= before
