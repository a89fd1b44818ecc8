"""The magics about what was typed before, over several sessions in one file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon_exec_core.history import History
from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.testing import interpreter, run_in, said


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Interpreter]:
    """The third session: the first typed a1, a2, the second b1, b2, b3."""
    monkeypatch.chdir(tmp_path)
    path = str(tmp_path / "history.sqlite")
    for cells in (["a1", "a2"], ["b1", "b2", "b3"]):
        earlier = History(path)
        for number, cell in enumerate(cells, 1):
            earlier.append(number, cell, cell)
        assert earlier.flush(30)
        earlier.close(30)
    with interpreter(history=History(path)) as made:
        yield made


def next_input(shell: Interpreter, code: str) -> str:
    payload = run_in(shell, code)[0].payload
    assert payload[0]["source"] == "set_next_input", payload
    return str(payload[0]["text"])


@pytest.mark.parametrize(
    ("ranges", "cells"),
    [
        ("~1/1", "b1"),
        ("~1/2-3", "b2 b3"),
        ("~1/2-", "b2 b3"),
        ("~1", "b1 b2 b3"),
        ("~2/2-~1/1", "a2 b1"),
        ("~2/2-~1/2", "a2 b1 b2"),
        ("1/1-2", "a1 a2"),
        ("1/2 2/1 1", "a2 b1 now"),
        ("2/", "b1 b2 b3"),
        ("243/1-5", ""),
        ("99", ""),
    ],
)
def test_ranges_over_sessions(shell: Interpreter, ranges: str, cells: str) -> None:
    run_in(shell, "now")
    assert said(shell, f"%history {ranges}").split() == cells.split()


def test_cells_of_other_sessions_are_numbered_with_theirs(shell: Interpreter) -> None:
    run_in(shell, "now = 1")
    assert said(shell, "%history -n ~2/2-~1/1") == " 1/2: a2\n 2/1: b1\n"
    assert said(shell, "%history -n 1") == "   1: now = 1\n"


def test_search_looks_into_all_sessions_for_a_part_and_numbers_it(shell: Interpreter) -> None:
    assert said(shell, "%history -g 2") == " 1/2: a2\n 2/2: b2\n   1: %history -g 2\n"
    assert said(shell, "%history -g [ab]1") == " 1/1: a1\n 2/1: b1\n"
    assert said(shell, "%history -g b -l 2") == "   2: %history -g [ab]1\n   3: %history -g b -l 2\n"
    assert said(shell, "%history -l1 -g y -g").count("\n") == 1


def test_the_last_ones(shell: Interpreter) -> None:
    assert said(shell, "%history -l 2") == "b2\nb3\n"
    assert said(shell, "%history -nl 3") == " 2/2: b2\n 2/3: b3\n   1: %history -l 2\n"
    for _ in range(2):
        run_in(shell, "same")
    assert said(shell, "%history -u -l 2").splitlines()[-1] == "same"
    assert said(shell, "%history -u -l 20").count("same") == 1


def test_a_file_that_is_there_is_asked_about(shell: Interpreter, tmp_path: Path) -> None:
    run_in(shell, "kept = 1")
    assert said(shell, "%history -f out.txt 1") == ""
    assert said(shell, "%history -f out.txt ~1/1", "n") == "Aborting.\n"
    assert (tmp_path / "out.txt").read_text() == "kept = 1\n"
    assert said(shell, "%history -y -f out.txt ~1/1") == ""
    assert (tmp_path / "out.txt").read_text() == "b1\n"


def test_recall(shell: Interpreter) -> None:
    run_in(shell, "x = 6\ny = 7")
    run_in(shell, "x * y")
    assert next_input(shell, "%recall") == "42"
    assert next_input(shell, "%recall 1-2") == "x = 6\ny = 7\nx * y"
    assert next_input(shell, "%recall ~1/2") == "b2"
    assert next_input(shell, "%recall x + 1") == "7"
    assert next_input(shell, "%recall y = ") == "x = 6\ny = 7"
    assert next_input(shell, "%rep a2") == "a2"
    assert said(shell, "%recall never typed") == "UsageError: Couldn't evaluate or find in history: never typed\n"
    assert "find in history: 99" in said(shell, "%recall 99")


def test_rerun(shell: Interpreter) -> None:
    run_in(shell, "count = 0")
    run_in(shell, "count += 1")
    assert said(shell, "%rerun") == "=== Executing: ===\ncount += 1\n=== Output: ===\n"
    run_in(shell, "%rerun 1-2")
    run_in(shell, "%rerun -g count +=")
    assert shell.namespace.user_ns["count"] == 2
    assert said(shell, "%rerun 99") == "No lines in history match specification\n"
    assert "is no range of history" in said(shell, "%rerun foo")


def test_rerun_does_not_run_itself_for_ever(shell: Interpreter) -> None:
    run_in(shell, "1")
    run_in(shell, "%rerun")
    text = said(shell, "%rerun -l 2")
    assert text.endswith("%rerun would run itself for ever: give the numbers of the cells that are meant\n")
    assert said(shell, "%rerun 1").endswith("=== Output: ===\nOut: 1\n")
