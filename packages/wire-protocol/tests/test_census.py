from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon_wire_protocol.discovery import census
from antiphon_wire_protocol.discovery.census import Census, Process, mentioned_files, process, tcp_rows, unix_rows
from antiphon_wire_protocol.discovery.connection import ConnectionInfo

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")

TCP = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000 20 4 30 10 -1
   2: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 4713 1
   3: 0000000000000000FFFF00000100007F:0051 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 4714 1
""".splitlines(keepends=True)

UNIX = """Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 815 /run/with a space-1
0000000000000000: 00000003 00000000 00000000 0001 03 816 /run/with a space-1
0000000000000000: 00000003 00000000 00000000 0001 03 817
""".splitlines(keepends=True)


@pytest.mark.skipif(sys.byteorder != "little", reason="the sample is of a little-endian machine")
def test_the_lines_of_proc_net_tcp() -> None:
    listening, connected, v6, mapped = tcp_rows(TCP)
    assert listening == (("127.0.0.1", 8080), ("0.0.0.0", 0), census.LISTENING, 4711)
    assert connected == (("127.0.0.1", 8080), ("127.0.0.1", 50_000), census.ESTABLISHED, 4712)
    assert v6.local == ("::1", 80)
    assert mapped.local == ("127.0.0.1", 81)


def test_the_lines_of_proc_net_unix() -> None:
    assert unix_rows(UNIX) == {815: ("/run/with a space-1", True), 816: ("/run/with a space-1", False)}


@pytest.mark.parametrize(
    ("command", "program"),
    [
        (("/usr/bin/python3", "-m", "jupyterlab", "--port", "1"), "jupyterlab"),
        (("python3.11", "-u", "/opt/bin/jupyter-lab"), "jupyter-lab"),
        (("/usr/lib/R/bin/exec/R", "--slave"), "R"),
        (("node", "/x/tslab", "kernel"), "tslab"),
        (("python",), "python"),
        (("python", "-c", "print(1)", "x"), "python"),
        (("ev\x1b[31mil",), "ev?[31mil"),
        (("",), "process 7"),
    ],
)
def test_what_people_call_a_process(command: tuple[str, ...], program: str) -> None:
    assert Process(7, 1, 0, 0.0, 0, command).program == program


@linux
def test_this_process_as_the_system_sees_it() -> None:
    seen = process(os.getpid())
    assert seen is not None
    assert (seen.parent, seen.owner) == (os.getppid(), os.geteuid())
    assert seen.memory > 1_000_000
    assert seen.started == process(os.getpid()).started  # type: ignore[union-attr]


@linux
def test_a_process_that_has_ended_is_none() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert process(child.pid) is None


@pytest.fixture(params=["127.0.0.1", "::1", "unix"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[socket.socket, ConnectionInfo, object]:
    """A socket that listens as a kernel's shell does, its connection, and the address to connect to."""
    if request.param == "unix":
        path = str(tmp_path / "s-1")
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(path)
        info, address = ConnectionInfo(transport="ipc", ip=str(tmp_path / "s"), shell_port=1), path
    else:
        listening = socket.socket(socket.AF_INET6 if ":" in request.param else socket.AF_INET)
        try:
            listening.bind((request.param, 0))
        except OSError:
            pytest.skip(f"no {request.param} here")
        port = listening.getsockname()[1]
        info, address = ConnectionInfo(ip=request.param, shell_port=port), (request.param, port)  # type: ignore[assignment]
    listening.listen()
    request.addfinalizer(listening.close)
    return listening, info, address


CLIENT = """
import ast, socket, sys
family, address = ast.literal_eval(sys.argv[1])
one = socket.socket(family); one.connect(address); print("connected", flush=True); sys.stdin.read()
"""


@linux
def test_who_listens_and_who_is_connected(server: tuple[socket.socket, ConnectionInfo, object]) -> None:
    listening, info, address = server
    assert Census().listener(info) == os.getpid()
    assert Census().attached(info) == []
    with subprocess.Popen(
        [sys.executable, "-c", CLIENT, repr((int(listening.family), address))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None and child.stdin is not None
        assert child.stdout.readline() == b"connected\n"
        with listening.accept()[0]:
            assert Census().attached(info) == [child.pid]
        child.stdin.close()
    listening.close()
    assert Census().listened_to(info) is False


@linux
def test_the_kernel_itself_is_no_client_of_its_own(server: tuple[socket.socket, ConnectionInfo, object]) -> None:
    listening, info, address = server
    with socket.socket(listening.family) as own:
        own.connect(address)  # type: ignore[arg-type]
        assert Census().attached(info) == []


@linux
def test_a_channel_without_a_port_is_nobodys() -> None:
    assert Census().listener(ConnectionInfo(shell_port=0)) is None


def test_elsewhere_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr(census, "_lines", lambda path: [])
    seen = Census()
    assert (seen.listener(ConnectionInfo(shell_port=5)), seen.attached(ConnectionInfo(shell_port=5))) == (None, None)
    assert seen.listened_to(ConnectionInfo(shell_port=5)) is None


@linux
def test_files_that_a_command_line_names(tmp_path: Path) -> None:
    code = "import sys; print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, f"--file={tmp_path}/kernel-mentioned.json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()  # for a moment after its start, a process has no command line
        found = mentioned_files(frozenset({"kernel-mentioned.json", "kernel-other.json"}))
        assert found == {"kernel-mentioned.json": [child.pid]}
