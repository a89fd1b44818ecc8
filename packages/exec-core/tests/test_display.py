from __future__ import annotations

from antiphon_exec_core.display import (
    DisplayHandle,
    clear_output,
    display,
    display_as,
    publish_display_data,
    update_display,
)
from antiphon_exec_core.outputs import ClearOutput, Display, use_outlet
from antiphon_exec_core.testing import RecordingOutlet, interpreter, run, run_in


def test_display_in_a_cell() -> None:
    _, outputs = run("display(1, 'a')")
    assert outputs == [Display({"text/plain": "1"}), Display({"text/plain": "'a'"})]


def test_a_handle_updates_its_display() -> None:
    _, outputs = run("h = display(1, display_id=True)\nh.update(2)")
    first, second = outputs
    assert isinstance(first, Display)
    assert isinstance(second, Display)
    assert first.display_id == second.display_id is not None
    assert (first.update, second.update) == (False, True)


def test_the_rest() -> None:
    outlet = RecordingOutlet()
    with interpreter(), use_outlet(outlet):
        assert display({"a/b": 1}, raw=True, metadata={"m": 1}) is None
        assert isinstance(display(1, display_id="d"), DisplayHandle)
        update_display(2, display_id="d")
        publish_display_data({"text/plain": "p"}, transient={"display_id": "t"}, update=True)
        clear_output(wait=True)
        display(3, metadata={"x": 1}, include=["text/plain"])
    assert outlet.outputs == [
        Display({"a/b": 1}, {"m": 1}),
        Display({"text/plain": "1"}, {}, "d"),
        Display({"text/plain": "2"}, {}, "d", True),
        Display({"text/plain": "p"}, {}, "t", True),
        ClearOutput(True),
        Display({"text/plain": "3"}, {"x": 1}),
    ]


def test_update_without_an_id_is_refused() -> None:
    outcome, _ = run("display(1, update=True)")
    assert outcome.error is not None
    assert outcome.error.ename == "TypeError"


def test_objects_that_show_themselves_show_once() -> None:
    with interpreter() as one:
        run_in(one, "class A:\n    def _ipython_display_(self): display('own')\na = A()")
        assert run_in(one, "a")[1] == run_in(one, "display(a)")[1] == [Display({"text/plain": "'own'"})]


def test_one_kind_of_content_only() -> None:
    class Both:
        def _repr_html_(self) -> str:
            return "<b>"

        def _repr_latex_(self) -> str:
            return "$x$"

        def __repr__(self) -> str:
            return "Both"

    outlet = RecordingOutlet()
    with use_outlet(outlet):
        display_as("text/html", Both())
        display_as("text/html", "<i>", raw=True, metadata={"isolated": True})
    assert outlet.outputs == [
        Display({"text/plain": "Both", "text/html": "<b>"}),
        Display({"text/html": "<i>"}, {"text/html": {"isolated": True}}),
    ]
