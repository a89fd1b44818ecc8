"""Magics over code that awaits, in plain cells and inside cells that await themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.outputs import Result, Stream
from antiphon_exec_core.testing import SETTINGS, interpreter, run_in

DEFINED = """
import asyncio, contextvars
count = 0
async def later(value=7):
    global count
    count += 1
    await asyncio.sleep(0)
    return value
async def fail():
    await asyncio.sleep(0)
    raise KeyError("late")
"""
CELLS = {"in a plain cell": "", "in an awaiting cell": "await asyncio.sleep(0)\n"}


@pytest.fixture
def shell() -> Iterator[Interpreter]:
    with interpreter(SETTINGS) as made:
        assert run_in(made, DEFINED)[0].ok
        yield made


def said(shell: Interpreter, cell: str) -> str:
    outcome, outputs = run_in(shell, cell)
    assert outcome.ok, outcome.error
    return "".join(
        output.text if isinstance(output, Stream) else f"Out: {output.data['text/plain']}\n"
        for output in outputs
        if isinstance(output, (Stream, Result))
    )


@pytest.fixture(params=CELLS.values(), ids=list(CELLS))
def before(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_time_await(shell: Interpreter, before: str) -> None:
    assert re.fullmatch(r"CPU times: .*\nWall time: .*\nOut: 7\n", said(shell, f"{before}%time await later()"))


def test_the_value_of_time_await_can_be_kept(shell: Interpreter, before: str) -> None:
    said(shell, f"{before}x = %time await later(5)")
    assert shell.namespace.user_ns["x"] == 5


def test_time_await_of_what_fails(shell: Interpreter, before: str) -> None:
    outcome, outputs = run_in(shell, f"{before}%time await fail()")
    assert outcome.error is not None and outcome.error.ename == "KeyError"
    assert any(isinstance(output, Stream) and "Wall time" in output.text for output in outputs)
    assert run_in(shell, f"{before}%time --no-raise-error await fail()")[0].ok


def test_timeit_await(shell: Interpreter, before: str) -> None:
    text = said(shell, f"{before}%timeit -n 3 -r 2 await later()")
    assert re.search(r"per loop \(mean ± std\. dev\. of 2 runs, 3 loops each\)\n", text)
    assert shell.namespace.user_ns["count"] == 6
    assert re.search(r"of 2 runs, [\d,]+ loops each\)\n", said(shell, f"{before}%timeit -r 2 await later()"))


def test_timeit_await_gives_its_result(shell: Interpreter, before: str) -> None:
    said(shell, f"{before}r = %timeit -q -o -n 2 -r 3 await later()")
    assert len(shell.namespace.user_ns["r"].all_runs) == 3


def test_prun_await(shell: Interpreter, before: str) -> None:
    outcome, _ = run_in(shell, f"{before}%prun await later()")
    assert outcome.ok
    assert "(later)" in outcome.payload[0]["data"]["text/plain"]


@pytest.mark.parametrize(
    ("cell", "pattern"),
    [
        (
            "%%time\nx = await later(1)\nasync with asyncio.Lock():\n    x += await later(2)\nx",
            r"CPU times: .*Out: 3\n",
        ),
        (
            "%%timeit -n 2 -r 2 y = await later(1)\nx = '''a\nb'''\nassert len(x) == 3\nawait later(y)",
            "2 runs, 2 loops each",
        ),
        ("%%timeit -n 1 -r 1\nasync with asyncio.Lock(): pass", "1 run, 1 loop each"),
        ("%%prun -q\nx = await later(9)", ""),
        ("%%capture text\nprint(await later())", ""),
    ],
)
def test_cell_magics_over_cells_that_await(shell: Interpreter, cell: str, pattern: str) -> None:
    assert re.search(pattern, said(shell, cell), re.DOTALL)


def test_a_cell_magic_keeps_what_its_awaiting_cell_set(shell: Interpreter) -> None:
    said(shell, "%%prun -q\nx = await later(9)")
    said(shell, "%%capture text\nprint(await later())")
    assert said(shell, "x, text.stdout") == "Out: (9, '7\\n')\n"


def test_a_magic_that_is_a_coroutine_function_is_awaited(shell: Interpreter, before: str) -> None:
    async def twice(line: str) -> str:
        import asyncio

        await asyncio.sleep(0)
        return line * 2

    shell.magics.register(twice)
    assert said(shell, f"{before}%twice ab") == "Out: 'abab'\n"
    said(shell, f"{before}for i in range(2):\n    x = %twice $i")
    assert shell.namespace.user_ns["x"] == "11"


def test_a_cell_magic_that_is_a_coroutine_function_is_awaited(shell: Interpreter) -> None:
    async def lines(line: str, cell: str) -> int:
        import asyncio

        await asyncio.sleep(0)
        return len(cell.splitlines())

    shell.magics.register(lines, "cell")
    assert said(shell, "%%lines\na\nb") == "Out: 2\n"


def test_magics_that_do_not_await_are_as_ever_in_an_awaiting_cell(shell: Interpreter) -> None:
    assert "later" in said(shell, "await later()\n%who\nNone")
    assert said(shell, "await later()\nx = !echo hello\nx[0]") == "Out: 'hello'\n"
    assert run_in(shell, "await later()\n%nosuch")[0].error is not None


def test_a_magic_in_a_function_of_an_awaiting_cell_is_left_alone(shell: Interpreter) -> None:
    cell = "await later()\ndef f():\n    %pwd\n    return (lambda: 5)()\nf()"
    assert said(shell, cell) == "Out: 5\n"


def test_context_variables_set_under_a_magic_persist(shell: Interpreter, before: str) -> None:
    said(shell, "v = contextvars.ContextVar('v')\nasync def setter():\n    await asyncio.sleep(0); v.set(4)")
    said(shell, f"{before}%time await setter()")
    assert said(shell, "v.get()") == "Out: 4\n"
