"""`antiphon-history`, over real files and beside a session that runs."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from antiphon_exec_core.history import History
from antiphon_exec_core.history_app import main
from antiphon_exec_core.profile import history_file


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The default profile's file: two sessions of five cells."""
    monkeypatch.setenv("ANTIPHON_HOME", str(tmp_path / "home"))
    for session in (1, 2):
        history = History(history_file(), log_output=True)
        for number in range(1, 6):
            history.append(number, f"s{session}c{number}", f"s{session}c{number}")
            history.append_output(number, str(number))
        assert history.flush(30)
        history.close(30)
    return history_file()


def cells(path: str) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT source_raw FROM history ORDER BY session, line")]


def test_trim_keeps_the_newest(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trim", "--keep", "7"]) == 0
    assert capsys.readouterr().out == f"removed 3 cells, kept 7, in {path}\n"
    assert cells(path) == ["s1c4", "s1c5", *(f"s2c{number}" for number in range(1, 6))]
    assert main(["trim", "--keep", "3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": path, "kept": 3, "removed": 4, "backup": ""}
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM output_history").fetchone() == (3,)
        assert connection.execute("SELECT session FROM sessions").fetchall() == [(2,)]
    assert main(["trim"]) == 0 and len(cells(path)) == 3


def test_a_session_that_runs_goes_on(path: str) -> None:
    running = History(path)
    running.append(1, "before", "before")
    assert running.flush(30)
    assert main(["trim", "--keep", "1"]) == 0
    running.append(2, "after", "after")
    assert running.flush(30)
    assert cells(path) == ["before", "after"] and running.session_number == 3
    running.close(30)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT session, num_cmds FROM sessions").fetchall() == [(3, 2)]


def test_clear_asks(path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: "n")
    assert main(["clear"]) == 1 and len(cells(path)) == 10
    assert capsys.readouterr().err == "Nothing was removed.\n"

    def nobody(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    assert main(["clear"]) == 1 and len(cells(path)) == 10
    monkeypatch.setattr("builtins.input", lambda prompt: "yes")
    assert main(["clear"]) == 0 and cells(path) == []
    again = History(path)
    again.append(1, "x", "x")
    assert again.flush(30) and again.session_number == 3
    again.close(30)


def test_a_copy_first(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clear", "--yes", "--backup"]) == 0
    assert capsys.readouterr().out.endswith(f"; the former file is {path}.1\n")
    assert len(cells(f"{path}.1")) == 10 and cells(path) == []
    assert stat.S_IMODE(os.stat(f"{path}.1").st_mode) == 0o600
    assert main(["trim", "--backup"]) == 0 and cells(f"{path}.2") == []


def test_another_file_or_profile(path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trim", "--keep", "2", "--file", path]) == 0
    other = history_file("work")
    history = History(other)
    history.append(1, "w", "w")
    assert history.flush(30)
    history.close(30)
    assert main(["clear", "-y", "--profile", "work"]) == 0
    assert cells(other) == [] and len(cells(path)) == 2


def test_what_cannot_be_done_is_one_line(path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trim", "--file", str(tmp_path / "none.sqlite")]) == 1
    assert capsys.readouterr().err == f"antiphon-history: there is no history file {tmp_path}/none.sqlite\n"
    assert not (tmp_path / "none.sqlite").exists()
    (tmp_path / "text.sqlite").write_text("no database at all, " * 100)
    assert main(["clear", "-y", "--file", str(tmp_path / "text.sqlite")]) == 1
    assert capsys.readouterr().err == f"antiphon-history: {tmp_path}/text.sqlite: file is not a database\n"


def test_a_locked_file_is_said_and_kept(
    path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("antiphon_exec_core.history_app._BUSY", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert main(["trim", "--keep", "1"]) == 1
        writer.execute("ROLLBACK")
    assert capsys.readouterr().err == f"antiphon-history: {path}: a session is writing to it; try again\n"
    assert len(cells(path)) == 10


@pytest.mark.parametrize("words", [[], ["trim", "--keep", "-3"], ["trim", "--keep", "many"], ["squeeze"]])
def test_a_command_line_that_makes_no_sense(words: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2


@pytest.mark.parametrize("words", [["--help"], ["trim", "--help"], ["clear", "--help"]])
def test_help_has_examples(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 0 and "antiphon history trim --keep 5000" in capsys.readouterr().out
