from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from antiphon_kernel_base import parent
from antiphon_kernel_base.parent import watch
from antiphon_wire_protocol.client.client import KernelClient
from antiphon_wire_protocol.discovery.connection import ConnectionInfo, read_connection_file, write_connection_file

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX")


def test_the_end_of_a_process_that_is_not_our_parent(monkeypatch: pytest.MonkeyPatch):
    """As behind `conda run`, where the launcher is the parent of a wrapper."""
    monkeypatch.setattr(parent, "INTERVAL", 0.01)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    gone = threading.Event()
    thread = watch(child.pid, gone.set)
    assert not gone.wait(0.1)
    child.communicate()
    assert gone.wait(20)
    thread.join(20)


def test_the_end_of_our_parent():
    code = (
        "import os, sys, threading; from antiphon_kernel_base import parent; parent.INTERVAL = 0.01\n"
        "gone = threading.Event(); parent.watch(os.getppid(), gone.set); print('on', flush=True)\n"
        "print('gone' if gone.wait(20) else 'nothing', flush=True)"
    )
    middle = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdin=0); input()"
    process = subprocess.Popen(
        [sys.executable, "-c", middle, code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "on\n"
    process.kill()
    assert process.stdout.readline() == "gone\n"
    process.communicate()


def test_where_the_process_cannot_be_held(tmp_path: Path):
    """Sandboxes know the call and refuse it: then we look from time to time. A busy kernel leaves too."""
    if not hasattr(os, "pidfd_open"):
        pytest.skip("no pidfd here")
    file = tmp_path / "kernel.json"
    write_connection_file(file, ConnectionInfo(key="k"))
    kernel = os.path.join(os.path.dirname(__file__), "echo_kernel.py")
    code = (
        "import os, runpy, sys\n"
        "def refused(pid): raise PermissionError(1, 'Operation not permitted')\n"
        "os.pidfd_open = refused\n"
        f"runpy.run_path({kernel!r}, run_name='__main__')"
    )
    keeper = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    child = subprocess.Popen(
        [sys.executable, "-c", code, "-f", str(file)], env={**os.environ, "JPY_PARENT_PID": str(keeper.pid)}
    )

    async def work() -> None:
        while read_connection_file(file).hb_port == 0:
            assert child.poll() is None
            await asyncio.sleep(0.01)
        async with KernelClient(read_connection_file(file)) as client:
            await client.ready(20)
            with client.broadcasts() as heard:
                client.execute("spin")
                async with asyncio.timeout(20):
                    async for message in heard:
                        if message.msg_type == "execute_input":
                            break
            keeper.communicate()
            assert await asyncio.to_thread(child.wait, 30) in (0, 1)

    try:
        asyncio.run(work())
    finally:
        child.kill()
        child.wait()
