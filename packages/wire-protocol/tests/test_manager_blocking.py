"""The blocking manager: same names, no await, also where a loop is running already."""

from __future__ import annotations

import signal
import threading

import pytest

from antiphon_wire_protocol.client.portal import Portal
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec
from antiphon_wire_protocol.errors import KernelDied, NoSuchKernel
from antiphon_wire_protocol.manager.blocking import BlockingKernelManager


def life(spec: KernelSpec) -> None:
    with BlockingKernelManager(spec) as manager, manager.client() as client:
        assert manager.ready(20).implementation == "scripted"
        assert client.ready(20).implementation == "scripted"
        assert client.execute("1", timeout=10).status == "ok"
        manager.restart(now=True)
        client.ready(20)
        assert client.execute("1", timeout=10).execution_count == 1
        assert manager.connection.transport == "ipc" and manager.alive
        manager.interrupt()
        end = manager.died(10)
        assert end is not None and manager.wait(10) == end
        with pytest.raises(KernelDied):
            client.execute("1")
    assert not manager.alive


def test_a_life(scripted: KernelSpec) -> None:
    life(scripted)


async def test_a_life_inside_a_running_loop(scripted: KernelSpec) -> None:
    life(scripted)


def test_a_kernel_outlives_its_manager(scripted: KernelSpec) -> None:
    with BlockingKernelManager(scripted, outlives_us=True) as manager:
        manager.ready(20)
        connection_file = manager.connection_file
    with Portal() as portal, pytest.raises(NoSuchKernel):
        BlockingKernelManager.adopt(connection_file + "x", portal=portal)
    with pytest.raises(NoSuchKernel, match="no kernelspec named scripted"):
        BlockingKernelManager.adopt(connection_file)
    with BlockingKernelManager.adopt(connection_file, spec=scripted) as adopted:
        with adopted.client() as client:
            client.ready(20)
            assert client.execute("1", timeout=10).status == "ok"
        assert adopted.shutdown(now=True).code in (None, -signal.SIGKILL)


def test_no_thread_is_left(scripted: KernelSpec) -> None:
    manager = BlockingKernelManager(scripted)
    manager.close()
    with pytest.raises(NoSuchKernel):
        BlockingKernelManager("no-such-kernel")
    assert [thread.name for thread in threading.enumerate() if "portal" in thread.name] == []
