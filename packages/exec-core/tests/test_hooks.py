from __future__ import annotations

import pytest

from antiphon_exec_core.cell import Outcome
from antiphon_exec_core.hooks import Hooks, RunInfo
from antiphon_exec_core.outputs import ErrorOutput
from antiphon_exec_core.testing import interpreter, run_in, said


def test_the_moments_of_a_cell_in_order() -> None:
    seen: list[object] = []
    with interpreter() as one:
        one.hooks.register("pre_execute", lambda: seen.append("pre"))
        one.hooks.register("pre_run_cell", seen.append)
        one.hooks.register("post_execute", lambda: seen.append("post"))
        one.hooks.register("post_run_cell", seen.append)
        outcome, _ = run_in(one, "%who", cell_id="c1", metadata={"a": 1})
    info = seen[1]
    assert isinstance(info, RunInfo)
    assert (info.raw_cell, info.cell_id, info.cell_meta) == ("%who", "c1", {"a": 1})
    assert info.transformed_cell == "get_ipython().run_line_magic('who', '')\n"
    assert seen == ["pre", info, "post", outcome]


def test_a_silent_cell_has_only_the_outer_two() -> None:
    seen: list[str] = []
    with interpreter() as one:
        for moment in ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell"):
            one.hooks.register(moment, lambda *_, moment=moment: seen.append(moment))
        run_in(one, "1", silent=True)
    assert seen == ["pre_execute", "post_execute"]


def test_a_failing_hook_is_told_of_and_stops_nothing() -> None:
    with interpreter() as one:
        one.hooks.register("pre_execute", lambda: 1 / 0)
        outcome, outputs = run_in(one, "2")
        assert outcome.ok
        assert [one.report.ename for one in outputs if isinstance(one, ErrorOutput)] == ["ZeroDivisionError"]


def test_post_run_cell_learns_of_errors() -> None:
    seen: list[Outcome] = []
    with interpreter() as one:
        one.hooks.register("post_run_cell", seen.append)
        run_in(one, "1/0")
    assert isinstance(seen[0].exception, ZeroDivisionError)


def test_register_twice_calls_once_and_unregister_takes_off() -> None:
    hooks, seen = Hooks(), []

    def hook() -> None:
        seen.append(1)

    hooks.register("post_execute", hook)
    hooks.register("post_execute", hook)
    hooks.fire("post_execute")
    hooks.unregister("post_execute", hook)
    hooks.fire("post_execute")
    assert seen == [1]
    with pytest.raises(ValueError, match="not registered"):
        hooks.unregister("post_execute", hook)
    with pytest.raises(KeyError):
        hooks.register("sometimes", hook)
    with pytest.raises(TypeError):
        hooks.register("post_execute", 3)  # type: ignore[arg-type]


def test_a_callback_that_fails_is_named() -> None:
    with interpreter() as one:

        def broken() -> None:
            raise RuntimeError("in a hook")

        one.hooks.register("post_execute", broken)
        text = said(one, "1")
    assert text.startswith(
        "Out: 1\nError in callback <function test_a_callback_that_fails_is_named.<locals>.broken at "
    )
    assert text.endswith(" (for post_execute), with arguments args (),kwargs {}:\nRuntimeError: in a hook\n")
