"""A kernel on another machine, through OpenSSH: its connection file is fetched, its ports are forwarded to ours.

The program `ssh` does all of it, so configuration, agents, keys and jump hosts are the user's as everywhere.
"""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack

import msgspec

from antiphon_wire_protocol import ConnectionInfo, read_connection_file
from antiphon_wire_protocol.discovery.connection import connection_info

from .backend import Gone

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
FETCH_SECONDS = 60.0
OPEN_SECONDS = 30.0


class Tunnel:
    """The way to one kernel; `connection` is its near end. Raises `Gone` with what ssh said."""

    def __init__(self, host: str, existing: str = "", *, program: Sequence[str] = ("ssh",)) -> None:
        if host.startswith("-"):
            raise Gone(f"--ssh takes USER@HOST, not {host!r}")
        self._program = list(program)
        self._host = host
        far = read_connection_file(existing) if existing and os.path.isfile(existing) else self._fetch(existing)
        if far.transport != "tcp":
            raise Gone(f"the kernel on {host} listens on {far.transport}, which ssh does not forward here")
        ports = dict(zip(CHANNELS, _free_ports(len(CHANNELS)), strict=True))
        self.connection: ConnectionInfo = msgspec.structs.replace(
            far.with_ports(**{f"{name}_port": port for name, port in ports.items()}), ip="127.0.0.1"
        )
        at = "127.0.0.1" if far.ip in ("0.0.0.0", "*", "::") else far.ip
        forwards = [word for name in CHANNELS for word in ("-L", f"127.0.0.1:{ports[name]}:{at}:{far.port(name)}")]  # type: ignore[arg-type]
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # as long as the tunnel
        self._process = subprocess.Popen(
            [*self._program, "-N", "-o", "ExitOnForwardFailure=yes", "-o", "ServerAliveInterval=15", *forwards, host],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            process_group=0 if os.name == "posix" else None,  # Ctrl-C is the kernel's
        )
        try:
            self._wait(ports["shell"])
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()
        self._errors.close()

    def _wait(self, port: int) -> None:
        """Until the near end is there: ssh says nothing when it is."""
        deadline = time.monotonic() + OPEN_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as trial:
                trial.settimeout(1)
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        self._errors.seek(0)
        raise Gone(f"ssh {self._host}: {_last_line(self._errors.read()) or 'no tunnel could be opened'}")

    def _fetch(self, name: str) -> ConnectionInfo:
        """The connection file over there that `name` means: a path, an id or a part of one; else the newest."""
        pattern = shlex.quote(name) if "/" in name else f'"$folder"/kernel-*{shlex.quote(name)}*.json'
        if name.endswith(".json") and "/" not in name:
            pattern = f'"$folder"/{shlex.quote(name)}'
        script = (
            'folder="${JUPYTER_RUNTIME_DIR:-${XDG_RUNTIME_DIR:+$XDG_RUNTIME_DIR/jupyter}}"; '
            '[ -d "$folder" ] && ls "$folder"/kernel-*.json >/dev/null 2>&1 || '
            'folder="${JUPYTER_DATA_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/jupyter}/runtime"; '
            f'file=$(ls -t {pattern} 2>/dev/null | head -n 1); [ -n "$file" ] && cat "$file"'
        )
        command = [*self._program, self._host, f"sh -c {shlex.quote(script)}"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=FETCH_SECONDS, check=False)
        except FileNotFoundError:
            raise Gone("there is no program `ssh` here: install OpenSSH's client") from None
        except subprocess.TimeoutExpired:
            raise Gone(f"ssh {self._host}: no answer within {FETCH_SECONDS:.0f} s") from None
        if done.returncode == 255 or not done.stdout:
            said = _last_line(done.stderr)
            which = name or "of any kernel"
            raise Gone(f"ssh {self._host}: {said or f'no connection file {which} there'}")
        try:
            fields = msgspec.json.decode(done.stdout)
            return connection_info(fields)
        except (msgspec.DecodeError, ValueError, TypeError, LookupError) as error:
            raise Gone(f"ssh {self._host}: the connection file there cannot be read: {error}") from None


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _last_line(data: bytes) -> str:
    lines = data.decode(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else ""
