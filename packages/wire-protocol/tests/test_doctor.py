from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from antiphon_wire_protocol.discovery import app
from antiphon_wire_protocol.discovery.diagnosis import Finding
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec, install_kernelspec
from antiphon_wire_protocol.manager import doctor
from antiphon_wire_protocol.manager.doctor import add_doctor, lines


@pytest.fixture(autouse=True)
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runtime: Path) -> Path:
    """A search path of the test's own, with a kernel that starts and one that has lost its program."""
    folder = tmp_path / "kernels"
    monkeypatch.setattr(doctor, "kernel_folders", lambda: [str(folder)])
    argv = [sys.executable, "-m", "antiphon_wire_protocol.testing", "{connection_file}"]
    well = KernelSpec(argv=argv, display_name="Well", language="echo", interrupt_mode="message")
    install_kernelspec("well", str(folder), well)
    gone = KernelSpec(argv=["/no/such", "{connection_file}"], display_name="Gone", language="x")
    install_kernelspec("gone", str(folder), gone)
    return folder


def examine(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = app.main(["doctor", *words], commands=(add_doctor,))
    said = capsys.readouterr()
    return code, said.out, said.err


def test_one_line_for_each_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = examine(capsys)
    assert code == 1
    assert out.splitlines() == [
        "broken  gone  program /no/such is not there; install the kernel anew, or remove this kernelspec",
        "ok      well  Well",
    ]


def test_only_those_that_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert examine(capsys, "WELL")[:2] == (0, "ok  well  Well\n")
    code, _, err = examine(capsys, "none", "well")
    assert (code, err) == (1, "antiphon-kernelspec: no kernelspec named none\n")


def test_starting_those_that_can_be(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = examine(capsys, "--start", "--json")
    gone, well = json.loads(out)
    assert (code, gone["level"], well["level"]) == (1, "broken", "ok")
    assert "echo 1.0 by scripted 1.0" in well["text"]
    assert well["where"].endswith("/well")


def test_none_at_all(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "kernel_folders", list)
    assert examine(capsys)[:2] == (0, "No kernels are installed: antiphon kernelspec install\n")
    assert examine(capsys, "--json")[1] == "[]\n"


def test_what_belongs_to_no_kernel_is_named_by_its_place() -> None:
    one = Finding(level="broken", name="", text="cannot be read", remedy="mend it", where="/k")
    assert lines([one]) == ["broken  /k  cannot be read; mend it"]
    assert lines([one], colour=True)[0].startswith("\x1b[31mbroken\x1b[0m")


def test_a_timeout_is_a_number_above_zero() -> None:
    for text in ("0", "-1", "soon", "nan"):
        with pytest.raises(SystemExit) as left:
            app.main(["doctor", "--timeout", text], commands=(add_doctor,))
        assert left.value.code == 2
