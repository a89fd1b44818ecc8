from __future__ import annotations

import os
import signal
import sys
import threading
import time

import pytest

from antiphon_exec_core.processes import stream_command

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX")


@pytest.mark.parametrize("terminal", [False, True])
def test_output_arrives_while_the_child_runs(terminal: bool) -> None:
    heard: list[str] = []
    arrived = threading.Event()

    def out(text: str) -> None:
        heard.append(text)
        if "one" in text:
            arrived.set()
            os.write(write, b"go\n")

    read, write = os.pipe()
    try:
        # the child goes on only when its first line was heard
        code = stream_command(
            f"echo one; read line < /proc/{os.getpid()}/fd/{read}; echo $line; exit 3", out=out, terminal=terminal
        )
    finally:
        os.close(read)
        os.close(write)
    assert code == 3 and "".join(heard) == "one\ngo\n"


def test_stdout_and_stderr_apart_and_a_body_larger_than_a_pipe() -> None:
    out: list[str] = []
    err: list[str] = []
    body = b"x" * 1_000_000
    code = "import sys; d = sys.stdin.read(); print(len(d)); print('e', file=sys.stderr)"
    assert stream_command([sys.executable, "-c", code], out=out.append, err=err.append, body=body) == 0
    assert ("".join(out), "".join(err)) == ("1000000\n", "e\n")


def test_a_body_that_nobody_reads_is_no_error() -> None:
    assert stream_command(["true"], out=print, body=b"x" * 1_000_000) == 0


def test_split_characters_are_joined() -> None:
    out: list[str] = []
    stream_command([sys.executable, "-c", "print('é' * 100_000)"], out=out.append)
    assert "".join(out) == "é" * 100_000 + "\n"


def test_stdin_is_empty_without_a_body() -> None:
    out: list[str] = []
    assert stream_command("cat; echo done", out=out.append, terminal=True) == 0
    assert "".join(out) == "done\n"


def test_a_grandchild_is_not_waited_for() -> None:
    begun = time.monotonic()
    out: list[str] = []
    assert stream_command("sleep 20 & echo $!", out=out.append) == 0
    assert time.monotonic() - begun < 10
    os.kill(int("".join(out)), signal.SIGKILL)


def test_an_interrupt_ends_the_whole_group() -> None:
    heard: list[str] = []

    def out(text: str) -> None:
        heard.append(text)
        if "\n" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stream_command("sleep 60 & echo $!; wait", out=out)
    sleeper = int("".join(heard))
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            with open(f"/proc/{sleeper}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return
        except FileNotFoundError:
            return
        time.sleep(0.01)
    os.kill(sleeper, signal.SIGKILL)
    raise AssertionError("the grandchild lives on")


def test_an_unknown_program() -> None:
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(FileNotFoundError):
        stream_command(["no-such-program-here"], out=print, err=print, body=b"")
    assert len(os.listdir("/proc/self/fd")) == before


def test_no_descriptor_is_left_open() -> None:
    before = len(os.listdir("/proc/self/fd"))
    for terminal in (False, True):
        stream_command("echo a", out=lambda text: None, terminal=terminal)
    stream_command("exit 1", out=lambda text: None, err=lambda text: None, body=b"a")
    assert len(os.listdir("/proc/self/fd")) == before
