from __future__ import annotations

import sys

import pytest

from antiphon_exec_core.capture import RichOutput, capture_output
from antiphon_exec_core.outputs import ClearOutput, Display, Stream, current_outlet, use_outlet
from antiphon_exec_core.testing import RecordingOutlet, interpreter, run_in


def test_everything_is_kept() -> None:
    outer = RecordingOutlet(["answer"])
    with use_outlet(outer):
        with capture_output() as captured:
            print("text")
            print("wrong", file=sys.stderr)
            current_outlet().emit(Display({"text/plain": "shown"}))
            current_outlet().emit(Stream("stdout", "routed\n"))
            current_outlet().emit(ClearOutput())
            assert current_outlet().ask("?") == "answer"
        assert outer.outputs == []
        assert (captured.stdout, captured.stderr) == ("text\nrouted\n", "wrong\n")
        assert str(captured) == captured.stdout
        captured.outputs[0].display()
    assert outer.outputs == [Display({"text/plain": "shown"})]


def test_what_is_not_kept_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    outer = RecordingOutlet()
    with use_outlet(outer), capture_output(stdout=False, display=False) as captured:
        print("through")
        current_outlet().emit(Display({"text/plain": "through"}))
    assert capsys.readouterr().out == "through\n" and captured.stdout == ""
    assert outer.outputs == [Display({"text/plain": "through"})]


def test_streams_come_back_after_an_error() -> None:
    former = sys.stdout
    with pytest.raises(ValueError, match="x"), capture_output():
        raise ValueError("x")
    assert sys.stdout is former


def test_a_kept_output_shows_itself() -> None:
    assert RichOutput({"a": 1})._repr_mimebundle_() == ({"a": 1}, {})


def test_a_captured_update_is_an_update_when_it_is_shown_again() -> None:
    with interpreter() as shell:
        run_in(shell, "%%capture kept\nh = display(1, display_id='d')\nh.update(2)")
        _, outputs = run_in(shell, "kept.show()")
        assert outputs == [Display({"text/plain": "1"}, {}, "d"), Display({"text/plain": "2"}, {}, "d", update=True)]
        _, outputs = run_in(shell, "[(one.transient, one.update) for one in kept.outputs]")
    assert outputs[-1].data["text/plain"] == "[({'display_id': 'd'}, False), ({'display_id': 'd'}, True)]"  # type: ignore[union-attr]
