from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon_wire_protocol.discovery import app
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec, install_kernelspec, list_kernelspecs
from antiphon_wire_protocol.discovery.paths import install_folder


@pytest.fixture(autouse=True)
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two kernels of a user's own, of which one has lost its program."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    folder = install_folder(user=True)
    install_kernelspec("there", folder, KernelSpec(argv=[sys.executable], display_name="There it is"))
    install_kernelspec("gone", folder, KernelSpec(argv=["/no/such/program"], display_name="Gone"))
    return Path(folder)


def test_the_list_shows_names_and_folders(kernels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["list"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["there", "There", "it", "is", str(kernels / "there")] in lines


def test_the_list_as_json_is_that_of_jupyter(kernels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["kernelspecs"]
    assert listed.keys() == list_kernelspecs().keys()
    assert listed["there"]["resource_dir"] == str(kernels / "there")
    assert listed["there"]["spec"]["argv"] == [sys.executable]

    from jupyter_client.kernelspec import KernelSpecManager

    theirs = KernelSpecManager().get_all_specs()
    assert theirs["there"]["resource_dir"] == listed["there"]["resource_dir"]
    assert theirs["python3"]["spec"].items() <= listed["python3"]["spec"].items()


def test_those_whose_program_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["list", "--missing", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)["kernelspecs"]) == ["gone"]


def test_removing(kernels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["remove", "-y", "there", "gone"]) == 0
    assert list(kernels.iterdir()) == []
    assert app.main(["remove", "-y", "there"]) == 1
    assert "no kernelspec named there" in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "left"), [("y", ["gone"]), ("n", ["gone", "there"]), ("", ["gone", "there"])])
def test_removing_asks_first(kernels: Path, monkeypatch: pytest.MonkeyPatch, answer: str, left: list[str]) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: answer)
    app.main(["remove", "there"])
    assert sorted(path.name for path in kernels.iterdir()) == left


def test_another_package_adds_its_own_command(capsys: pytest.CaptureFixture[str]) -> None:
    def add_install(commands: app.Commands) -> None:
        commands.add_parser("install").set_defaults(run=lambda args: print("installed") or 0)

    assert app.main(["install"], commands=(app.add_list, add_install)) == 0
    assert capsys.readouterr().out == "installed\n"


def test_no_command_is_an_error() -> None:
    with pytest.raises(SystemExit):
        app.main([])


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
@pytest.mark.parametrize("module", ["discovery.app", "manager.app"])
def test_a_reader_that_has_gone_is_no_error(module: str, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    code = f"import sys; from antiphon_wire_protocol.{module} import main; sys.exit(main(['list']))"
    env = {**os.environ, "JUPYTER_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, check=False, env=env)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
