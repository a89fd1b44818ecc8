"""Our shell and console beside IPython's and jupyter_console, each on a pseudo-terminal of its own, in turns.

    python benchmarks/terminal.py
    python benchmarks/terminal.py --rounds 9

Figures are medians of the rounds; exit code 1 when a bound is missed.
"""

from __future__ import annotations

import argparse
import os
import pty
import re
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from fcntl import ioctl
from pathlib import Path
from struct import pack
from termios import TIOCSWINSZ

from peers import compile_sources, peer_python, table

BOUNDS = {
    "-c pass (ms)": 0.3,
    "shell: process to first prompt (ms)": 0.6,
    "console: start to prompt (ms)": 0.5,
    "console: keystroke to echo (ms)": 0.5,
    "console: Enter to output (ms)": 0.5,
    "console: 100 000 lines (s)": 0.5,
}
_SGR = rb"(?:\x1b\[[0-9;?]*[A-Za-z])*"
LIMIT = 120.0


class Screen:
    """A program on a pseudo-terminal; it is told where its cursor is when it asks."""

    def __init__(self, argv: list[str], env: dict[str, str]) -> None:
        self.begun = time.perf_counter()
        self._pid, self._file = pty.fork()
        if not self._pid:
            os.execve(argv[0], argv, env)
        ioctl(self._file, TIOCSWINSZ, pack("HHHH", 40, 120, 0, 0))
        self._seen = b""

    def wait(self, pattern: bytes) -> float:
        """Until it has written this (a regular expression) since the last time; seconds since the start."""
        compiled = re.compile(pattern, re.S)
        deadline = time.perf_counter() + LIMIT
        while True:
            found = compiled.search(self._seen)
            if found:
                self._seen = self._seen[found.end() :]
                return time.perf_counter() - self.begun
            if len(self._seen) > 1 << 16:
                self._seen = self._seen[-4096:]
            if not select.select([self._file], [], [], max(0.0, deadline - time.perf_counter()))[0]:
                raise SystemExit(f"{pattern!r} did not come; the end of what did: {self._seen[-500:]!r}")
            data = os.read(self._file, 1 << 16)
            for _ in range(data.count(b"\x1b[6n")):
                os.write(self._file, b"\x1b[1;1R")
            self._seen += data

    def prompt(self, number: int) -> float:
        """Until the prompt of this cell is drawn."""
        digits = str(number).encode()
        return self.wait(rb"In " + _SGR + rb"\[" + _SGR + digits + _SGR + rb"\]: ")

    def settle(self, seconds: float = 0.3) -> None:
        """Take what is still being drawn."""
        while select.select([self._file], [], [], seconds)[0]:
            data = os.read(self._file, 1 << 16)
            for _ in range(data.count(b"\x1b[6n")):
                os.write(self._file, b"\x1b[1;1R")
        self._seen = b""

    def type(self, keys: str) -> float:
        """Send keys; the moment at which they went, as `wait` counts."""
        os.write(self._file, keys.encode())
        return time.perf_counter() - self.begun

    def close(self) -> None:
        """End it."""
        os.kill(self._pid, signal.SIGHUP)
        end = time.monotonic() + 5
        while time.monotonic() < end and not os.waitpid(self._pid, os.WNOHANG)[0]:
            time.sleep(0.01)
        else:
            if time.monotonic() >= end:
                os.kill(self._pid, signal.SIGKILL)
                os.waitpid(self._pid, 0)
        os.close(self._file)


def command(argv: list[str], env: dict[str, str]) -> float:
    """Milliseconds of a run."""
    begun = time.perf_counter()
    subprocess.run(argv, env=env, check=True, capture_output=True)
    return (time.perf_counter() - begun) * 1e3


def first_prompt(argv: list[str], env: dict[str, str]) -> float:
    """Milliseconds until one may type."""
    screen = Screen(argv, env)
    try:
        return screen.prompt(1) * 1e3
    finally:
        screen.close()


def first_echo(argv: list[str], env: dict[str, str]) -> float:
    """Milliseconds until what was typed at the first sight of the prompt is echoed."""
    screen = Screen(argv, env)
    try:
        screen.prompt(1)
        screen.type("q")
        return screen.wait(b"q") * 1e3
    finally:
        screen.close()


def talk(argv: list[str], env: dict[str, str]) -> dict[str, float]:
    """A console started, typed into, flooded."""
    screen = Screen(argv, env)
    try:
        found = {"console: start to prompt (ms)": screen.prompt(1) * 1e3}
        screen.settle()
        screen.type("print('wa' + 'rm')\r")
        screen.wait(rb"warm")
        screen.prompt(2)
        screen.settle()
        echoes = []
        for key in "qwzjkvbxyu":
            screen.settle(0.1)
            sent = screen.type(key)
            echoes.append(screen.wait(key.encode()) - sent)
        found["console: keystroke to echo (ms)"] = statistics.median(echoes) * 1e3
        screen.type("\x15")
        screen.settle()
        outputs = []
        for number in range(2, 9):
            screen.type(f"print('x' * 3 + 'y{number}')")
            screen.settle(0.1)
            sent = screen.type("\r")
            outputs.append(screen.wait(b"xxxy%d" % number) - sent)
            screen.prompt(number + 1)
            screen.settle(0.1)
        found["console: Enter to output (ms)"] = statistics.median(outputs) * 1e3
        screen.type("for i in range(100_000): print('line', i)")
        screen.settle(0.1)
        sent = screen.type("\x1b\r")
        found["console: 100 000 lines (s)"] = screen.wait(rb"line 99999") - sent
        return found
    finally:
        screen.close()


def measure(rounds: int) -> dict[str, tuple[float, float]]:
    """Figure to (ours, theirs). Settings and histories are those of nobody."""
    ours, theirs = Path(sys.executable), peer_python("ipykernel", "jupyter_console")
    compile_sources(ours, theirs)
    samples: dict[str, tuple[list[float], list[float]]] = {}

    def add(name: str, side: int, value: float) -> None:
        samples.setdefault(name, ([], []))[side].append(value)

    with tempfile.TemporaryDirectory() as home:
        env = {
            **os.environ,
            "HOME": home,
            "IPYTHONDIR": f"{home}/ipython",
            "ANTIPHON_HOME": f"{home}/antiphon",
            "JUPYTER_RUNTIME_DIR": f"{home}/runtime",
            "TERM": "xterm-256color",
        }
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        shells = [str(ours.parent / "antiphon")], [str(theirs.parent / "ipython")]
        consoles = (
            [str(ours.parent / "antiphon"), "console"],
            [str(theirs.parent / "jupyter-console"), "--kernel", "python3"],
        )
        jobs: list[tuple[str, Callable[[list[str], dict[str, str]], float], tuple[list[str], list[str]]]] = [
            ("-c pass (ms)", command, ([*shells[0], "-c", "pass"], [*shells[1], "-c", "pass"])),
            ("shell: process to first prompt (ms)", first_prompt, shells),
            ("shell: process to first key echoed (ms)", first_echo, shells),
        ]
        for turn in range(rounds + 1):
            for side in (0, 1):
                for name, job, argvs in jobs:
                    value = job(argvs[side], env)
                    if turn:  # the first one fills caches
                        add(name, side, value)
                for name, value in talk(consoles[side], env).items() if turn < (rounds + 1) // 2 + 1 else ():
                    if turn:
                        add(name, side, value)
            print(f"\rround {turn} of {rounds}", end="", file=sys.stderr)
        print(file=sys.stderr)
    return {name: (statistics.median(one), statistics.median(other)) for name, (one, other) in samples.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    lines, reached = table(measure(parser.parse_args().rounds), BOUNDS, "IPython, jupyter_console")
    print("\n".join(lines))
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
