"""How a process ended, what it said last, and what goes with it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from antiphon_wire_protocol.manager.process import TAIL_LINES, KernelProcess, ProcessEnd, start_process


def python(code: str, **settings: object) -> KernelProcess:
    return start_process([sys.executable, "-c", code], env=os.environ, **settings)  # type: ignore[arg-type]


async def test_an_exit_code_and_what_was_said_last() -> None:
    process = python("import sys; print('out', flush=True); sys.exit('the reason')")
    assert process.alive
    end = await process.wait(10)
    assert end == ProcessEnd(1, "out\nthe reason")
    assert end.reason == "exit code 1" and str(end) == "exit code 1\nout\nthe reason"
    assert not process.alive
    process.signal(signal.SIGTERM)


async def test_a_signal_by_name_within_a_second() -> None:
    process = python("import signal; print('up', flush=True); signal.pause()")
    began = time.monotonic()
    process.signal(signal.SIGKILL)
    end = await process.wait(10)
    assert time.monotonic() - began < 1
    assert end.code == -signal.SIGKILL and end.reason == "killed by SIGKILL"


def test_ends_in_words() -> None:
    assert ProcessEnd(None).reason == "ended, exit code unknown (not our child)"
    assert ProcessEnd(-64).reason in ("killed by signal 64", "killed by SIGRTMAX")
    assert ProcessEnd(-60).reason == "killed by signal 60"
    assert str(ProcessEnd(0)) == "exit code 0"


async def test_a_long_output_never_blocks_and_its_end_is_kept() -> None:
    heard = bytearray()
    process = python("for n in range(200_000): print(n)", on_output=heard.extend)
    end = await process.wait(20)
    assert end.tail.splitlines() == [str(n) for n in range(200_000 - TAIL_LINES, 200_000)]
    assert len(heard.splitlines()) == 200_000


async def test_what_the_process_started_goes_with_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = start_process(["sh", "-c", f"sleep 60 > {pipe} & echo up > {pipe}; exit 3"], env=os.environ)
    # The pipe ends when nobody holds it any more: the sleeping child too has gone.
    text = await asyncio.to_thread(pipe.read_text)
    assert text == "up\n"
    assert (await process.wait(10)).code == 3


async def test_a_signal_reaches_the_whole_group(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = start_process(["sh", "-c", f"sh -c 'echo up > {pipe}; exec sleep 60'; echo interrupted"], env=os.environ)
    # A child that is only about to be forked is in no group yet: wait for it.
    assert await asyncio.to_thread(pipe.read_text) == "up\n"
    process.signal(signal.SIGINT)
    assert (await process.wait(10)).code in (-signal.SIGINT, 130)


async def test_it_has_a_session_of_its_own() -> None:
    process = python("import os; print(os.getsid(0) == os.getpid() == os.getpgrp())")
    assert (await process.wait(10)).tail == "True"


async def test_waiting_may_time_out_and_be_repeated() -> None:
    process = python("import signal; signal.pause()")
    with pytest.raises(TimeoutError):
        await process.wait(0.01)
    process.signal(signal.SIGTERM)
    assert (await process.wait(10)).reason == "killed by SIGTERM"


async def test_no_such_command_or_folder() -> None:
    with pytest.raises(FileNotFoundError):
        start_process(["/no/such/command"], env=os.environ)
    with pytest.raises(FileNotFoundError):
        start_process([sys.executable], env=os.environ, cwd="/no/such/folder")


async def test_output_to_a_file(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = python("print('x' * 100_000); print('last')", output_file=str(log), outlives_us=True)
    assert (await process.wait(10)).tail.endswith("last")
    assert log.stat().st_mode & 0o777 == 0o600


async def test_where_there_is_no_pidfd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pidfd_open", raising=False)
    process = python("import sys; sys.exit('why')")
    assert await process.wait(10) == ProcessEnd(1, "why")
    with pytest.raises(OSError, match="pidfd"):
        KernelProcess(os.getpid())


async def test_no_descriptor_is_left() -> None:
    await python("").wait(10)
    before = set(os.listdir("/dev/fd"))
    for _ in range(5):
        await python("print(1)").wait(10)
    # Not as many as before: sockets of earlier tests are closed in the background.
    assert set(os.listdir("/dev/fd")) <= before
