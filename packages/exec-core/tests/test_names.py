"""The magics about the user's names: each target and option, with what stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.testing import interpreter, run_in, said


@pytest.fixture
def shell() -> Iterator[Interpreter]:
    with interpreter() as made:
        for code in ("number = 5", "text = 'abc'", "number", "text * 2"):
            run_in(made, code)
        yield made


def names(shell: Interpreter) -> list[str]:
    return sorted(shell.namespace.visible())


def test_reset_forgets_names_and_results_and_keeps_what_was_typed(shell: Interpreter) -> None:
    assert said(shell, "%reset", "y") == ""
    assert names(shell) == [] and shell.namespace.inputs[1:4] == ["number = 5", "text = 'abc'", "number"]
    assert said(shell, "Out") == "Out: {}\n" and said(shell, "_3").startswith("NameError")
    assert said(shell, "display('still there'); get_ipython() is not None") == "Out: 'still there'\nOut: True\n"


def test_reset_asks(shell: Interpreter) -> None:
    for answer in ("n", "", "no"):
        assert said(shell, "%reset", answer) == "Nothing done.\n"
    assert said(shell, "%reset") == "Nothing done.\n", "nobody to ask is no consent"
    assert names(shell) == ["number", "text"]


def test_a_soft_reset_keeps_the_results(shell: Interpreter) -> None:
    assert said(shell, "%reset -s -f") == "" and names(shell) == []
    assert said(shell, "Out[4]") == "Out: 'abcabc'\n"


def test_reset_targets(shell: Interpreter) -> None:
    assert said(shell, "%reset -f out") == "Flushing output cache (2 entries)\n"
    assert said(shell, "_3").startswith("NameError") and said(shell, "_") == "Out: ''\n"
    assert said(shell, "%reset -f in") == "Flushing input history\n"
    assert set(shell.namespace.inputs[:5]) == {""} and said(shell, "_i1").startswith("NameError")
    run_in(shell, "%cd -q .")
    assert said(shell, "%reset -f dhist") == "Flushing directory history\n"
    assert names(shell) == ["number", "text"]
    assert "Don't know how to reset everything" in said(shell, "%reset -f everything")


def test_reset_arrays_only(shell: Interpreter) -> None:
    pytest.importorskip("numpy")
    run_in(shell, "import numpy\narray = numpy.zeros(3)")
    said(shell, "%reset -f array")
    assert names(shell) == ["number", "numpy", "text"]


def test_reset_by_pattern(shell: Interpreter) -> None:
    run_in(shell, "b2m = b3m = b4m = other = 1")
    assert said(shell, "%reset_selective b[23]m", "n") == "Nothing done.\n"
    assert said(shell, "%reset_selective b[23]m", "y") == ""
    assert names(shell) == ["b4m", "number", "other", "text"]
    said(shell, "%reset_selective -f ^(b|o)")
    assert names(shell) == ["number", "text"]
    assert said(shell, "%reset_selective").startswith("UsageError: No regex pattern specified")
    assert said(shell, "%reset_selective -f (").startswith("UsageError: Invalid regex")


def test_xdel_takes_every_name_of_the_value(shell: Interpreter) -> None:
    run_in(shell, "big = [1]\nalso = big")
    run_in(shell, "big")
    number = max(shell.namespace.outputs)
    assert said(shell, "%xdel big") == ""
    assert "also" not in names(shell) and number not in shell.namespace.outputs
    run_in(shell, "one = [1]\ntwo = one\n%xdel -n one")
    assert "one" not in names(shell) and "two" in names(shell)
    assert said(shell, "%xdel nothing") == "UsageError: name 'nothing' is not defined\n"
    for name in ("In", "Out", "__builtins__"):
        assert said(shell, f"%xdel {name}") == f"UsageError: {name} is not yours to delete\n"


def test_lists(shell: Interpreter) -> None:
    run_in(shell, "import os\ndef f(): pass\n_hidden = 1")
    assert said(shell, "%who").split() == ["f", "number", "os", "text"]
    assert said(shell, "%who int str").split() == ["number", "text"]
    assert run_in(shell, "%who_ls function")[0].value == ["f"]
    assert said(shell, "%who dict") == "No variables match your requested type.\n"
    assert [line.split()[:2] for line in said(shell, "%whos int").splitlines()[2:]] == [["number", "int"]]


@pytest.mark.parametrize(
    ("code", "name", "value"),
    [
        ("x = !echo a b", "x", ["a b"]),
        ("x = !true", "x", []),
        ("x = !echo a; echo b", "x", ["a", "b"]),
        ("x = \\\n  !echo joined", "x", ["joined"]),
        ("x = !there=here; echo {number + 1} $text $$there '$text'", "x", ["6 abc here $text"]),
        ("x: list = !echo declared", "x", ["declared"]),
        ("class Q: pass\nq = Q()\nq.at = !echo at\nx = q.at", "x", ["at"]),
        ("d = {}\nd['k'] = !echo key\nx = d['k']", "x", ["key"]),
        ("if True:\n    x = !echo inner", "x", ["inner"]),
        ("x, = !echo one", "x", "one"),
        ("x = %who_ls int", "x", ["number"]),
        ("x = %time 3", "x", 3),
        ("def f():\n    y = !echo $number\n    return y\nx = f()", "x", ["5"]),
        ("x = !echo '%who' '?'", "x", ["%who ?"]),
    ],
)
def test_what_a_command_or_magic_gives(shell: Interpreter, code: str, name: str, value: object) -> None:
    outcome, outputs = run_in(shell, code)
    assert outcome.ok, outputs
    assert shell.namespace.user_ns[name] == value


@pytest.mark.parametrize(
    "code", ["x += !echo a", "x = y = !echo a", "x == !ls", "(x := !ls)", "y = [\n!ls\n]", "print(!ls)", "x = f(%who)"]
)
def test_where_no_command_can_stand(shell: Interpreter, code: str) -> None:
    assert said(shell, code).startswith("SyntaxError")
