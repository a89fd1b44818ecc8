"""The same without await: in the main thread, inside a loop, and under signals."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antiphon_nb_convert.errors import CellFailed, Interrupted
from antiphon_nb_convert.execution import BlockingNotebookRunner, execute, run
from antiphon_nb_convert.execution import events as e

Cells = Callable[..., dict[str, Any]]


def texts(notebook: dict[str, Any]) -> list[str]:
    return ["".join(o.get("text", o.get("ename", "")) for o in cell["outputs"]) for cell in notebook["cells"]]


def test_execute(cells: Cells, scripted: str) -> None:
    assert texts(execute(cells("say a"), kernel=scripted)) == ["a"]
    with pytest.raises(CellFailed, match="cell 1: E"):
        execute(cells("raise E"), kernel=scripted)
    assert texts(execute(cells("raise E", "say b"), kernel=scripted, on_error="continue")) == ["E", "b"]


def test_inside_a_loop_and_in_another_thread(cells: Cells, scripted: str) -> None:
    async def inside() -> list[str]:
        return texts(execute(cells("say a"), kernel=scripted))

    assert asyncio.run(inside()) == ["a"]
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.extend(texts(execute(cells("say b"), kernel=scripted))))
    thread.start()
    thread.join(60)
    assert found == ["b"]


def test_cell_by_cell(cells: Cells, scripted: str) -> None:
    with BlockingNotebookRunner(cells("say a", "raise E"), kernel=scripted) as runner:
        assert runner.run_cell(0) is None
        assert texts(runner.notebook) == ["a", ""]
        failure = runner.run_cell(1)
        assert failure is not None and runner.failures == (failure,)
    assert texts(runner.notebook) == ["a", "E"]


def test_stop_from_another_thread(cells: Cells, scripted: str) -> None:
    heard = threading.Event()

    def listen(event: e.Event) -> None:
        if isinstance(event, e.CellOutput):
            heard.set()

    with BlockingNotebookRunner(cells("say a\nhang", "say b"), kernel=scripted, on_event=listen) as runner:
        stopper = threading.Thread(target=lambda: heard.wait(60) and runner.stop("enough"))
        stopper.start()
        with pytest.raises(Interrupted, match="cell 1: enough"):
            runner.run()
        stopper.join()
    assert texts(runner.notebook) == ["aKeyboardInterrupt", ""]


@pytest.mark.parametrize(("number", "said"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")])
def test_signals_keep_what_has_run_and_leave_no_kernel(
    cells: Cells, scripted: str, tmp_path: Path, number: signal.Signals, said: str
) -> None:

    def listen(event: e.Event) -> None:
        if isinstance(event, e.CellOutput) and event.output.get("text") == "spinning":
            os.kill(os.getpid(), number)

    found = run(cells("say kept", "say spinning\nhang", "say c"), kernel=scripted, on_error="stop", on_event=listen)
    assert [str(f) for f in found.failures] == [f"cell 2: {said}"]
    assert texts(found.notebook)[::2] == ["kept", ""] and texts(found.notebook)[1].startswith("spinning")
    assert [path for path in (tmp_path / "r").rglob("*") if not path.is_dir()] == []
    assert signal.getsignal(number) in (signal.default_int_handler, signal.SIG_DFL)


def test_the_names_are_there_and_parameters_need_no_kernel() -> None:
    code = (
        "import sys; from antiphon_nb_convert import execution\n"
        "from antiphon_nb_convert.execution import parameters, streams, settings, results, events, hooks\n"
        "bad = [name for name in sys.modules if name.split('.')[0] in ('zmq', 'asyncio', 'antiphon_wire_protocol')]\n"
        "assert not bad, bad\n"
        "for name in execution.__all__: getattr(execution, name)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_ctrl_c_in_a_blocking_runner(cells: Cells, scripted: str, tmp_path: Path) -> None:
    def listen(event: e.Event) -> None:
        if isinstance(event, e.CellOutput) and event.output.get("text") == "spinning":
            os.kill(os.getpid(), signal.SIGINT)

    notebook = cells("say kept", "say spinning\nhang", "say c")
    with pytest.raises(KeyboardInterrupt), BlockingNotebookRunner(notebook, kernel=scripted, on_event=listen) as runner:
        runner.run()
    assert texts(runner.notebook) == ["kept", "spinning", ""]
    assert [path for path in (tmp_path / "r").rglob("*") if not path.is_dir()] == []
