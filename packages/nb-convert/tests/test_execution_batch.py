"""Many notebooks: order, errors, limits, the end by a signal."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antiphon_nb_convert.errors import CellFailed
from antiphon_nb_convert.execution import events as e
from antiphon_nb_convert.execution.batch import Job, run_all
from antiphon_nb_convert.execution.blocking import execute_all

Cells = Callable[..., dict[str, Any]]


def texts(notebook: dict[str, Any]) -> list[str]:
    return ["".join(o.get("text", o.get("ename", "")) for o in cell["outputs"]) for cell in notebook["cells"]]


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_come_in_the_order_given(cells: Cells, scripted: str, jobs: int, tmp_path: Path) -> None:
    notebooks = [cells("late-idle 0.1" if number == 0 else "", f"say {number}") for number in range(4)]
    found = execute_all(notebooks, jobs, kernel=scripted)
    assert [texts(execution.notebook)[1] for execution in found] == ["0", "1", "2", "3"]
    assert [path for path in (tmp_path / "r").rglob("*") if not path.is_dir()] == []


def test_never_more_at_a_time_than_asked_for(cells: Cells, scripted: str) -> None:
    running: set[str] = set()
    most = 0

    def listen(event: e.Event) -> None:
        nonlocal most
        if isinstance(event, e.NotebookStarted):
            running.add(event.name)
        elif isinstance(event, e.NotebookDone):
            running.discard(event.name)
        most = max(most, len(running))

    jobs = [Job(cells("late-idle 0.05"), name=str(number)) for number in range(6)]
    assert all(execution.ok for execution in execute_all(jobs, 2, kernel=scripted, on_event=listen))
    assert most == 2 and not running


def test_each_has_its_own_kernel_folder_and_options(cells: Cells, scripted: str, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    jobs = [
        Job(cells("cwd"), "one", {"cwd": str(tmp_path / "a")}),
        Job(cells("raise E", "say x"), "two", {"allow_errors": True}),
        cells("cwd"),
    ]
    one, two, three = execute_all(jobs, 2, kernel=scripted, cwd=str(tmp_path))
    assert texts(one.notebook) == [os.path.realpath(tmp_path / "a")]
    assert two.ok and texts(two.notebook) == ["E", "x"] and two.name == "two"
    assert texts(three.notebook) == [os.path.realpath(tmp_path)]


def test_one_that_fails_or_has_no_kernel_hinders_no_other(cells: Cells, scripted: str) -> None:
    jobs = [
        Job(cells("raise E"), "bad"),
        Job(cells("say b"), "homeless", {"kernel": "none"}),
        Job(cells("exit 1"), "dead"),
        Job(cells("say d"), "good"),
    ]
    found = execute_all(jobs, 2, kernel=scripted, on_error="stop")
    assert [[str(f).partition(" (")[0] for f in execution.failures] for execution in found] == [
        ["bad: cell 1: E: why"],
        ["homeless: no kernel 'none'"],
        ["dead: cell 1: the kernel has ended: exit code 1"],
        [],
    ]
    assert texts(found[3].notebook) == ["d"]


def test_abort_ends_the_others_and_is_raised(cells: Cells, scripted: str) -> None:
    begun: list[str] = []

    def listen(event: e.Event) -> None:
        if isinstance(event, e.NotebookStarted):
            begun.append(event.name)

    jobs = [Job(cells("hang"), "a"), Job(cells("raise E"), "b"), Job(cells("say c"), "c")]
    with pytest.raises(CellFailed, match="b: cell 1: E: why"):
        execute_all(jobs, 2, kernel=scripted, on_error="abort", on_event=listen)
    assert "c" not in begun


def test_a_listener_that_fails_is_raised_as_it_is(cells: Cells, scripted: str) -> None:
    def listen(event: e.Event) -> None:
        raise ValueError("the listener's own")

    with pytest.raises(ValueError, match="the listener's own"):
        execute_all([cells("say a"), cells("say b")], 2, kernel=scripted, on_event=listen)


def test_a_signal_ends_what_runs_and_begins_nothing(cells: Cells, scripted: str) -> None:
    def listen(event: e.Event) -> None:
        if isinstance(event, e.CellOutput) and event.output.get("text") == "spinning":
            os.kill(os.getpid(), signal.SIGINT)

    jobs = [Job(cells("say kept", "say spinning\nhang"), "a"), Job(cells("say b"), "b")]
    a, b = execute_all(jobs, 1, kernel=scripted, on_error="stop", on_event=listen)
    assert texts(a.notebook) == ["kept", "spinningKeyboardInterrupt"]
    assert [str(f) for f in (*a.failures, *b.failures)] == ["a: cell 2: interrupted", "b: interrupted"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_nothing_to_run() -> None:
    assert asyncio.run(run_all([])) == []
