from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from antiphon_wire_protocol.discovery import running
from antiphon_wire_protocol.discovery.connection import ConnectionInfo, write_connection_file
from antiphon_wire_protocol.discovery.running import (
    Evidence,
    KernelFile,
    choose,
    files_elsewhere,
    gather,
    is_local,
    is_shared,
    kernel_file,
    kernel_files,
    leftovers,
    listens,
    verdict,
)
from antiphon_wire_protocol.errors import BadConnectionFile, NoSuchKernel

OLD = Evidence(listens=False, age=3600.0)


@pytest.mark.parametrize(
    ("evidence", "life", "reason"),
    [
        (OLD, "dead", "nobody listens"),
        (msgspec.structs.replace(OLD, listens=True), "listening", ""),
        (msgspec.structs.replace(OLD, age=1.0), "starting", "1 s ago"),
        (msgspec.structs.replace(OLD, listens=None), "unclear", "another machine"),
        (msgspec.structs.replace(OLD, named_by=("python (7)",)), "unclear", "python (7)"),
        (msgspec.structs.replace(OLD, shared_folder=True), "unclear", "shared"),
        (msgspec.structs.replace(OLD, problem="truncated"), "dead", "truncated"),
        (msgspec.structs.replace(OLD, problem="truncated", age=1.0), "starting", ""),
        (msgspec.structs.replace(OLD, listens=True, taken_by="R (8)"), "dead", "R (8)"),
        (msgspec.structs.replace(OLD, listens=True, taken_by="R (8)", named_by=("sh (9)",)), "listening", ""),
        (msgspec.structs.replace(OLD, listens=True, taken_by="R (8)", shared_folder=True), "unclear", "shared"),
    ],
)
def test_only_proof_makes_a_kernel_dead(evidence: Evidence, life: str, reason: str) -> None:
    found = verdict(evidence)
    assert found.life == life
    assert reason in found.reason


def named(*names: str) -> list[KernelFile]:
    return [KernelFile(path=f"/r/kernel-{name}.json", name=name, written=100.0 - at) for at, name in enumerate(names)]


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        (["latest"], ["abc"]),
        (["def"], ["def"]),
        (["kernel-def"], ["def"]),
        (["kernel-def.json"], ["def"]),
        (["de"], ["def"]),
        (["a*"], ["abc", "abd"]),
        (["*"], ["abc", "abd", "def"]),
        (["abc", "a*"], ["abc", "abd"]),
    ],
)
def test_which_kernels_are_meant(words: list[str], chosen: list[str]) -> None:
    assert [file.name for file in choose(named("abc", "abd", "def"), words)] == chosen


@pytest.mark.parametrize(
    ("word", "why"),
    [("ab", "several: abc, abd"), ("x", "there are: abc, abd, def"), ("x*", "no kernel named x"), ("", "no")],
)
def test_words_that_mean_nobody_in_particular(word: str, why: str) -> None:
    with pytest.raises(NoSuchKernel, match=why.replace("*", r"\*")):
        choose(named("abc", "abd", "def"), [word])


def test_latest_of_none() -> None:
    with pytest.raises(NoSuchKernel, match="none at all"):
        choose([], ["latest"])


def test_a_file_anywhere_can_be_meant(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    write_connection_file(path, ConnectionInfo(shell_port=5))
    (file,) = choose([], [str(path)])
    assert (file.path, file.name) == (str(path), "mine")
    with pytest.raises(BadConnectionFile, match="No such file"):
        choose([], [str(tmp_path / "other.json")])


def test_the_files_of_a_folder_the_last_written_first(tmp_path: Path) -> None:
    for age, name in enumerate(["kernel-new.json", "kernel-old.json"]):
        write_connection_file(tmp_path / name, ConnectionInfo(shell_port=5))
        os.utime(tmp_path / name, (1000, 2000 - age))
    (tmp_path / "kernel-torn.json").write_text("{")
    (tmp_path / "jpserver-1.json").write_text("{}")
    found = kernel_files(str(tmp_path))
    assert [file.name for file in found] == ["torn", "new", "old"]
    assert found[0].connection is None
    assert "truncated" in found[0].problem
    assert found[1].written == 2000.0


def connection_to(port: int) -> ConnectionInfo:
    return ConnectionInfo(shell_port=port, control_port=port, hb_port=port)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_listening_is_seen_over_tcp() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert listens(connection_to(server.getsockname()[1])) is True
    assert listens(connection_to(free_port())) is False


def test_listening_is_seen_over_ipc(tmp_path: Path) -> None:
    info = ConnectionInfo(transport="ipc", ip=str(tmp_path / "s"), shell_port=1, control_port=4, hb_port=5)
    assert listens(info) is False
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{info.ip}-4")
        assert listens(info) is False, "bound is not listening"
        server.listen()
        assert listens(info) is True


def test_a_refusal_elsewhere_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_accepts", lambda connection, channel: False)
    assert listens(ConnectionInfo(ip="192.0.2.1", shell_port=5)) is None  # an address for documentation: nobody's


@pytest.mark.parametrize("ip", ["127.0.0.1", "127.9.9.9", "localhost", "0.0.0.0", "*", "::1", "[::1]"])
def test_addresses_of_this_machine(ip: str) -> None:
    assert is_local(ConnectionInfo(ip=ip))


def test_a_local_folder_is_not_shared(tmp_path: Path) -> None:
    assert is_shared("/proc") is False
    assert is_shared(str(tmp_path)) in (True, False)


def test_gathering_looks_at_listeners_and_command_lines(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        write_connection_file(tmp_path / "kernel-up.json", connection_to(server.getsockname()[1]))
        write_connection_file(tmp_path / "kernel-gone.json", connection_to(free_port()))
        gone = tmp_path / "kernel-gone.json"
        files = [kernel_file(str(tmp_path / "kernel-up.json")), kernel_file(str(gone))]
        code = "import sys; print(flush=True); sys.stdin.read()"
        with subprocess.Popen(
            [sys.executable, "-c", code, str(gone)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as holder:
            assert holder.stdout is not None
            holder.stdout.readline()  # for a moment after its start, a process has no command line
            up, held = gather(files, now=time.time() + 3600)
            assert (up.listens, held.listens) == (True, False)
            assert up.age > 3000
            if sys.platform.startswith("linux"):
                assert f"({holder.pid})" in held.named_by[0]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")
def test_an_address_that_another_kernel_has_by_now(tmp_path: Path) -> None:
    code = (
        "import socket, sys\n"
        "server = socket.create_server(('127.0.0.1', 0)); print(server.getsockname()[1], flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "-f", "/r/kernel-new.json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        connection = connection_to(int(other.stdout.readline()))
        for name in ("old", "new"):
            write_connection_file(tmp_path / f"kernel-{name}.json", connection)
        files = [kernel_file(str(tmp_path / f"kernel-{name}.json")) for name in ("old", "new")]
        old, new = (verdict(evidence) for evidence in gather(files, now=time.time() + 3600))
        assert (old.life, new.life) == ("dead", "listening")
        assert f"({other.pid})" in old.reason


def test_what_a_dead_kernel_leaves(tmp_path: Path) -> None:
    path = tmp_path / "kernel-x.json"
    write_connection_file(
        path,
        ConnectionInfo(
            transport="ipc", ip=str(tmp_path / "s"), shell_port=1, iopub_port=2, stdin_port=3, control_port=4, hb_port=5
        ),
    )
    for name in ("s-1", "s-5", "kernel-x.log", "kernel-y.log"):
        (tmp_path / name).touch()
    assert {os.path.basename(one) for one in leftovers(kernel_file(str(path)))} == {
        "kernel-x.json",
        "kernel-x.log",
        "s-1",
        "s-5",
    }


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")
def test_files_that_are_elsewhere_are_found_by_their_processes(tmp_path: Path) -> None:
    path, other, empty = tmp_path / "mine.json", tmp_path / "other.json", tmp_path / "starting.json"
    write_connection_file(path, ConnectionInfo(key="k", shell_port=1, iopub_port=2))
    write_connection_file(empty, ConnectionInfo(key="k"))
    other.write_text('{"settings": true}')
    child = subprocess.Popen(
        [sys.executable, "-c", "input()", "-f", str(path), f"--config={other}", str(empty)], stdin=subprocess.PIPE
    )
    try:
        found = [file for file in files_elsewhere([]) if str(tmp_path) in file.path]
        assert [file.path for file in found] == [str(path)]
        assert not [file for file in files_elsewhere(found) if str(tmp_path) in file.path]
    finally:
        child.communicate()
