"""Aliases, stored values, macros, bookmarks, logs, notebooks, wrappers; and what is refused says what to do instead."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.outputs import Stream
from antiphon_exec_core.testing import SETTINGS, interpreter, run_in


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Interpreter]:
    monkeypatch.setenv("ANTIPHON_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    with interpreter(SETTINGS._replace(history_enabled=True, history_file=":memory:")) as made:
        yield made


def said(shell: Interpreter, code: str) -> str:
    outcome, outputs = run_in(shell, code)
    assert outcome.ok, outcome.error
    return "".join(output.text for output in outputs if isinstance(output, Stream))


def value(shell: Interpreter, code: str) -> object:
    outcome, _ = run_in(shell, code)
    assert outcome.ok, outcome.error
    return outcome.value


def fails(shell: Interpreter, code: str) -> str:
    outcome, _ = run_in(shell, code)
    assert outcome.error is not None
    assert outcome.error.ename == "UsageError"
    assert "\n" not in outcome.error.evalue
    return outcome.error.evalue


def test_aliases(shell: Interpreter) -> None:
    said(shell, "%alias parts echo first %s second %s\n%alias all echo [%l]\n%alias plain echo plain")
    assert said(shell, "%parts A B C") == "first A second B C\n"
    assert said(shell, "%all x y") == "[x y]\n"
    assert said(shell, "%plain tail") == "plain tail\n"
    assert said(shell, "plain by itself") == "plain by itself\n"
    assert "requires 2 arguments, 1 given" in fails(shell, "%parts A")
    assert ("plain", "echo plain") in value(shell, "%alias")  # type: ignore[operator]
    assert said(shell, "%alias plain") == "plain -> echo plain\n"
    said(shell, "%unalias plain")
    assert "not an alias" in fails(shell, "%unalias plain")
    assert "another magic" in fails(shell, "%alias timeit echo")
    assert "mutually exclusive" in fails(shell, "%alias bad echo %s %l")


@pytest.mark.skipif(os.name != "posix", reason="programs of posix")
def test_programs_of_the_path_become_aliases(
    shell: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "my_program"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho ran $1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    said(shell, "%rehashx")
    assert said(shell, "%my_program now") == "ran now\n"


def test_stored_values_outlast_the_session(shell: Interpreter, tmp_path: Path) -> None:
    assert said(shell, "a = [1, 2]\nb = 'text'\n%store a b") == "Stored 'a' (list)\nStored 'b' (str)\n"
    said(shell, "%alias hi echo hi\n%store hi")
    with interpreter(SETTINGS) as later:
        said(later, "%store -r a")
        assert value(later, "a, 'b' in globals()") == ([1, 2], False)
        said(later, "%store -r")
        assert value(later, "b") == "text"
        assert said(later, "%hi there") == "hi there\n"
        assert "a" in said(later, "%store") and "'text'" in said(later, "%store")
        said(later, "%store -d a")
        assert said(later, "%store -r a") == "no stored variable or alias a\n"
        said(later, "%store -z")
        assert said(later, "%store") == "Stored variables and their in-db values:\n"
    said(shell, "%store b > out.txt")
    said(shell, "%store b >> out.txt")
    assert (tmp_path / "out.txt").read_text() == "text\ntext\n"
    assert "Unknown variable 'nothing'" in fails(shell, "%store nothing")
    assert "cannot be stored" in fails(shell, "import threading; lock = threading.Lock()\n%store lock")
    assert "interactively declared" in said(shell, "def f(): pass\n%store f")


def test_a_damaged_stored_value_is_one_line(shell: Interpreter, tmp_path: Path) -> None:
    said(shell, "a = 1\n%store a")
    (tmp_path / "home" / "profile_default" / "db" / "autorestore" / "a").write_bytes(b"\x80nonsense")
    assert said(shell, "%store -r").startswith("Unable to restore variable 'a'")


def test_macros(shell: Interpreter) -> None:
    said(shell, "total = 1")
    said(shell, "total += 10; print('ran', total)")
    assert "Macro `again` created" in said(shell, "%macro again 2")
    assert said(shell, "again") == "ran 21\n"
    assert value(shell, "%macro") == ["again"]
    assert "insufficient" in fails(shell, "%macro again")


def test_folders(shell: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    said(shell, "%bookmark here")
    said(shell, "%pushd deep")
    assert os.getcwd() == str(tmp_path / "deep")
    assert len(value(shell, "%dirs")) == 1  # type: ignore[arg-type]
    said(shell, "%popd")
    assert os.getcwd() == str(tmp_path)
    assert "empty stack" in fails(shell, "%popd")
    said(shell, "%cd deep/er")
    assert said(shell, "%cd -b here").splitlines()[-1] == str(tmp_path)
    assert f"here -> {tmp_path}" in said(shell, "%bookmark -l")
    said(shell, "%bookmark -d here")
    assert "not found" in fails(shell, "%cd -b here")
    assert "here" in fails(shell, "%bookmark -d here")


def test_logs(shell: Interpreter, tmp_path: Path) -> None:
    said(shell, "before = 1")
    assert "Filename       : log.py" in said(shell, "%logstart -o log.py over")
    said(shell, "after = 2")
    said(shell, "after * 3")
    said(shell, "%logoff")
    said(shell, "unseen = 1")
    said(shell, "%logon")
    said(shell, "%logstop")
    text = (tmp_path / "log.py").read_text()
    assert text.startswith("# IPython log file\n\nbefore = 1\n")
    assert "after * 3\n#[Out]# 6\n" in text
    assert "unseen" not in text
    assert "hadn't been started" in fails(shell, "%logstop")
    assert "invalid log mode" in fails(shell, "%logstart x.py sideways")
    assert "/no/such" in fails(shell, "%logstart /no/such/folder/x.py")


def test_a_session_becomes_a_notebook(shell: Interpreter, tmp_path: Path) -> None:
    said(shell, "x = 20")
    said(shell, "x + 1")
    said(shell, "%notebook session.ipynb")
    document = json.loads((tmp_path / "session.ipynb").read_text())
    assert [cell["source"] for cell in document["cells"]] == [["x = 20"], ["x + 1"]]
    assert document["cells"][1]["outputs"][0]["data"] == {"text/plain": "21"}
    assert "/no/such" in fails(shell, "%notebook /no/such/x.ipynb")


def test_to_export_a_session_runs_and_shows_nothing(shell: Interpreter, tmp_path: Path) -> None:
    said(shell, "print('once')")
    said(shell, "%macro -q again 1")
    said(shell, "again")
    said(
        shell,
        "class Shows:\n    def _ipython_display_(self):\n        display({'text/plain': 'shown'}, raw=True)\nShows()",
    )
    assert said(shell, "%notebook session.ipynb") == ""
    cells = json.loads((tmp_path / "session.ipynb").read_text())["cells"]
    assert cells[2]["outputs"] == []
    assert [output["data"] for output in cells[3]["outputs"]] == [{"text/plain": "shown"}]


def test_cells_in_a_wrapper(shell: Interpreter) -> None:
    said(shell, "%%code_wrap around\ntry:\n    print('before')\n    __code__\nfinally:\n    print('after')")
    assert said(shell, "print('cell')") == "before\ncell\nafter\n"
    assert said(shell, "%code_wrap --list").splitlines()[1] == "around"
    said(shell, "%code_wrap around --remove")
    assert said(shell, "print('cell')") == "cell\n"
    assert "__code__" in fails(shell, "%%code_wrap x\npass")


def test_other_names_for_magics(shell: Interpreter) -> None:
    assert said(shell, "%alias_magic t timeit").splitlines()[0] == "Created `%t` as an alias for `%timeit`."
    said(shell, "%alias_magic -l -p '-c' show env")
    assert "alias for `%timeit -n1 -r1`" in said(shell, "%alias_magic once timeit -p '-n1 -r1'")
    assert "of 1 run, 1 loop each" in said(shell, "%once 1 + 1")
    assert "not found" in fails(shell, "%alias_magic x nosuchmagic")
    said(shell, "%alias_magic w writefile\n")
    said(shell, "%%w made.txt\nhello")
    assert Path("made.txt").read_text() == "hello\n" or Path("made.txt").read_text() == "hello"


def test_pages(shell: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("x = 1\n")
    for code, shown in (
        ("%pycat code.py", "x = 1"),
        ("%less code.py", "x = 1"),
        ("%quickref", "%timeit"),
        ("%magic", "%%writefile"),
        ("%page [1, 2]", "[1, 2]"),
    ):
        outcome, _ = run_in(shell, code)
        assert outcome.ok, outcome.error
        assert shown in outcome.payload[-1]["data"]["text/plain"]
    assert "No such file" in fails(shell, "%less nowhere.txt")


def test_looks(shell: Interpreter) -> None:
    assert said(shell, "%pprint") == "Pretty printing has been turned OFF\n"
    assert said(shell, "%pprint") == "Pretty printing has been turned ON\n"
    assert said(shell, "%doctest_mode") == "Doctest mode is: ON\n"
    assert said(shell, "%doctest_mode") == "Doctest mode is: OFF\n"


@pytest.mark.parametrize(
    "code", ["%pastebin 1", "%sc x=ls", "%autosave 10", "%autoindent", "%paste", "%cpaste", "%pylab"]
)
def test_what_went_says_what_to_do(shell: Interpreter, code: str) -> None:
    assert len(fails(shell, code)) > 30
