"""What libraries do with `get_ipython()`."""

from __future__ import annotations

import pytest

from antiphon_exec_core.outputs import ErrorOutput, Stream
from antiphon_exec_core.testing import interpreter, run, run_in


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("ip.run_cell('1+1').result", 2),
        ("ip.run_cell('1/0').success", False),
        ("type(ip.run_cell('1/0').error_in_exec).__name__", "ZeroDivisionError"),
        ("type(ip.run_cell('1 +').error_before_exec).__name__", "SyntaxError"),
        ("ip.user_ns is globals()", True),
        ("ip.user_ns['x']", 3),
        ("ip.ev('x + 1')", 4),
        ("ip.ex('y = 9') or y", 9),
        ("ip.push({'z': 8}) or z", 8),
        ("ip.magic('pwd') == ip.run_line_magic('pwd', '')", True),
        ("ip.getoutput('echo a').n", "a"),
        ("ip.execution_count", 2),
        ("ip.transform_cell('!ls')", "get_ipython().system('ls')\n"),
        ("ip.check_complete('if x:')", ("incomplete", "    ")),
        ("ip.find_line_magic('time') is not None, ip.find_cell_magic('nope')", (True, None)),
        ("ip.var_expand('{x}')", "3"),
        ("'text/html' in ip.display_formatter.formatters", True),
        ("ip.display_formatter.format(x)", ({"text/plain": "3"}, {})),
        ("getattr(ip, 'kernel', None)", None),
        ("ip.history_manager.input_hist_raw[1][:2]", "ip"),
        ("ip.complete('ip.user_n')[0] in ('ip.user_n', 'user_n', '.user_n')", True),
    ],
)
def test_forwards(code: str, value: object) -> None:
    outcome, _ = run("ip = get_ipython()\nx = 3", code)
    assert outcome.error is None, outcome.error
    assert outcome.value == value


def test_push_by_names_takes_the_callers() -> None:
    outcome, _ = run("def f():\n    a, b = 1, 2\n    get_ipython().push('a b')\nf()\na, b")
    assert outcome.value == (1, 2)


def test_showtraceback_shows_what_is_being_handled() -> None:
    _, outputs = run("try:\n    1/0\nexcept Exception:\n    get_ipython().showtraceback()")
    assert isinstance(outputs[0], ErrorOutput)
    assert outputs[0].report.ename == "ZeroDivisionError"


def test_events_and_transformers() -> None:
    with interpreter() as one:
        code = "ip = get_ipython()\nseen = []\ndef see(info): seen.append(info.raw_cell)\n"
        code += "ip.events.register('pre_run_cell', see)\n"
        run_in(one, code + "ip.input_transformers_post.append(lambda lines: [l.replace('eins', '1') for l in lines])")
        assert run_in(one, "eins + eins")[0].value == 2
        assert one.namespace.user_ns["seen"] == ["eins + eins"]


def test_registering_a_magic() -> None:
    outcome, _ = run(
        "def shout(line, cell=None): return (line + (cell or '')).upper()\n"
        "get_ipython().register_magic_function(shout, 'line_cell')",
        "(get_ipython().run_line_magic('shout', 'a'), get_ipython().run_cell_magic('shout', 'a', 'b'))",
    )
    assert outcome.value == ("A", "AB")


def test_the_face_is_one_and_the_same() -> None:
    assert run("get_ipython() is get_ipython()")[0].value is True


def test_errors_may_be_shown_by_a_handler() -> None:
    code = (
        "def show(self, etype, value, tb, tb_offset=None):\n    print('mine', etype.__name__, tb is not None)\n"
        "    self.showtraceback((etype, value, tb), tb_offset=tb_offset)\n"
        "get_ipython().set_custom_exc((ZeroDivisionError,), show)"
    )
    with interpreter() as shell:
        assert run_in(shell, code)[0].ok
        _, outputs = run_in(shell, "1/0")
        assert outputs[0] == Stream("stdout", "mine ZeroDivisionError True\n")
        assert [type(one).__name__ for one in outputs] == ["Stream", "ErrorOutput"]
        run_in(shell, "get_ipython().set_custom_exc((), None)")
        assert [type(one).__name__ for one in run_in(shell, "1/0")[1]] == ["ErrorOutput"]


def test_the_tail_of_the_history_is_without_the_cell_that_asks() -> None:
    with interpreter() as made:
        for code in ("first", "second = 2"):
            run_in(made, code)
        asked = "[entry[2] for entry in get_ipython().history_manager.get_tail(2, include_latest={latest})]"
        assert run_in(made, asked.format(latest=False))[0].value == ["first", "second = 2"]
        found = run_in(made, asked.format(latest=True))[0].value
        assert len(found) == 2 and found[1] == asked.format(latest=True)
