"""The magics that ask about objects, and `?` in all its forms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.settings import Settings
from antiphon_exec_core.testing import SETTINGS, interpreter, run_in, said


@pytest.fixture
def shell() -> Iterator[Interpreter]:
    with interpreter() as made:
        run_in(made, "import os\ndef area(width, height=2):\n    '''of a field'''\n    return width * height")
        run_in(made, "class Gate:\n    '''to a field'''\n    def open_it(self): pass\n    def open_all(self): pass")
        yield made


def page(shell: Interpreter, code: str) -> str:
    payload = run_in(shell, code)[0].payload
    assert [item["source"] for item in payload] == ["page"], payload
    return str(payload[0]["data"]["text/plain"])


@pytest.mark.parametrize("code", ["area?", "?area", "%pinfo area", "pinfo area"])
def test_what_it_is(shell: Interpreter, code: str) -> None:
    text = page(shell, code)
    assert text.startswith("Signature: area(width, height=2)") and "of a field" in text and "return" not in text


@pytest.mark.parametrize("code", ["area??", "??area", "%pinfo2 area"])
def test_and_its_source(shell: Interpreter, code: str) -> None:
    assert "    return width * height" in page(shell, code)


def test_magics_too(shell: Interpreter) -> None:
    assert "%timeit" in page(shell, "%timeit?") and "%%timeit" in page(shell, "%%timeit?")


def test_names_by_pattern(shell: Interpreter) -> None:
    assert said(shell, "ar*a?") == "area\n"
    assert said(shell, "?Gate.open*") == "Gate.open_all\nGate.open_it\n"
    assert said(shell, "Gate.*it?") == "Gate.open_it\n"
    assert said(shell, "%psearch -i GATE*") == "Gate\n"
    assert said(shell, "%psearch g*te function") == "\n"
    assert "ArithmeticError\n" in said(shell, "%psearch Ar*Error")


def test_a_question_about_nothing_is_the_introduction(shell: Interpreter) -> None:
    text = page(shell, "?")
    assert "%lsmagic" in text and "object??" in text and "x = !cmd" in text


def test_parts(shell: Interpreter, tmp_path: Path) -> None:
    assert said(shell, "%pdef area") == "area(width, height=2)\n"
    assert said(shell, "%pdoc area") == "Class docstring:\n    of a field\n"
    assert "return width * height" in page(shell, "%psource area")
    assert "def join" in page(shell, "%pfile os.path.join")
    (tmp_path / "some.txt").write_text("plain text")
    assert page(shell, f"%pfile {tmp_path}/some.txt").rstrip() == "plain text"
    assert said(shell, "%psource len") == "No source found for len\n"
    assert said(shell, "%pfile len") == "No file found for len\n"


@pytest.mark.parametrize("magic", ["pinfo", "pinfo2", "pdoc", "pdef", "psource", "pfile"])
def test_what_is_not_there_is_said(shell: Interpreter, magic: str) -> None:
    assert said(shell, f"%{magic} nothing") == "Object `nothing` not found.\n"
    assert len(said(shell, f"%{magic}").splitlines()) == 1


def test_no_colour_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with interpreter(SETTINGS._replace(colour=True)) as made:
        run_in(made, "def area(width): return width")
        assert "\x1b[" in page(made, "area??")
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b[" not in page(made, "area??")
        assert not made.settings.current.coloured() and Settings().colour
