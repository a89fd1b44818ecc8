"""A kernel on another machine, through OpenSSH: its connection file is fetched, its channels are led to sockets here.

The program `ssh` does all of it, so configuration, agents, keys and jump hosts are the user's as everywhere. There is
one connection, so a password is asked for once, by ssh at the terminal. The far end of it reads from us: however this
process ends, ssh ends too. Our ends of the channels are socket files that only their owner can reach.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from antiphon_wire_protocol import ConnectionInfo, read_connection_file
from antiphon_wire_protocol.discovery.connection import connection_info

from .backend import Gone

CHANNELS: tuple[Literal["shell", "iopub", "stdin", "control", "hb"], ...] = ("shell", "iopub", "stdin", "control", "hb")
CONNECT_SECONDS = 30  # until the other machine has said anything; how long a password takes is the user's affair
FORWARD_SECONDS = 15.0
END_SECONDS = 5.0

_BEGIN, _END = "antiphon: connection file", "antiphon: ready"
# Ctrl-C is the kernel's. (ssh heeds a signal that was ignored when it began as little as any program does.)
_DEAF = ("sh", "-c", 'trap "" INT QUIT; exec "$@"', "sh")
# Where Jupyter keeps connection files; one that is named is the only one.
_UNNAMED = "${JUPYTER_RUNTIME_DIR:+/nowhere}"
_FOLDERS = (
    '"${JUPYTER_RUNTIME_DIR:-/nowhere}"',
    f'"{_UNNAMED}${{XDG_RUNTIME_DIR:-/nowhere}}"/jupyter',
    f'"{_UNNAMED}${{JUPYTER_DATA_DIR:-${{XDG_DATA_HOME:-$HOME/.local/share}}/jupyter}}"/runtime',
    f'"{_UNNAMED}$HOME"/Library/Jupyter/runtime',
)


class Tunnel:
    """The way to one kernel; `connection` is its near end. Raises `Gone` with what ssh said.

    `existing` is a connection file here, or what `find_script` takes. While this is made, ssh may ask at the terminal.
    """

    def __init__(self, host: str, existing: str = "", *, program: Sequence[str] = ("ssh",)) -> None:
        if host.startswith("-"):
            raise Gone(f"--ssh takes USER@HOST, not {host!r}")
        if os.name != "posix":
            raise Gone("--ssh needs an OpenSSH that shares connections, which Windows has not")
        if shutil.which(program[0]) is None:
            raise Gone(f"there is no program `{program[0]}` here: install OpenSSH's client")
        far = read_connection_file(existing) if existing and os.path.isfile(existing) else None
        self._program = list(program)
        self._host = host
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = tempfile.mkdtemp(prefix="antiphon-ssh-")
        self._said = open(os.path.join(self._folder, "said"), "w+b")  # noqa: SIM115  # as long as the tunnel
        atexit.register(self.close)
        try:
            self._start("" if far else find_script(existing))
            text = self._ready()
            self.connection = self._forwarded(far or self._read(text, existing))
        except BaseException:
            self.close()
            raise

    def problem(self) -> str:
        """Why nothing comes through, as far as ssh has said; empty where it has not."""
        said = self._last_words()
        if self._process is None or self._process.poll() is not None:
            return f"ssh {self._host} has ended{': ' * bool(said)}{said}"
        refused = re.search(r"open failed: (.*)", said)
        if not refused:
            return ""
        return f"ssh {self._host}: the kernel there cannot be reached ({refused[1]}): it ended, or listens elsewhere"

    async def ended(self) -> str:
        """Wait for the end of ssh, by itself or from outside; what `problem` says then. One may wait at a time."""
        loop = asyncio.get_running_loop()
        over = loop.create_future()
        process = self._process
        assert process is not None and process.stdout is not None
        output = process.stdout

        def readable() -> None:
            if not os.read(output.fileno(), 1024) and not over.done():
                over.set_result(None)

        loop.add_reader(output.fileno(), readable)
        try:
            await over
        finally:
            loop.remove_reader(output.fileno())
        process.terminate()  # where only the far end of it has gone
        await asyncio.to_thread(process.wait)
        return self.problem()

    def close(self) -> None:
        """End it. Nothing is left when this is done, however far it had come."""
        atexit.unregister(self.close)
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._said.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _way(self) -> list[str]:
        """The options that name our connection."""
        return ["-o", f"ControlPath={self._folder.replace('%', '%%')}/way"]

    def _start(self, script: str) -> None:
        script = f"echo; echo {shlex.quote(_BEGIN)}; {script}echo; echo {shlex.quote(_END)}; exec cat >/dev/null"
        options = (
            *("ControlMaster=yes", "ControlPersist=no", "ClearAllForwardings=yes", "ServerAliveInterval=15"),
            f"ConnectTimeout={CONNECT_SECONDS}",
        )
        words = [*self._program, "-T", *self._way, *(word for option in options for word in ("-o", option))]
        command = [*_DEAF, *words, self._host, f"sh -c {shlex.quote(script)}"]
        # A Ctrl-C in between would leave behind a process that nobody knows, asking for a password.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def _ready(self) -> bytes:
        """Wait until we are there; the connection file that the script found."""
        process = self._process
        assert process is not None and process.stdout is not None
        said: bytes = b""
        for line in process.stdout:
            if line.strip() == _BEGIN.encode():
                said = b""  # what start files of a shell print comes before
            elif line.strip() == _END.encode():
                return said.strip()
            else:
                said += line
        process.wait()
        raise Gone(f"ssh {self._host}: {self._last_words() or 'it ended without a word'}")

    def _read(self, text: bytes, name: str) -> ConnectionInfo:
        if not text:
            raise Gone(f"ssh {self._host}: no connection file {name or 'of any kernel'} there")
        try:
            return connection_info(msgspec.json.decode(text, type=dict[str, Any]))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Gone(f"ssh {self._host}: the connection file there cannot be read: {error}") from None

    def _forwarded(self, far: ConnectionInfo) -> ConnectionInfo:
        """Lead the channels of `far` to socket files here."""
        near = msgspec.structs.replace(
            far.with_ports(**{name: number for number, name in enumerate(CHANNELS, 1)}),
            transport="ipc",
            ip=os.path.join(self._folder, "channel"),
        )
        at = "127.0.0.1" if far.ip in ("0.0.0.0", "*", "::") else f"[{far.ip}]" if ":" in far.ip else far.ip
        forwards: list[str] = []
        for name in CHANNELS:
            there = f"{far.ip}-{far.port(name)}" if far.transport == "ipc" else f"{at}:{far.port(name)}"
            forwards += ["-L", f"{near.ip}-{near.port(name)}:{there}"]
        command = [*self._program, "-F", "/dev/null", *self._way, "-O", "forward", *forwards, self._host]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=FORWARD_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise Gone(f"ssh {self._host}: the channels were not led here within {FORWARD_SECONDS:.0f} s") from None
        if done.returncode:
            raise Gone(f"ssh {self._host}: the channels cannot be led here: {last_line(done.stderr, self._host)}")
        return near

    def _last_words(self) -> str:
        if self._said.closed:
            return ""
        self._said.seek(0)
        return last_line(self._said.read(), self._host)


def find_script(name: str) -> str:
    """Commands of a shell that print the connection file which `name` means where they run; nothing if there is none.

    As `find_connection_file` has it: a path, a file's name, a kernel's id, a part of one or a pattern; else the newest.
    """
    if "/" in name:
        return f"cat {shlex.quote(name)}; "
    name = "" if name == "latest" else name
    exact = [
        f"{folder}/{each}" for folder in _FOLDERS for each in (shlex.quote(name), f"kernel-{shlex.quote(name)}.json")
    ]
    pattern = _glob(name) if any(sign in name for sign in "*?[") else f"kernel-*{shlex.quote(name)}*.json"
    loose = [f"{folder}/{pattern}" for folder in _FOLDERS]
    found = [f"$(ls -dt {' '.join(paths)} 2>/dev/null | head -n 1)" for paths in ([exact] * bool(name) + [loose])]
    return f"file={found[0]}; " + "".join(f'[ -n "$file" ] || file={more}; ' for more in found[1:]) + _CAT


_ADDED = re.compile("Warning: Permanently added ")
_CAT = '[ -z "$file" ] || cat "$file"; '


def _glob(pattern: str) -> str:
    """A pattern in which nothing but `*`, `?` and brackets means something to a shell."""
    return "".join(part if part in "*?[]" else shlex.quote(part) for part in re.split(r"([*?\[\]])", pattern) if part)


def last_line(data: bytes, host: str = "") -> str:
    """The last line that ssh said, without the names that stand before it already."""
    lines = [line for line in data.decode(errors="replace").splitlines() if line.strip() and not _ADDED.match(line)]
    return lines[-1].strip().removeprefix("ssh: ").removeprefix(f"{host}: ") if lines else ""
