from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from antiphon_wire_protocol.discovery.connection import write_connection_file
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec, install_kernelspec
from antiphon_wire_protocol.discovery.running import kernel_file
from antiphon_wire_protocol.errors import KernelDied
from antiphon_wire_protocol.manager.manager import KernelManager
from antiphon_wire_protocol.manager.strangers import interrupt, stop
from antiphon_wire_protocol.manager.survey import Seen, survey
from antiphon_wire_protocol.testing import ScriptedKernel

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")

DEAF = """
import signal, sys
from antiphon_wire_protocol.testing import ScriptedKernel
from antiphon_wire_protocol.discovery.connection import read_connection_file
number = getattr(signal, sys.argv[2])
signal.signal(number, signal.SIG_IGN)
kernel = ScriptedKernel(read_connection_file(sys.argv[1]), shutdown_request=lambda turn: None)
with kernel:
    kernel.join()
"""


def deaf(number: str) -> KernelSpec:
    """A kernel that does not end when asked, and ignores one signal."""
    return KernelSpec(
        argv=[sys.executable, "-c", DEAF, "{connection_file}", number],
        name="deaf",
        metadata={"antiphon": {"transport": "ipc"}},
    )


async def seen(manager: KernelManager) -> Seen:
    await manager.ready()
    (one,) = await survey([kernel_file(manager.connection_file)])
    return one


@linux
async def test_a_kernel_ends_when_asked(scripted: KernelSpec) -> None:
    async with KernelManager(scripted) as manager:
        assert await stop(await seen(manager)) == "ended when asked"
        assert (await manager.wait()).code == 0


@linux
@pytest.mark.parametrize(("ignored", "how", "code"), [("SIGINT", "SIGTERM", -15), ("SIGTERM", "SIGKILL", -9)])
async def test_a_kernel_that_does_not_listen_is_made_to_end(runtime: Path, ignored: str, how: str, code: int) -> None:
    async with KernelManager(deaf(ignored)) as manager:
        assert await stop(await seen(manager), timeout=0.4) == f"ended by {how}"
        assert (await manager.wait()).code == code


@linux
async def test_now_is_without_asking(scripted: KernelSpec) -> None:
    async with KernelManager(scripted) as manager:
        assert await stop(await seen(manager), now=True) == "killed"
        assert (await manager.wait()).code == -signal.SIGKILL


@linux
async def test_what_it_leaves_is_taken_away_unless_somebody_may_start_it_again(scripted: KernelSpec) -> None:
    async with KernelManager(scripted) as manager:
        one = await seen(manager)
        assert one.started_by
        await stop(one)
        assert os.path.exists(manager.connection_file)
    async with KernelManager(scripted) as manager:
        await stop(replace(await seen(manager), started_by=""))
        assert not os.path.exists(manager.connection_file)


async def test_a_kernel_without_a_process_of_ours_is_watched_by_its_addresses(tmp_path: Path) -> None:
    path = tmp_path / "kernel-x.json"
    with ScriptedKernel() as kernel:
        write_connection_file(path, kernel.connection)
        one = Seen(file=kernel_file(str(path)), state="idle")
        with pytest.raises(TimeoutError, match="still listens after"):
            await stop(one, timeout=0.2)
        with pytest.raises(TimeoutError, match="not ours to kill"):
            await stop(one, now=True)
    assert kernel.requests[-1].msg_type == "shutdown_request"


@linux
async def test_a_dead_kernel_and_a_pid_with_a_new_owner_are_refused(scripted: KernelSpec) -> None:
    async with KernelManager(scripted) as manager:
        one = await seen(manager)
        with pytest.raises(KernelDied, match="nobody listens"):
            await stop(replace(one, state="dead", reason="nobody listens"))
        with pytest.raises(KernelDied, match="has ended"):
            await stop(replace(one, since=1.0))
        assert manager.alive


@linux
async def test_another_users_process_is_not_signalled(scripted: KernelSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    async with KernelManager(scripted) as manager:
        one = replace(await seen(manager), owner=4711)
        monkeypatch.setattr("os.geteuid", lambda: 4712)
        with pytest.raises(PermissionError, match="another user's"):
            await interrupt(one)


@linux
@pytest.mark.parametrize(("mode", "how"), [("signal", "SIGINT"), ("message", "interrupt_request")])
async def test_interrupting_as_the_kernelspec_says(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, how: str
) -> None:
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "data"))
    argv = [sys.executable, "-m", "antiphon_wire_protocol.testing", "{connection_file}"]
    install_kernelspec("asked", str(tmp_path / "data" / "kernels"), KernelSpec(argv=argv, interrupt_mode=mode))  # type: ignore[arg-type]
    async with KernelManager("asked") as manager:
        assert await interrupt(await seen(manager)) == how
        if mode == "signal":
            assert "KeyboardInterrupt" in (await manager.wait()).tail, "this one ends of it"
        else:
            assert manager.alive
