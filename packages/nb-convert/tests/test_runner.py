"""One notebook on one kernel: what is kept, what is told, what ends a run. The kernel is a scripted process."""

from __future__ import annotations

import asyncio
import copy
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from antiphon_nb_convert.errors import CellFailed, CellTimeout, ExecutionError, Interrupted, KernelLost, NoKernel
from antiphon_nb_convert.execution import events as e
from antiphon_nb_convert.execution import runner as runner_module
from antiphon_nb_convert.execution.hooks import Hooks
from antiphon_nb_convert.execution.results import Execution
from antiphon_nb_convert.execution.runner import NotebookRunner
from antiphon_nb_convert.execution.widgets import MIME, VIEW_MIME
from antiphon_wire_protocol.manager.manager import KernelManager

Cells = Callable[..., dict[str, Any]]
LIMIT = 60.0


@pytest.fixture(autouse=True)
def use_scripted(scripted: str, tmp_path: Path) -> Iterator[None]:
    """Every run here is on it, and leaves nothing behind."""
    yield
    assert [path for path in (tmp_path / "r").rglob("*") if not path.is_dir()] == [], "a kernel left files behind"


def limited(work: Awaitable[Any]) -> Any:
    async def waited() -> Any:
        async with asyncio.timeout(LIMIT):
            return await work

    return asyncio.run(waited())


def run(notebook: dict[str, Any], **options: Any) -> Execution:
    found: Execution = limited(NotebookRunner(notebook, **{"kernel": "scripted", **options}).run())
    return found


def texts(notebook: dict[str, Any]) -> list[str]:
    return ["".join(o.get("text", o.get("ename", "")) for o in cell["outputs"]) for cell in notebook["cells"]]


def test_a_good_run_and_the_notebook_given_is_not_touched(cells: Cells) -> None:
    notebook = cells("say a\nsay b", "", "say c", author="me")
    notebook["cells"].append({"cell_type": "markdown", "id": "m", "source": "text", "metadata": {}})
    before = copy.deepcopy(notebook)
    execution = run(notebook, name="n.ipynb")
    assert execution.ok and (execution.kernel, execution.cells, execution.name) == ("scripted", 2, "n.ipynb")
    assert texts({"cells": execution.notebook["cells"][:3]}) == ["ab", "", "c"]
    assert [cell.get("execution_count") for cell in execution.notebook["cells"]] == [1, None, 2, None]
    assert execution.notebook["metadata"]["author"] == "me"
    assert execution.notebook["metadata"]["language_info"]["name"] == "echo"
    assert notebook == before


@pytest.mark.parametrize(
    ("on_error", "shown", "cells_run"),
    [("stop", ["a", "BadThing", ""], 2), ("continue", ["a", "BadThing", "c"], 3), ("abort", ["a", "BadThing", ""], 2)],
)
def test_an_error_and_what_has_run(cells: Cells, on_error: str, shown: list[str], cells_run: int) -> None:
    runner = NotebookRunner(cells("say a", "raise BadThing", "say c"), kernel="scripted", on_error=on_error, name="n")
    if on_error == "abort":
        with pytest.raises(CellFailed, match=r"^n: cell 2: BadThing: why$") as caught:
            limited(runner.run())
        assert caught.value.notebook == runner.notebook
        assert caught.value.failure.cell_index == 1
    else:
        execution = limited(runner.run())
        assert not execution.ok and str(execution.failures[0]) == "n: cell 2: BadThing: why"
    assert runner.execution is not None and runner.execution.cells == cells_run
    assert texts(runner.notebook) == shown


def test_which_errors_are_allowed(cells: Cells) -> None:
    tagged = cells(("raise E", "raises-exception"), "raise F", "say c")
    assert [f.number for f in run(tagged, on_error="continue").failures] == [2]
    assert run(tagged, allow_error_names=["F"]).ok
    assert run(tagged, allow_errors=True).ok
    forced = {"force_raise_errors": True, "on_error": "continue"}
    assert len(run(tagged, allow_errors=True, allow_error_names=["E", "F"], **forced).failures) == 2


@pytest.mark.parametrize(
    ("options", "flags"),
    [
        ({}, "True False True"),
        ({"allow_errors": True}, "False False True"),
        ({"allow_error_names": ["E"]}, "False False True"),
        ({"on_error": "continue"}, "False False True"),
        ({"force_raise_errors": True, "allow_errors": True, "on_error": "stop"}, "True False True"),
        ({"on_input": lambda prompt, password: "x"}, "True True True"),
        ({"store_history": False}, "True False False"),
    ],
)
def test_what_the_request_says(cells: Cells, options: dict[str, Any], flags: str) -> None:
    assert texts(run(cells("flags"), **options).notebook) == [flags]


def test_a_tag_reaches_the_request_and_skipped_cells_stay(cells: Cells) -> None:
    notebook = cells(("flags", "raises-exception"), ("say x", "skip-execution"), ("say y", "mine"))
    executed = run(notebook).notebook
    assert texts(executed) == ["False False True", "of an earlier run", "y"]
    assert executed["cells"][1] == notebook["cells"][1]
    assert texts(run(notebook, skip_cells_with_tag="mine").notebook)[1:] == ["x", "of an earlier run"]


def test_late_output_is_waited_for(cells: Cells) -> None:
    assert texts(run(cells("say a\nlate-idle 0.2", "say b")).notebook) == ["alate", "b"]


def test_output_is_held_once(cells: Cells) -> None:
    kept: list[int] = []

    def listen(event: e.Event) -> None:
        if isinstance(event, e.CellOutput) and runner._running is not None:
            kept.append(len(runner._running._broadcasts))

    runner = NotebookRunner(cells("\n".join(["say x"] * 500)), kernel="scripted", on_event=listen)
    assert texts(limited(runner.run()).notebook) == ["x" * 500]
    assert len(kept) == 500 and kept[-1] < 100, "what has been folded is let go"


def test_an_idle_that_was_lost_is_found_out(cells: Cells, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "IDLE_PATIENCE", 0.05)
    assert texts(run(cells("say a\nlose-idle", "say b")).notebook) == ["a", "b"]
    assert texts(run(cells("say a\nlate-idle 0.5", "say b")).notebook)[1] == "b"


@pytest.mark.parametrize("on_error", ["abort", "stop", "continue"])
def test_the_death_of_a_kernel(cells: Cells, on_error: str) -> None:
    runner = NotebookRunner(cells("say a", "say b\nexit 3", "say c"), kernel="scripted", on_error=on_error)
    if on_error == "abort":
        with pytest.raises(KernelLost, match=r"^cell 2: the kernel has ended: exit code 3$") as caught:
            limited(runner.run())
        assert caught.value.failure.detail == "last words"
    else:
        assert [f.kind for f in limited(runner.run()).failures] == ["died"]
    assert texts(runner.notebook)[0] == "a"
    assert runner.notebook["cells"][2]["execution_count"] is None


def test_timeouts_end_the_run(cells: Cells) -> None:
    with pytest.raises(CellTimeout, match=r"^cell 2: no end after 0.2 s$") as caught:
        run(cells("say a", "say b\nhang"), timeout=0.2)
    assert texts(caught.value.notebook) == ["a", "b"]


@pytest.mark.parametrize("timeout", [None, 0, -1])
def test_no_timeout(cells: Cells, timeout: float | None) -> None:
    assert run(cells("late-idle 0.1"), timeout=timeout).ok


def test_timeout_func_decides(cells: Cells) -> None:
    seen: list[str] = []

    def limit(cell: dict[str, Any]) -> float | None:
        seen.append(cell["source"])
        return 0.2 if cell["source"] == "hang" else None

    with pytest.raises(CellTimeout, match="cell 2"):
        run(cells("say a", "hang"), timeout=0.000001, timeout_func=limit)
    assert seen == ["say a", "hang"]


def test_interrupt_on_timeout(cells: Cells) -> None:
    notebook = cells("hang", "say b")
    execution = run(notebook, timeout=0.3, interrupt_on_timeout=True)
    assert execution.ok and texts(execution.notebook) == ["KeyboardInterrupt", "b"]
    said = {"ename": "Late", "evalue": "so late", "traceback": []}
    with pytest.raises(CellFailed, match="cell 1: Late: so late"):
        run(notebook, timeout=0.3, interrupt_on_timeout=True, error_on_timeout=said)
    allowed = run(notebook, timeout=0.3, interrupt_on_timeout=True, error_on_timeout=said, allow_error_names=["Late"])
    assert allowed.ok


def test_on_error_continue_interrupts_what_takes_too_long(cells: Cells) -> None:
    execution = run(cells("hang", "say b"), timeout=0.3, on_error="continue")
    assert [(f.kind, f.number) for f in execution.failures] == [("timeout", 1)]
    assert texts(execution.notebook)[1] == "b"


def test_a_cell_that_no_interrupt_ends(cells: Cells, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "INTERRUPT_GRACE", 0.2)
    execution = run(cells("hang for ever", "say b"), timeout=0.2, interrupt_on_timeout=True, on_error="continue")
    assert [str(f) for f in execution.failures] == ["cell 1: no end after 0.2 s, nor 0.2 s after an interrupt"]
    assert texts(execution.notebook) == ["", ""]


def test_a_kernel_that_an_interrupt_ends(cells: Cells) -> None:
    found = run(cells("hang fragile", "say b"), timeout=0.2, interrupt_on_timeout=True, on_error="continue")
    told = "cell 1: no end after 0.2 s; interrupted, and the kernel has ended: exit code 4"
    assert [str(f) for f in found.failures] == [told]


def test_questions(cells: Cells) -> None:
    assert texts(run(cells("ask who?")).notebook) == [repr("\x04")], "nobody is there: the end of input, at once"
    answered = run(cells("ask who?"), on_input=lambda prompt, password: f"{prompt} {password}")
    assert texts(answered.notebook) == [repr("who? False")]


def test_timing_on_demand(cells: Cells) -> None:
    notebook = cells("say a")
    notebook["cells"][0]["metadata"]["execution"] = {"iopub.status.busy": "long ago"}
    assert "execution" not in run(notebook).notebook["cells"][0]["metadata"]
    timing = run(notebook, record_timing=True).notebook["cells"][0]["metadata"]["execution"]
    names = {"iopub.status.busy", "iopub.execute_input", "shell.execute_reply", "iopub.status.idle"}
    assert set(timing) == names and timing["iopub.status.busy"] <= timing["iopub.status.idle"]


def test_folder_and_environment(cells: Cells, tmp_path: Path) -> None:
    notebook = cells("cwd", "environ WORD")
    assert texts(run(notebook, cwd=str(tmp_path), env={"WORD": "w"}).notebook) == [os.path.realpath(tmp_path), "w"]
    with pytest.raises(NoKernel, match="cannot be started: /no/such/folder: no such file"):
        run(notebook, cwd="/no/such/folder")


def test_no_kernel_is_one_line(cells: Cells, install: Callable[..., None]) -> None:
    with pytest.raises(NoKernel, match=r"^n: no kernel 'scriptet'; did you mean scripted\? \(installed: scripted\)$"):
        run(cells("say a"), kernel="scriptet", name="n")
    install("broken", argv=["/bin/false"])
    with pytest.raises(NoKernel, match=r"^the kernel has ended: exit code 1$|ended before it was ready: exit code 1$"):
        run(cells("say a"), kernel="broken")
    install("gone", argv=["/no/such/program"])
    with pytest.raises(NoKernel, match="no command '/no/such/program'"):
        run(cells("say a"), kernel="gone")
    install("mute", argv=["sleep", "60"])
    with pytest.raises(NoKernel, match=r"not ready after 0\.3 s"):
        run(cells("say a"), kernel="mute", startup_timeout=0.3)


def test_hooks_fire_when_their_names_say(cells: Cells) -> None:
    told: list[tuple[Any, ...]] = []

    def hook(name: str) -> Callable[..., Any]:
        def plain(**moment: Any) -> None:
            cell = moment.get("cell")
            shown = None if cell is None else texts({"cells": [cell]})[0]
            status = moment.get("execute_reply", {}).get("content", {}).get("status")
            told.append((name, moment.get("cell_index"), shown, status))

        async def awaited(**moment: Any) -> None:
            await asyncio.sleep(0)
            plain(**moment)

        return awaited if len(name) % 2 else plain

    hooks = Hooks(**{name: hook(name.removeprefix("on_")) for name in Hooks._fields})
    run(cells("say a", "", "raise E"), hooks=hooks, on_error="stop")
    assert told == [
        ("notebook_start", None, None, None),
        ("cell_start", 0, "", None),
        ("cell_execute", 0, "", None),
        ("cell_executed", 0, "a", "ok"),
        ("cell_complete", 0, "a", None),
        ("cell_start", 1, "", None),
        ("cell_start", 2, "", None),
        ("cell_execute", 2, "", None),
        ("cell_executed", 2, "E", "error"),
        ("cell_error", 2, "E", "error"),
        ("cell_complete", 2, "E", None),
        ("notebook_error", None, None, None),
        ("notebook_complete", None, None, None),
    ]


def test_hooks_when_the_kernel_dies_or_never_lived(cells: Cells) -> None:
    told: list[str] = []
    hooks = Hooks(**{name: lambda name=name, **_: told.append(name) for name in Hooks._fields})
    with pytest.raises(KernelLost):
        run(cells("exit 1"), hooks=hooks)
    ended = ["on_cell_start", "on_cell_execute", "on_cell_complete", "on_notebook_error", "on_notebook_complete"]
    assert told == ["on_notebook_start", *ended]
    told.clear()
    with pytest.raises(NoKernel):
        run(cells("say a"), hooks=hooks, kernel="none")
    assert told == ["on_notebook_error"]


def test_a_hook_may_change_the_cell_and_one_that_fails_ends_the_run(cells: Cells) -> None:
    def change(cell: dict[str, Any], cell_index: int) -> None:
        cell["source"] = "say changed"

    notebook = cells("say a")
    assert texts(run(notebook, hooks=Hooks(on_cell_execute=change)).notebook) == ["changed"]
    assert notebook["cells"][0]["source"] == "say a"

    def fail(**_: Any) -> None:
        raise ValueError("the hook's own")

    runner = NotebookRunner(cells("say a", "say b"), kernel="scripted", hooks=Hooks(on_cell_complete=fail))
    with pytest.raises(ValueError, match="the hook's own"):
        limited(runner.run())
    assert texts(runner.notebook) == ["a", ""]


def test_events_tell_the_progress(cells: Cells) -> None:
    async def followed() -> list[e.Event]:
        runner = NotebookRunner(cells("say a\nsay b", "", "raise E"), kernel="scripted", name="n", on_error="stop")
        return [event async for event in runner.events()]

    told = limited(followed())
    assert [type(event).__name__ for event in told] == [
        *("NotebookStarted", "CellStarted", "CellOutput", "CellOutput", "CellDone"),
        *("CellStarted", "CellOutput", "CellDone", "NotebookDone"),
    ]
    started, cell, first, second, done, *_, third, _, end = told
    assert (started.name, started.kernel, started.language, started.cells) == ("n", "scripted", "echo", 2)
    assert (cell.number, cell.cell_index, cell.source) == (1, 0, "say a\nsay b")
    assert (first.output["text"], first.outputs, second.output["text"], second.outputs) == ("a", 1, "b", 1)
    assert (done.number, done.outputs, done.error) == (1, 1, "") and done.seconds <= done.elapsed
    assert (third.number, third.cell_index, third.output["ename"]) == (2, 2, "E")
    assert (end.cells, [str(f) for f in end.failures]) == (2, ["n: cell 2: E: why"])
    assert [event.elapsed for event in told] == sorted(event.elapsed for event in told)


def test_events_raise_what_the_run_raises_and_end_it_when_left(cells: Cells) -> None:
    async def raising() -> None:
        async for _ in NotebookRunner(cells("raise E"), kernel="scripted").events():
            pass

    with pytest.raises(CellFailed):
        limited(raising())

    async def leaving() -> dict[str, Any]:
        runner = NotebookRunner(cells("say a", "hang"), kernel="scripted")
        events = runner.events()
        async for event in events:
            if isinstance(event, e.CellStarted) and event.number == 2:
                break
        await events.aclose()
        return runner.notebook

    assert texts(limited(leaving())) == ["a", ""]


def test_a_listener_that_fails_ends_the_run(cells: Cells) -> None:
    def listen(event: e.Event) -> None:
        if isinstance(event, e.CellOutput):
            raise ValueError("the listener's own")

    runner = NotebookRunner(cells("say a\nhang", "say b"), kernel="scripted", on_event=listen)
    with pytest.raises(ValueError, match="the listener's own"):
        limited(runner.run())
    assert texts(runner.notebook) == ["a", ""]


@pytest.mark.parametrize(
    ("manner", "times", "shown"),
    [("hang", 1, "aKeyboardInterrupt"), ("hang caught", 1, "a"), ("hang for ever", 2, "a")],
)
def test_stop_interrupts_and_when_asked_again_does_not_wait(cells: Cells, manner: str, times: int, shown: str) -> None:
    def listen(event: e.Event) -> None:
        if isinstance(event, e.CellOutput) and event.output.get("text") == "a":
            for _ in range(times):
                runner.stop()

    runner = NotebookRunner(cells(f"say a\n{manner}", "say b"), kernel="scripted", on_event=listen)
    with pytest.raises(Interrupted, match="interrupted") as caught:
        limited(runner.run())
    assert texts(caught.value.notebook) == [shown, ""]


def test_stop_before_and_during_the_start(cells: Cells, install: Callable[..., None]) -> None:
    runner = NotebookRunner(cells("say a"), kernel="scripted")
    runner.stop("no more")
    with pytest.raises(Interrupted, match="no more"):
        limited(runner.run())
    install("mute", argv=["sleep", "60"])

    async def stopped() -> None:
        starting = NotebookRunner(cells("say a"), kernel="mute", on_error="stop")
        running = asyncio.ensure_future(starting.run())
        while starting._starting is None:
            await asyncio.sleep(0)
        starting.stop("no more")
        await running

    with pytest.raises(Interrupted, match="no more"):
        limited(stopped())


def test_a_cancelled_run_keeps_what_has_run_and_leaves_no_kernel(cells: Cells) -> None:
    async def cancelled() -> tuple[list[str], int]:
        runner = NotebookRunner(cells("say a", "say b\nhang"), kernel="scripted")
        heard = asyncio.Event()
        runner._on_event = lambda event: heard.set() if getattr(event, "number", 0) == 2 else None
        async with runner:
            assert runner._kernel is not None
            pid = runner._kernel.manager.process.pid
            running = asyncio.ensure_future(runner.run())
            await heard.wait()
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
        return texts(runner.notebook), pid

    shown, pid = limited(cancelled())
    assert shown[0] == "a"
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_whoever_is_cancelled_again_and_again_leaves_no_kernel(cells: Cells) -> None:
    async def cancelled(turns: int) -> None:
        running = asyncio.ensure_future(NotebookRunner(cells("say a"), kernel="scripted").run())
        for _ in range(turns):
            await asyncio.sleep(0)
        while not running.done():
            running.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await running
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        assert not left, "nothing goes on behind"

    for turns in (1, 3, 10, 40):
        limited(cancelled(turns))


def test_on_a_kernel_that_runs_already(cells: Cells) -> None:
    async def both() -> tuple[list[str], list[int], bool]:
        async with KernelManager("scripted") as manager:
            first = await NotebookRunner(cells("say a"), manager=manager).run()
            second = await NotebookRunner(cells("say b"), manager=manager).run()
            counts = [execution.notebook["cells"][0]["execution_count"] for execution in (first, second)]
            return texts(first.notebook) + texts(second.notebook), counts, manager.alive

    assert limited(both()) == (["a", "b"], [1, 2], True)


def test_cell_by_cell(cells: Cells) -> None:
    async def chosen() -> list[str]:
        async with NotebookRunner(cells("say a", "say b", "raise E"), kernel="scripted") as runner:
            failure = await runner.run_cell(2)
            assert failure is not None and str(failure) == "cell 1: E: why"
            assert await runner.run_cell(0) is None
            return texts(runner.notebook)

    assert limited(chosen()) == ["a", "", "E"]


def test_a_runner_runs_once_and_knows_its_options(cells: Cells) -> None:
    runner = NotebookRunner(cells("say a"), kernel="scripted")
    limited(runner.run())
    with pytest.raises(RuntimeError, match="runs once"):
        limited(runner.run())
    with pytest.raises(TypeError, match="time_out"):
        NotebookRunner(cells("say a"), time_out=3)


def test_old_widgets_go_unless_a_skipped_cell_shows_one(cells: Cells) -> None:
    old = {MIME: {"version_major": 2, "version_minor": 0, "state": {"w": {"state": {}}}}}
    notebook = cells("say a", ("say b", "skip-execution"), widgets=old)
    assert "widgets" not in run(notebook).notebook["metadata"]
    view = {"output_type": "display_data", "metadata": {}, "data": {VIEW_MIME: {"model_id": "w"}}}
    notebook["cells"][1]["outputs"] = [view]
    assert run(notebook).notebook["metadata"]["widgets"] == old


def test_every_error_is_an_execution_error() -> None:
    for kind in (CellFailed, CellTimeout, Interrupted, KernelLost, NoKernel):
        assert issubclass(kind, ExecutionError)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler, "a runner takes no signals by itself"


def test_what_came_out_is_told_without_its_outputs(cells: Cells) -> None:
    execution = run(cells("say " + "x" * 1000, "raise E"), on_error="stop", name="n.ipynb")
    assert repr(execution) == "<Execution of n.ipynb on scripted: 2 cells, 1 failures>"
