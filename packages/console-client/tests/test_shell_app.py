"""The command line of the shell: whose words are whose, and how a program's end is reported."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_console_client.shell_app import _split, exit_code, main

WORDS = st.lists(st.sampled_from(["-i", "--vi", "-c", "-m", "x", "--config", "file.py", "-", "--theme", "--no-banner"]))


@pytest.mark.parametrize(
    ("words", "ours", "theirs"),
    [
        ([], [], []),
        (["-i", "file.py", "--vi"], ["-i", "file.py"], ["--vi"]),
        (["-c", "x", "-i"], ["-c", "x"], ["-i"]),
        (["-m", "http.server", "80"], ["-m", "http.server"], ["80"]),
        (["--config", "c.py", "file.py", "-c"], ["--config", "c.py", "file.py"], ["-c"]),
        (["--theme", "dark"], ["--theme", "dark"], []),
        (["--vi"], ["--vi"], []),
        (["-c"], ["-c"], []),
    ],
)
def test_words_before_a_program_are_ours(words: list[str], ours: list[str], theirs: list[str]) -> None:
    assert _split(words) == (ours, theirs)


@given(WORDS)
def test_no_word_is_lost(words: list[str]) -> None:
    ours, theirs = _split(words)
    assert ours + theirs == words


@pytest.mark.parametrize(
    ("exception", "code"),
    [
        (None, 0),
        (SystemExit(), 0),
        (SystemExit(3), 3),
        (SystemExit("said"), 1),
        (KeyboardInterrupt(), 130),
        (ValueError(), 1),
    ],
)
def test_the_exit_code_is_pythons(
    exception: BaseException | None, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(exception) == code
    assert capsys.readouterr().err == (
        "said\n" if isinstance(exception, SystemExit) and exception.code == "said" else ""
    )


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, and nothing of ours left behind in this process."""
    for name in ("HOME", "ANTIPHON_HOME", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / "nobody"))
    monkeypatch.setattr(sys, "argv", ["antiphon"])
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "status", "out", "err"),
    [
        ("print(__name__)", 0, "__main__", ""),
        ("raise SystemExit(4)", 4, "", ""),
        ("import sys; sys.exit('why')", 1, "", "why"),
        ("1/0", 1, "", "ZeroDivisionError: division by zero"),
        ("def (", 1, "", "SyntaxError"),
        ("raise KeyboardInterrupt", 130, "", "KeyboardInterrupt"),
    ],
)
def test_programs(alone: Path, capfd: pytest.CaptureFixture[str], text: str, status: int, out: str, err: str) -> None:
    (alone / "program.py").write_text(text)
    assert main(["--facade=off", "program.py"]) == status
    said = capfd.readouterr()
    assert out in said.out
    assert err in said.err
    assert "runpy" not in said.err
    assert "antiphon" not in said.err


def test_a_programs_traceback_begins_with_the_program(alone: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (alone / "module_of_it.py").write_text("def fail():\n    return 1 / 0\n")
    (alone / "program.py").write_text("import module_of_it\nmodule_of_it.fail()\n")
    try:
        assert main(["--facade=off", "program.py"]) == 1
    finally:
        sys.modules.pop("module_of_it", None)
    said = capfd.readouterr().err
    assert said.index("program.py") < said.index("module_of_it.py")


def test_cells_with_magics_in_a_file(alone: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (alone / "cells.ipy").write_text("%cd -q .\nx = !echo said\nprint(x)\n")
    assert main(["--facade=off", "cells.ipy"]) == 0
    assert capfd.readouterr().out == "['said']\n"
