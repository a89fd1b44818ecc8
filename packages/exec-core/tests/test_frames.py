"""Tracebacks as values."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from antiphon_exec_core.frames import chain_of, frames_of, own_frames_removed
from antiphon_exec_core.testing import interpreter, run_in


def test_a_traceback_of_ours_alone_vanishes() -> None:
    with interpreter() as one:
        outcome, _ = run_in(one, "1 +")
        assert outcome.exception is not None
        assert own_frames_removed(outcome.exception.__traceback__) is None


def test_frames_have_names_places_and_columns() -> None:
    with interpreter() as one:
        outcome, _ = run_in(one, "class A:\n    def f(self, n):\n        return n + (1 /\n            n)\nA().f(0)")
        assert outcome.exception is not None
        frames = frames_of(outcome.exception.__traceback__)
    assert [(frame.name, frame.lineno, frame.end_lineno) for frame in frames] == [("<module>", 5, 5), ("A.f", 3, 4)]
    assert frames[1].columns == (20, 13)
    assert (frames[1].locals["n"], frames[1].hidden) == (0, False)


def test_columns_are_characters() -> None:
    with interpreter() as one:
        outcome, _ = run_in(one, "é = 0\n'äöü', 1 / é")
        assert outcome.exception is not None
        (frame,) = frames_of(outcome.exception.__traceback__)
    assert frame.columns == (7, 12)


def test_a_chain_begins_with_its_first_cause() -> None:
    first, second = ValueError(), KeyError()
    second.__cause__ = first
    assert [link for link, _ in chain_of(second)] == [first, second]
    first.__context__ = second
    assert [link for link, _ in chain_of(second)] == [first, second]


@pytest.mark.parametrize("where", ["function", "module"])
def test_a_long_file_costs_next_to_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    many = 100_000
    if where == "module":
        text = "".join(f"x{n} = {n}\n" for n in range(many)) + "def fail(d):\n    return 1 / d\n"
    else:
        text = "def fail(d):\n" + "".join(f"    x{n} = {n}\n" for n in range(many)) + "    return 1 / d\n"
    (tmp_path / f"long_{where}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    with interpreter() as one:
        run_in(one, f"import long_{where} as long")
        before = time.process_time()
        outcome, _ = run_in(one, "long.fail(0)")
        assert time.process_time() - before < 1.5  # a tenth of it here; parsing the file would take many seconds
    assert outcome.error is not None
    assert "----> " in outcome.error.traceback[2]
    assert len("".join(outcome.error.traceback)) < 1000
