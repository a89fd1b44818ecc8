"""The magics that change settings, and those that list what there is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.magics import line_magic
from antiphon_exec_core.testing import interpreter, run_in, said


@pytest.fixture
def shell() -> Iterator[Interpreter]:
    with interpreter() as made:
        yield made


def test_colours(shell: Interpreter) -> None:
    run_in(shell, "%colors linux")
    assert "\x1b[" in "".join(run_in(shell, "1/0")[0].error.traceback)  # type: ignore[union-attr]
    run_in(shell, "%colors NoColor")
    assert "\x1b[" not in "".join(run_in(shell, "1/0")[0].error.traceback)  # type: ignore[union-attr]
    assert "you must specify a color theme" in said(shell, "%colors") and "gruvbox-dark" in said(shell, "%colors")
    assert "there is no color theme 'mauve'" in said(shell, "%colors mauve") and not shell.settings.current.coloured()


def test_autocall(shell: Interpreter) -> None:
    run_in(shell, "def f(*words): return words")
    assert said(shell, "%autocall 0") == "Automatic calling is: Off\n"
    assert said(shell, "f 1").startswith("SyntaxError")
    assert said(shell, "%autocall") == "Automatic calling is: Smart\n"
    assert said(shell, "f 1, 2") == "Out: (1, 2)\n" and "function" in said(shell, "f")
    assert said(shell, "%autocall 2") == "Automatic calling is: Full\n"
    assert said(shell, "f") == "Out: ()\n"
    assert said(shell, "%autocall 3") == "UsageError: Valid modes: 0->Off, 1->Smart, 2->Full\n"


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (";f a b", "('a b',)"),
        (",f a b", "('a', 'b')"),
        ("/f a b", "(1, 2)"),
        ("/f", "()"),
        (";f", "('',)"),
        (",f a", "('a',)"),
        ("/f a, b", None),
    ],
)
def test_calls_by_their_first_sign(shell: Interpreter, code: str, shown: str | None) -> None:
    run_in(shell, "def f(*words): return words\na, b = 1, 2")
    assert said(shell, code) == f"Out: {shown}\n" if shown else "SyntaxError" in said(shell, code)


def test_the_magics_as_data(shell: Interpreter) -> None:
    def double(line: str) -> str:
        return line * 2

    shell.magics.register(line_magic(double))
    found = run_in(shell, "%lsmagic --json")[0].value
    assert set(found) == {"line", "cell"}
    assert found["line"]["timeit"] == found["cell"]["timeit"] == "timing" and found["line"]["cd"] == "folders"
    assert found["line"]["double"] == __name__
    run_in(shell, "%timeit -n1 -r1 1")
    assert run_in(shell, "%lsmagic --json")[0].value == found
    assert said(shell, "%lsmagic --xml") == "UsageError: option --xml not recognized\n"
    assert said(shell, "%lsmagic all") == "UsageError: unrecognized arguments: all\n"


def test_exception_modes_in_turn(shell: Interpreter) -> None:
    said(shell, "%xmode plain")
    turns = [said(shell, "%xmode").rpartition(" ")[2].strip() for _ in range(6)]
    assert turns == ["Context", "Verbose", "Minimal", "Docs", "Doctest", "Plain"]
    assert said(shell, "%xmode minimal") and said(shell, "1/0") == "ZeroDivisionError: division by zero\n"
