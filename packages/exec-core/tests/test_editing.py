"""`%edit`: with an editor in the session, and through a frontend that has one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon_exec_core.errors import UsageError
from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.testing import SETTINGS, interpreter, run_in, said


class Editor:
    """Somebody who replaces what is in the file by `text`."""

    def __init__(self) -> None:
        self.text = ""
        self.seen: list[tuple[str, str, int]] = []

    def __call__(self, path: str, line: int) -> None:
        if self.text == ":cq":
            raise UsageError("the editor ended with exit code 1; nothing was run")
        self.seen.append((path, Path(path).read_text(), line))
        Path(path).write_text(self.text)


@pytest.fixture
def editor() -> Editor:
    return Editor()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, editor: Editor) -> Iterator[Interpreter]:
    monkeypatch.chdir(tmp_path)
    settings = SETTINGS._replace(history_enabled=True, history_file=":memory:")
    with interpreter(settings, services={"editor": editor}) as made:
        yield made


def test_what_is_written_runs_and_is_the_result(shell: Interpreter, editor: Editor) -> None:
    editor.text = "zz = 5\nprint('edited', zz)\nzz * 2\n"
    assert said(shell, "%edit") == f"edited 5\nOut: {editor.text!r}\n"
    assert editor.seen[-1][1:] == ("", 0)
    editor.text = "print('again')\n"
    assert "again\n" in said(shell, "%edit _")  # what was written is there to be edited again
    assert editor.seen[-1][1] == "zz = 5\nprint('edited', zz)\nzz * 2\n"
    said(shell, "%edit -p")
    assert editor.seen[-1][1] == "print('again')\n"
    assert said(shell, "%edit -x") == f"Out: {editor.text!r}\n"


def test_cells_of_the_history(shell: Interpreter, editor: Editor) -> None:
    said(shell, "a = 1")
    said(shell, "%precision")
    editor.text = "a = 7\n%precision\na"
    assert "Out: 7\n" in said(shell, "%edit -r 1-2")
    assert editor.seen[-1][1] == "a = 1\n%precision\n"
    said(shell, "%edit -x 1-2")
    assert "run_line_magic" in editor.seen[-1][1]


def test_files_are_run_as_programs(shell: Interpreter, editor: Editor, tmp_path: Path) -> None:
    editor.text = "made = __file__\n"
    assert said(shell, "%edit -n 3 'my.py'") == "UsageError: ''my.py'' was not found in history, as a file, url, " + (
        "nor in the user namespace.\n"
    )
    assert said(shell, "%edit -n 3 my file.py") == ""
    assert editor.seen[-1] == ("my file.py", "", 3)
    assert said(shell, "made") == "Out: 'my file.py'\n"
    assert "cannot be made" in said(shell, "%edit /no/such/folder/x.py")


def test_objects_and_macros(shell: Interpreter, editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "mod.py").write_text("x = 1\n\ndef f():\n    return 1\n")
    said(shell, "import sys; sys.path.insert(0, '.'); import mod; from mod import f")
    editor.text = "def f():\n    return 2\n"
    said(shell, "%edit mod.f")
    assert editor.seen[-1][2] == 3
    assert said(shell, "f()") == "Out: 2\n"
    said(shell, "def g():\n    return 5")
    editor.text = "def g():\n    return 6\n"
    said(shell, "%edit g")
    assert editor.seen[-1][1] == "def g():\n    return 5\n"
    assert said(shell, "g()") == "Out: 6\n"
    said(shell, "m = 'text'")
    said(shell, "%macro -q mm 3")
    editor.text = "print('the macro')\n"
    assert said(shell, "%edit mm") == ""
    assert said(shell, "mm") == "the macro\n"


def test_mistakes_are_one_line(shell: Interpreter, editor: Editor) -> None:
    assert said(shell, "%edit nosuch").startswith("UsageError: 'nosuch' was not found")
    assert "not recognized" in said(shell, "%edit -q")
    assert "expects a number" in said(shell, "%edit -n x my.py")
    said(shell, "import sys")
    assert said(shell, "%edit sys.version_info").startswith("UsageError: sys.version_info has no source")
    editor.text = ":cq"
    assert said(shell, "%edit") == "UsageError: the editor ended with exit code 1; nothing was run\n"


def test_a_frontend_is_told_what_to_run_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my code.py").write_text("x = 1\n")
    with interpreter(SETTINGS._replace(history_enabled=True, history_file=":memory:")) as shell:
        path = str(tmp_path / "my code.py")
        expected = {"source": "edit_magic", "filename": path, "line_number": 3, "execute": True}
        assert run_in(shell, "%edit -n 3 my code.py")[0].payload[-1] == {**expected, "then": f"%run -i '{path}'"}
        said(shell, "first = 5")
        asked = run_in(shell, "%edit -x 2")[0].payload[-1]
        assert (asked["execute"], "then" in asked) == (False, False)
        assert Path(asked["filename"]).read_text() == "first = 5\n"
        said(shell, "%macro -q mm 2")
        asked = run_in(shell, "%edit mm")[0].payload[-1]
        Path(asked["filename"]).write_text("print('new')")
        assert said(shell, asked["then"]) == ""
        assert said(shell, "mm") == "new\n"
