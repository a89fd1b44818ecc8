from __future__ import annotations

import threading

from antiphon_exec_core.outputs import Display, Stream, TerminalOutlet, bind_outlet, current_outlet, use_outlet
from antiphon_exec_core.testing import RecordingOutlet, interpreter, run_in


def test_values_are_equal_by_fields_and_match() -> None:
    assert Stream("stdout", "a") == Stream("stdout", "a") != Stream("stderr", "a")
    assert Stream("stdout", "a") != ("stdout", "a")
    match Display({"text/plain": "x"}, display_id="d"):
        case Display(data, metadata, display_id, update):
            assert (data, metadata, display_id, update) == ({"text/plain": "x"}, {}, "d", False)
    assert repr(Stream("stdout", "a")) == "Stream(name='stdout', text='a')"


def test_use_outlet_nests() -> None:
    outer, inner = RecordingOutlet(), RecordingOutlet()
    with use_outlet(outer):
        with use_outlet(inner):
            assert current_outlet() is inner
        assert current_outlet() is outer


def test_a_thread_without_context_speaks_to_the_newest() -> None:
    outlet = RecordingOutlet()
    with use_outlet(outlet):
        thread = threading.Thread(target=lambda: current_outlet().emit(Stream("stdout", "hi")))
        thread.start()
        thread.join()
    assert outlet.text() == "hi"


def test_a_task_keeps_the_outlet_of_its_cell() -> None:
    with interpreter() as one:
        first = "import asyncio\ngo = asyncio.Event()\nasync def f():\n    await go.wait()\n    print('late')\n"
        outlet_of_first = RecordingOutlet()
        from antiphon_exec_core.cell import Cell
        from antiphon_exec_core.testing import streams_to_outlet

        with streams_to_outlet():
            one.run(Cell(first + "t = asyncio.create_task(f())\nawait asyncio.sleep(0)"), outlet_of_first)
        _, outputs = run_in(one, "go.set()\nawait t")
        assert outlet_of_first.text() == "late\n"
        assert outputs == []


def test_the_terminal_outlet_writes_plain_text(capsys) -> None:  # type: ignore[no-untyped-def]
    outlet = TerminalOutlet()
    outlet.emit(Display({"text/plain": "shown", "text/html": "<b>"}))
    outlet.emit(Stream("stderr", "wrong"))
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("shown\n", "wrong")


def test_bind_outlet_returns_the_former() -> None:
    with use_outlet(RecordingOutlet()) as former:
        new = RecordingOutlet()
        assert bind_outlet(new) is former
        assert current_outlet() is new
