"""`%run` with each of its options, over real files."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.testing import interpreter, run_in, said, talk


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Interpreter]:
    monkeypatch.chdir(tmp_path)
    with interpreter() as made:
        yield made


def traceback(shell: Interpreter, code: str) -> str:
    outcome = run_in(shell, code)[0]
    assert outcome.error is not None
    return "\n".join(outcome.error.traceback)


def test_a_traceback_begins_in_the_file(shell: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "fails.py").write_text("def f():\n    1/0\nf()\n")
    text = traceback(shell, "%run fails.py")
    assert "Cell In" not in text and text.index("fails.py:3") < text.index("fails.py:2, in f()")
    assert text.endswith("ZeroDivisionError: division by zero")
    (tmp_path / "torn.py").write_text("x = (\n")
    text = traceback(shell, "%run torn.py")
    assert text.startswith(f"  File {tmp_path}/torn.py:1\n    x = (\n        ^\nSyntaxError: '(' was never closed")


def test_what_stood_before_a_nested_run_is_gone_too(shell: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "inner.py").write_text("1/0\n")
    (tmp_path / "outer.ipy").write_text("%run inner.py\nnever = 1\n")
    text = said(shell, "%run outer.ipy")
    assert text == "ZeroDivisionError: division by zero\n" and "never" not in shell.namespace.visible()


def test_arguments(shell: Interpreter, tmp_path: Path) -> None:
    for name in ("p1.dat", "p2.dat"):
        (tmp_path / name).touch()
    (tmp_path / "args.py").write_text("import sys\nprint(sys.argv[1:])\n")
    assert said(shell, "%run args p*.dat") == "['p1.dat', 'p2.dat']\n"
    assert said(shell, "%run args 'p*.dat' \"b c\" q*") == "['p*.dat', 'b c', 'q*']\n"
    assert said(shell, "%run -G args p*.dat") == "['p*.dat']\n"
    assert "UsageError: No closing quotation" in said(shell, "%run args 'open")


def test_names_and_ends(shell: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "prog.py").write_text("if __name__ == '__main__':\n    ran = True\nname = __name__\n")
    run_in(shell, "%run -n prog.py")
    assert shell.namespace.user_ns["name"] == "prog" and "ran" not in shell.namespace.user_ns
    run_in(shell, "%run prog.py")
    assert shell.namespace.user_ns["ran"] is True and shell.namespace.user_ns["__name__"] == "__main__"
    (tmp_path / "leaves.py").write_text("import sys\ncode = int(sys.argv[1])\nsys.exit(code)\n")
    assert said(shell, "%run leaves.py 0") == ""
    assert said(shell, "%run leaves.py 3").endswith("SystemExit: 3\n")
    assert said(shell, "%run -e leaves.py 4") == "" and shell.namespace.user_ns["code"] == 4
    (tmp_path / "adds.py").write_text("total = start + 1\n")
    run_in(shell, "start = 1")
    assert said(shell, "%run adds.py") == "NameError: name 'start' is not defined\n"
    run_in(shell, "%run -i adds.py")
    assert shell.namespace.user_ns["total"] == 2
    assert said(shell, "%run -z adds.py") == "UsageError: option -z not recognized\n"


def test_modules_beside_us(shell: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "aside_pkg").mkdir()
    (tmp_path / "aside_pkg" / "__init__.py").touch()
    (tmp_path / "aside_pkg" / "part.py").write_text("import sys\nprint(__name__, __package__, sys.argv[1:])\n")
    path = list(sys.path)
    assert said(shell, "%run -m aside_pkg.part x y") == "__main__ aside_pkg ['x', 'y']\n"
    assert sys.path == path
    assert "'aside_pkg.none' is not a valid modulename on sys.path" in said(shell, "%run -m aside_pkg.none")
    assert "is not a valid modulename on sys.path" in said(shell, "%run -m no_such_package.part")


def test_a_notebook_is_a_program(shell: Interpreter, tmp_path: Path) -> None:
    """Its prints are seen, the values of its cells are not."""
    cells = [
        {"cell_type": "markdown", "source": "# 1/0"},
        {"cell_type": "code", "source": ["x = !echo hi\n", "x"]},
        {"cell_type": "code", "source": "print('two', x)"},
    ]
    (tmp_path / "book.ipynb").write_text(json.dumps({"cells": cells}))
    assert said(shell, "%run book.ipynb") == "two ['hi']\n"
    (tmp_path / "lines.ipy").write_text("y = %pwd\ny\nprint(len(y) > 1)")
    assert said(shell, "%run lines.ipy") == "True\n"


def test_times(shell: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "once.py").write_text("print('ran')\n")
    assert said(shell, "%run -t -N3 once.py").count("ran\n") == 3
    assert "Total runs performed: 3\n" in said(shell, "%run -t -N 3 once.py")
    assert said(shell, "%run -N3 once.py") == "ran\n"  # as documented: only with -t
    assert said(shell, "%run -t -N x once.py") == "UsageError: -N expects a number, not 'x'\n"


def test_the_profiler_and_its_options(shell: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "works.py").write_text("def job(n):\n    return sorted(range(n))\njob(9)\n")
    text = said(shell, "%run -p -s cumulative -l 2 -T out.txt -D out.stats works.py")
    assert "Ordered by: cumulative time" in text and "due to restriction <2>" in text
    assert (tmp_path / "out.stats").stat().st_size and "function calls" in (tmp_path / "out.txt").read_text()
    assert "job" in said(shell, "%run -p -l job works.py")
    assert "cannot sort by 'size'" in said(shell, "%run -p -s size works.py")


def test_the_debugger_and_where_it_stops(shell: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "steps.py").write_text("a = 1\nb = 2\nc = 3\nd = 4\n")
    text, _ = talk(shell, "%run -d steps.py", "n", "n", "p a + b", "q")
    assert "----> 1 a = 1" in text and "\n3\n" in text
    assert "----> 3 c = 3" in talk(shell, "%run -d -b 3 steps.py", "c", "q")[0]
    assert "----> 4 d = 4" in talk(shell, f"%run -d -b {tmp_path}/steps.py:4 steps.py", "c", "q")[0]
    assert "does not exist" in said(shell, "%run -d -b 99 steps.py")
