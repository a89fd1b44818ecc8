from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from antiphon_wire_protocol.discovery import diagnosis
from antiphon_wire_protocol.discovery.diagnosis import Finding, check_spec, diagnose, look_at_path
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec, install_kernelspec

GOOD = {"argv": [sys.executable, "-m", "json.tool", "{connection_file}"], "display_name": "Good", "language": "x"}


def found(spec: dict[str, Any], environment: dict[str, str] | None = None) -> list[Finding]:
    return list(check_spec(KernelSpec(name="k", **spec), os.environ if environment is None else environment))


def test_nothing_is_wrong_with_a_good_one() -> None:
    assert found(GOOD) == []


@pytest.mark.parametrize(
    ("change", "level", "text", "remedy"),
    [
        ({"argv": [sys.executable]}, "broken", "not told where to listen", "add it to argv"),
        ({"argv": ["no-such-program", "{connection_file}"]}, "broken", "not on PATH", "install no-such-program"),
        ({"argv": ["/no/such", "{connection_file}"]}, "broken", "/no/such is not there", "anew"),
        ({"argv": ["/etc/passwd", "{connection_file}"]}, "broken", "cannot be executed", "chmod +x"),
        (
            {"argv": [sys.executable, "-m", "no_such.module", "{connection_file}"]},
            "broken",
            "has no module no_such.module",
            "-m pip install no-such",
        ),
        ({"env": {"A": "${NOT_SET_HERE}:b"}}, "warning", "uses ${NOT_SET_HERE}", "export NOT_SET_HERE"),
        ({"display_name": ""}, "warning", "no display_name", "add it"),
        ({"language": ""}, "warning", "no language", "add it"),
        ({"kernel_protocol_version": "4.1"}, "warning", "protocol 4.1", "5.x"),
    ],
)
def test_what_can_be_wrong_with_one(change: dict[str, Any], level: str, text: str, remedy: str) -> None:
    (one,) = found({**GOOD, **change})
    assert one.level == level
    assert text in one.text
    assert remedy in one.remedy


def test_signals_do_not_reach_into_a_container() -> None:
    spec = {**GOOD, "argv": ["docker", "run", "{connection_file}"]}
    warning = next(one for one in found(spec) if one.level == "warning")
    assert "does not reach through docker" in warning.text
    assert all(one.level == "broken" for one in found({**spec, "interrupt_mode": "message"}))


def program(folder: Path, name: str, script: str) -> str:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("script", "text"),
    [("exit 3", "has no module Fake"), ("echo 'no licence' >&2; exit 1", "does not run: no licence")],
)
def test_an_interpreter_of_r_is_asked_for_its_package(tmp_path: Path, script: str, text: str) -> None:
    path = program(tmp_path, "R", script)
    (one,) = found({**GOOD, "argv": [path, "--slave", "-e", "Fake::main()", "--args", "{connection_file}"]})
    assert text in one.text


def test_a_program_is_looked_for_on_the_path_of_the_spec(tmp_path: Path) -> None:
    program(tmp_path / "bin", "only-here", "exit 0")
    spec = {**GOOD, "argv": ["only-here", "{connection_file}"]}
    assert found(spec)
    assert found({**spec, "env": {"PATH": f"{tmp_path / 'bin'}:${{PATH}}"}}) == []


def test_an_interpreter_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "TIME_TO_LOOK", 0.1)
    path = program(tmp_path, "python3", "exec sleep 60")
    (one,) = found({**GOOD, "argv": [path, "-m", "x", "{connection_file}"]})
    assert "no answer within 0.1 s" in one.text


def install(folder: Path, name: str, **change: Any) -> str:
    return install_kernelspec(name, str(folder), KernelSpec(**{**GOOD, **change}))


def test_hidden_ones_and_the_like_named(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    install(first, "a")
    install(first, "b")
    install(second, "A", display_name="Another")
    install(second, "c", display_name="Third")
    installed, wrong = look_at_path([str(first), str(second), str(tmp_path / "none")])
    assert ([one.name for one in installed], wrong) == (["a", "b", "a", "c"], [])
    twin, hidden = diagnose(installed)
    assert (twin.level, twin.name) == ("warning", "b")
    assert "'Good', as a is" in twin.text
    assert (hidden.level, hidden.where) == ("note", str(second / "a"))
    assert str(first / "a") in hidden.text


def test_a_broken_one_that_hides_a_good_one(tmp_path: Path) -> None:
    (Path(install(tmp_path / "1", "a")) / "kernel.json").write_text('{"argv": "python"}')
    install(tmp_path / "2", "a")
    broken, hidden = diagnose(look_at_path([str(tmp_path / "1"), str(tmp_path / "2")])[0])
    assert (broken.level, hidden.level) == ("broken", "warning")
    assert "kernel.json" in broken.text
    assert "which is broken" in hidden.text


def test_an_interrupt_mode_that_does_not_exist(tmp_path: Path) -> None:
    (Path(install(tmp_path, "a")) / "kernel.json").write_text('{"argv": ["x"], "interrupt_mode": "polite"}')
    (one,) = diagnose(look_at_path([str(tmp_path)])[0])
    assert one.level == "broken"
    assert "interrupt_mode" in one.text


def test_what_else_stands_on_the_path(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "x 123 part").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    installed, findings = look_at_path([str(tmp_path)])
    assert installed == []
    assert sorted(one.text for one in findings) == [
        "a folder without a kernel.json: no program shows it",
        "a link that leads nowhere",
        "an installation that was broken off",
    ]


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: str) -> list[str]:
        raise PermissionError(13, "Permission denied", folder)

    monkeypatch.setattr("os.listdir", refuse)
    _, (one,) = look_at_path([str(tmp_path)])
    assert (one.level, one.where) == ("broken", str(tmp_path))
    assert "Permission denied" in one.text
