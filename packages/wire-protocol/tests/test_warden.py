"""Nothing that we started outlives us, however we end."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

STARTER = """
import asyncio, os, sys
from antiphon_wire_protocol.manager import warden
from antiphon_wire_protocol.manager.process import start_process

async def main():
    # Deaf to everything but SIGKILL, and with a child of its own.
    deaf = "trap '' TERM INT HUP; sleep 600 & wait; wait"
    start = lambda **how: start_process(["sh", "-c", deaf], env=os.environ, **how)
    processes = [start(), start(), start(outlives_us=True)]
    ended = start()
    ended.signal(9)
    await ended.wait()
    print(*[process.pid for process in processes], flush=True)
    {end}

asyncio.run(main())
"""


def started(end: str) -> tuple[subprocess.Popen[str], list[int]]:
    parent = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", STARTER.replace("{end}", end)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    return parent, pids


@pytest.fixture
def killed_afterwards() -> Iterator[list[int]]:
    pids: list[int] = []
    yield pids
    for pid in pids:
        os.killpg(pid, signal.SIGKILL)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs pidfd")
@pytest.mark.parametrize("end", ["await asyncio.sleep(600)", "os._exit(0)", "pass"])
def test_processes_end_with_their_parent_unless_they_may_outlive_it(end: str, killed_afterwards: list[int]) -> None:
    parent, (first, second, outliving) = started(end)
    killed_afterwards.append(outliving)
    watched = [os.pidfd_open(pid) for pid in (first, second)]
    if "sleep" in end:
        parent.kill()
    parent.wait(10)
    assert parent.stdout is not None
    parent.stdout.close()
    for descriptor in watched:
        assert select.select([descriptor], [], [], 5)[0], "a kernel outlived the process that started it"
        os.close(descriptor)
    os.kill(outliving, 0)


def test_a_forked_child_does_not_hold_the_warden_back() -> None:
    """The parent is killed while a child that it forked lives on; the kernel goes all the same."""
    fork = "if os.fork() == 0: import time; time.sleep(3); os._exit(0)\n    await asyncio.sleep(600)"
    parent, (first, _, outliving) = started(fork)
    watched = os.pidfd_open(first)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait(10)
    assert parent.stdout is not None
    parent.stdout.close()
    assert select.select([watched], [], [], 2)[0]
    os.close(watched)
    os.killpg(outliving, signal.SIGKILL)
