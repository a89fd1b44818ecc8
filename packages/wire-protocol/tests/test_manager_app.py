from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon_wire_protocol.discovery.connection import ConnectionInfo, write_connection_file
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec, install_kernelspec
from antiphon_wire_protocol.discovery.paths import connection_file_path
from antiphon_wire_protocol.manager.app import main
from antiphon_wire_protocol.manager.blocking import BlockingKernelManager

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are told by Linux only")


@pytest.fixture
def kernel(scripted: KernelSpec) -> Iterator[BlockingKernelManager]:
    with BlockingKernelManager(scripted, kernel_id="0123456789abcdef") as manager:
        manager.ready()
        yield manager


@pytest.fixture
def dead(runtime: Path) -> Iterator[str]:
    """A connection file that leads nowhere, written long ago."""
    path = connection_file_path("dead")
    write_connection_file(path, ConnectionInfo(transport="ipc", ip=str(runtime / "none"), shell_port=1, hb_port=5))
    os.utime(path, (1000, 1000))
    yield path
    Path(path).unlink(missing_ok=True)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(words)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_list(kernel: BlockingKernelManager, dead: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "list")
    _, line, hint = out.splitlines()
    assert (code, line.split()[:3]) == (0, ["01234567", "scripted", "idle"])
    assert hint == "1 dead kernel has left a file; to remove: antiphon kernel clean"
    assert "dead" in run(capsys, "list", "--dead")[1].splitlines()[2]


def test_the_list_as_json(kernel: BlockingKernelManager, dead: str, capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = json.loads(run(capsys, "list", "--json")[1])
    assert (one["name"], one["state"], one["language"]) == ("0123456789abcdef", "idle", "echo")
    assert one["pid"] == kernel._manager.process.pid
    assert one["connection_file"] == kernel.connection_file
    assert [each["state"] for each in json.loads(run(capsys, "list", "--json", "--dead")[1])] == ["idle", "dead"]


def test_nothing_runs(runtime: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "list")[:2] == (0, "No kernels are running.\n")
    assert run(capsys, "stop", "--all")[:2] == (0, "No kernels are running.\n")
    code, _, err = run(capsys, "info")
    assert (code, err) == (1, "antiphon kernel: no kernel named latest; there are: none at all\n")


def test_info_of_the_latest_passes_the_dead_over(
    kernel: BlockingKernelManager, dead: str, capsys: pytest.CaptureFixture[str]
) -> None:
    os.utime(kernel.connection_file, (500, 500))
    code, out, _ = run(capsys, "info")
    assert (code, out.splitlines()[0]) == (0, "0123456789abcdef")
    assert run(capsys, "info", "dead")[0] == 1


@pytest.mark.parametrize("word", ["0123456789abcdef", "0123", "0*", "latest", "kernel-0123456789abcdef.json"])
def test_stopping_by_any_name(kernel: BlockingKernelManager, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "stop", word)
    assert code == 0
    assert out.startswith("0123456789abcdef: stopped: ended when asked; ")
    kernel.wait(10)


def test_stopping_all_asks(
    kernel: BlockingKernelManager, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: "n")
    assert run(capsys, "stop", "--all")[0] == 1
    assert kernel.alive
    code, out, _ = run(capsys, "stop", "--all", "-y", "--json")
    (done,) = json.loads(out)
    assert (code, done["stopped"]) == (0, True)


@pytest.mark.parametrize(
    "words", [["stop"], ["stop", "--all", "x"], ["interrupt"], ["restart"], ["list", "--timeout", "x"], [], ["nothing"]]
)
def test_a_command_line_that_makes_no_sense(runtime: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2


def test_one_of_several_that_fails_does_not_stop_the_others(
    kernel: BlockingKernelManager, dead: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "stop", "dead", "0123")
    assert code == 1
    assert "0123456789abcdef: stopped" in out
    assert err.startswith("dead: not stopped: kernel dead does not run: nobody listens")


def test_a_kernel_that_somebody_else_keeps_is_not_restarted(
    kernel: BlockingKernelManager, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "restart", "0123")
    assert code == 1
    assert f"({os.getpid()}) can start it again" in err
    assert kernel.alive


def test_a_kernel_that_outlives_its_starter_is_restarted(
    runtime: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "data"))
    argv = [sys.executable, "-m", "antiphon_wire_protocol.testing", "{connection_file}"]
    install_kernelspec("lasting", str(tmp_path / "data" / "kernels"), KernelSpec(argv=argv, interrupt_mode="message"))
    with BlockingKernelManager("lasting", outlives_us=True, transport="ipc") as manager:
        manager.ready()
        name = os.path.basename(manager.connection_file)
    command = [sys.executable, "-m", "antiphon_wire_protocol.manager.app", "restart", name, "--json"]
    (done,) = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert done["restarted"] is True
    (one,) = json.loads(run(capsys, "info", name, "--json")[1])
    assert f"process {one['pid']}" == done["detail"]
    assert run(capsys, "stop", name)[:2] == (0, f"{one['name']}: stopped: ended when asked\n")
    manager.close()


def test_cleaning_removes_what_dead_kernels_left_and_asks_first(
    kernel: BlockingKernelManager, dead: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: "")
    code, out, _ = run(capsys, "clean")
    assert (code, Path(dead).exists()) == (1, True)
    assert f"{dead}  (nobody listens at its addresses)" in out
    code, out, _ = run(capsys, "clean", "-y")
    assert (code, Path(dead).exists()) == (0, False)
    assert out.endswith("Removed 1 file.\n")
    assert kernel.alive and Path(kernel.connection_file).exists()


def test_cleaning_what_is_not_proven_dead_is_refused(
    kernel: BlockingKernelManager, dead: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "clean", "-y", "0123", "dead")
    assert (code, err) == (1, "0123456789abcdef: not proven dead: idle\n")
    assert Path(dead).exists()
    os.utime(dead)
    code, _, err = run(capsys, "clean", "-y", "dead")
    assert code == 1
    assert "not proven dead: written 0 s ago" in err
    assert run(capsys, "clean", "--json", "-y")[:2] == (0, '{\n  "removed": [],\n  "failed": []\n}\n')
