"""Awaiting cells, by whom they are run."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.testing import interpreter, run_in, said


@pytest.fixture
def shell() -> Iterator[Interpreter]:
    with interpreter() as made:
        run_in(made, "async def five(): return 5\nasync def later():\n    import asyncio\n    await asyncio.sleep(0)")
        yield made


def test_on_and_off(shell: Interpreter) -> None:
    assert said(shell, "%autoawait") == "IPython autoawait is `on`, and set to use `asyncio`\n"
    assert said(shell, "await five()") == "Out: 5\n"
    run_in(shell, "%autoawait off")
    assert said(shell, "await five()").startswith("SyntaxError: 'await' outside function")
    assert said(shell, "%autoawait") == "IPython autoawait is `off`, and set to use `asyncio`\n"
    run_in(shell, "%autoawait True")
    assert said(shell, "await five()") == "Out: 5\n"


def test_sync(shell: Interpreter) -> None:
    run_in(shell, "%autoawait sync")
    assert said(shell, "%autoawait") == "IPython autoawait is `off`, and set to use `sync`\n"
    run_in(shell, "%autoawait on")
    assert said(shell, "await five()") == "Out: 5\n"
    assert "RuntimeError: the cell waits for something" in said(shell, "await later()")
    assert said(shell, "x = 1\nx") == "Out: 1\n"
    run_in(shell, "%autoawait asyncio")
    assert said(shell, "await later()") == ""


@pytest.mark.skipif(importlib.util.find_spec("trio") is None, reason="trio is not installed")
def test_trio(shell: Interpreter) -> None:
    assert said(shell, "%autoawait trio") == ""
    assert said(shell, "import trio\nawait trio.sleep(0)\nsaid = trio.lowlevel.in_trio_run()") == ""
    assert shell.namespace.user_ns["said"] is True
    assert (
        said(shell, "async with trio.open_nursery() as nursery:\n    nursery.start_soon(trio.sleep, 0)\n7")
        == "Out: 7\n"
    )
    assert said(shell, "await trio.sleep(0); 1/0") == "ZeroDivisionError: division by zero\n"
    assert said(shell, "print('plain')") == "plain\n"


def test_variables_of_the_context_stay(shell: Interpreter) -> None:
    run_in(
        shell, "from contextvars import ContextVar\nvar = ContextVar('var', default=0)\n%autoawait sync\n%autoawait on"
    )
    run_in(shell, "await five()\ntoken = var.set(3)")
    assert said(shell, "var.get()") == "Out: 3\n"


def test_a_function_of_the_user(shell: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_runner.py").write_text("def drive(coro):\n    from antiphon_exec_core.loop_runners import sync\n"
                                            "    print('driving')\n    return sync(coro)\nvalue = 1\n")  # fmt: skip
    monkeypatch.syspath_prepend(str(tmp_path))
    assert said(shell, "%autoawait own_runner.drive") == ""
    assert said(shell, "await five()") == "driving\nOut: 5\n"
    assert said(shell, "%autoawait own_runner.value").startswith("UsageError: own_runner.value is no function")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("curio", "no longer maintained"),
        ("foo", "there is no loop runner 'foo': asyncio, trio, sync"),
        ("no_such_module.run", "No module named 'no_such_module'"),
    ],
)
def test_what_cannot_be_had_is_one_line_and_changes_nothing(shell: Interpreter, name: str, why: str) -> None:
    text = said(shell, f"%autoawait {name}")
    assert text.startswith("UsageError: ") and why in text and text.count("\n") == 1
    assert said(shell, "await five()") == "Out: 5\n"
