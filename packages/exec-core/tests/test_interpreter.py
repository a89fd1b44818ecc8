from __future__ import annotations

from pathlib import Path

import pytest

from antiphon_exec_core.cell import Cell
from antiphon_exec_core.history import History
from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.outputs import ErrorOutput, Result, Stream
from antiphon_exec_core.testing import SETTINGS, RecordingOutlet, interpreter, run, run_in


def test_one_plus_one() -> None:
    outcome, outputs = run("1+1")
    assert (outcome.ok, outcome.value, outcome.execution_count, outcome.payload) == (True, 2, 1, ())
    assert outputs == [Result(1, {"text/plain": "2"}, {})]


def test_the_count_goes_on_after_errors() -> None:
    with interpreter() as one:
        counts = [run_in(one, code)[0].execution_count for code in ("1", "1/0", "1 +", "2")]
        assert counts == [1, 2, 3, 4]
        assert one.execution_count == 5


def test_an_empty_cell_is_no_cell() -> None:
    with interpreter() as one:
        run_in(one, "1")
        for code in ("", "  \n\t"):
            assert run_in(one, code)[0].execution_count == 1
        assert one.execution_count == 2


def test_silent_leaves_no_trace() -> None:
    with interpreter() as one:
        outcome, outputs = run_in(one, "x = 1\nx", silent=True)
        assert (outcome.ok, outputs, one.execution_count) == (True, [], 1)
        assert run_in(one, "1/0", silent=True)[1] == []
        assert one.namespace.inputs == [""]
        assert list(one.history.tail()) == []
        assert one.namespace.user_ns["x"] == 1


def test_without_history_the_result_is_shown_and_the_count_stays() -> None:
    with interpreter() as one:
        _, outputs = run_in(one, "5", store_history=False)
        assert outputs == [Result(1, {"text/plain": "5"}, {})]
        assert one.execution_count == 1
        assert list(one.history.tail()) == []


def test_history_keeps_both_texts(tmp_path: Path) -> None:
    history = History(str(tmp_path / "history.sqlite"))
    with interpreter(history=history) as one:
        run_in(one, "%who\n")
        assert history.tail(1)[0][2] == "%who"
        assert history.tail(1, raw=False)[0][2] == "get_ipython().run_line_magic('who', '')"


def test_the_last_statement_decides() -> None:
    assert run("x = 3")[1] == []
    assert run("3;")[1] == []
    assert run("None")[1] == []
    with interpreter() as one:
        one.settings.change(ast_node_interactivity="all")
        assert len(run_in(one, "1\n2")[1]) == 2


def test_streams_and_results_in_order() -> None:
    _, outputs = run("import sys\nprint('a')\nprint('b', file=sys.stderr)\n'c'")
    assert outputs == [Stream("stdout", "a\n"), Stream("stderr", "b\n"), Result(1, {"text/plain": "'c'"}, {})]


def test_a_failing_repr_is_told_of_and_the_cell_is_well() -> None:
    outcome, outputs = run("class A:\n    def __repr__(self): 1/0\nA()")
    assert outcome.ok
    assert [type(output) for output in outputs] == [ErrorOutput]


def test_a_failing_transform_is_the_cells_error() -> None:
    def breaks(lines: list[str]) -> list[str]:
        raise SyntaxError("not so")

    with interpreter() as one:
        one.transformer.post.append(breaks)
        outcome, _ = run_in(one, "1")
        assert outcome.error is not None
        assert outcome.error.evalue == "not so"


def test_questions_are_answered_through_the_outlet() -> None:
    outcome, _ = run(
        "from antiphon_exec_core.outputs import current_outlet\ncurrent_outlet().ask('who? ')", answers=["I"]
    )
    assert outcome.value == "I"


def test_evaluate() -> None:
    with interpreter() as one:
        run_in(one, "x = 2")
        good = one.evaluate({"a": "x + 1", "b": "1/0", "c": "x ="})
        assert good["a"] == {"status": "ok", "data": {"text/plain": "3"}, "metadata": {}}
        assert (good["b"]["status"], good["b"]["ename"]) == ("error", "ZeroDivisionError")
        assert good["c"]["ename"] == "SyntaxError"


def test_payloads_of_one_cell_do_not_reach_the_next() -> None:
    with interpreter() as one:
        outcome, _ = run_in(one, "ip = get_ipython()\nip.set_next_input('a')\nip.set_next_input('b', replace=True)")
        assert outcome.payload == ({"source": "set_next_input", "text": "b", "replace": True},)
        assert run_in(one, "1")[0].payload == ()
        (page,) = run_in(one, "len?")[0].payload
        assert page["source"] == "page"
        assert "Return the number of items" in page["data"]["text/plain"]


def test_complete_inspect_is_complete() -> None:
    with interpreter() as one:
        run_in(one, "import os")
        assert "os.path" in one.complete("os.pa").matches or "path" in one.complete("os.pa").matches
        found = one.inspect("os.getcwd", 9)
        assert found is not None
        assert "Return" in found["text/plain"]
        assert one.inspect("no_such_thing") is None
        assert one.is_complete("if x:") == ("incomplete", "    ")


def test_settings_reach_the_parts() -> None:
    with interpreter() as one:
        run_in(one, "1/0")
        one.settings.change(xmode="Minimal", float_precision="%.1f", cache_size=3)
        assert run_in(one, "1/0")[0].error.traceback == ("ZeroDivisionError: division by zero\n",)  # type: ignore[union-attr]
        assert run_in(one, "[1.25]")[1] == [Result(3, {"text/plain": "[1.2]"}, {})]
        assert one.namespace.outputs.size == 3


def test_close_takes_back_what_was_put_outside() -> None:
    import builtins

    one = Interpreter(SETTINGS)
    assert hasattr(builtins, "get_ipython")
    one.close()
    assert not hasattr(builtins, "get_ipython")


def test_services_given_from_outside_reach_magics() -> None:
    with interpreter(services={"greeting": "hello"}) as one:
        one.magics.register(lambda line, greeting: f"{greeting} {line}", "line", "greet")
        assert run_in(one, "%greet you")[0].value == "hello you"


@pytest.mark.parametrize("code", ["%%time\n6 * 7", "%time 6 * 7"])
def test_magics_within_the_pipeline(code: str) -> None:
    outcome, outputs = run(code)
    assert outcome.value == 42
    assert isinstance(outputs[0], Stream)
    assert "Wall time" in outputs[0].text


def test_shell_escapes() -> None:
    with interpreter() as one:
        _, outputs = run_in(one, "who = 'world'\n!echo hello $who")
        assert [output.text.replace("\r", "") for output in outputs if isinstance(output, Stream)] == ["hello world\n"]
        assert list(run_in(one, "x = !echo a; echo b\nx")[0].value) == ["a", "b"]


def test_an_error_in_an_await_names_the_line() -> None:
    outcome, _ = run("import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    1/0\nawait f()")
    assert outcome.error is not None
    text = "\n".join(outcome.error.traceback)
    assert "----> 5 await f()" in text
    assert "runner" not in text


def test_run_needs_nothing_but_a_cell_and_an_outlet() -> None:
    one, outlet = Interpreter(SETTINGS), RecordingOutlet()
    assert one.run(Cell("2"), outlet).value == 2
    one.close()
