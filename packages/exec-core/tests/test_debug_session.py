"""What one reads at the debugger's prompt, and what its commands do."""

from __future__ import annotations

import re
from bdb import Breakpoint
from collections.abc import Iterator
from typing import Any

import pytest

from antiphon_exec_core.cell import Cell
from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.testing import SETTINGS, RecordingOutlet, interpreter, run_in, streams_to_outlet, talk

CODE = """\
def f(x):
    y = x * 2
    z = [1, 2]
    # note
    return y / 0

def g(a):
    b = a + 1
    return f(b)
"""


@pytest.fixture
def shell() -> Iterator[Interpreter]:
    Breakpoint.clearBreakpoints()
    with interpreter() as made:
        run_in(made, CODE)
        yield made
    Breakpoint.clearBreakpoints()


def after_error(shell: Interpreter, *answers: str) -> str:
    run_in(shell, "g(3)")
    return talk(shell, "%debug", *answers)[0]


def test_the_place_is_shown_with_its_cell_and_the_lines_around(shell: Interpreter) -> None:
    assert after_error(shell, "q") == (
        "> Cell In[1](5)f()\n"
        "      3     z = [1, 2]\n"
        "      4     # note\n"
        "----> 5     return y / 0\n"
        "      6\n"
        "      7 def g(a):\n\n"
    )


def test_up_and_down_and_locals(shell: Interpreter) -> None:
    said = after_error(shell, "p y", "u", "p b", "u", "u", "d 2", "d", "u -1", "down x", "q")
    assert "\n8\n> Cell In[1](9)g()\n" in said
    assert "\n4\n> Cell In[2](1)<module>()\n----> 1 g(3)\n\n*** Oldest frame\n> Cell In[1](5)f()" in said
    assert said.endswith("*** Newest frame\n> Cell In[2](1)<module>()\n----> 1 g(3)\n\n*** Invalid frame count (x)\n")


def test_where_shows_the_cells_and_not_what_called_them(shell: Interpreter) -> None:
    said = after_error(shell, "context 1", "w", "q")
    assert said.endswith(
        "  Cell In[2](1)<module>()\n----> 1 g(3)\n"
        "  Cell In[1](9)g()\n----> 9     return f(b)\n"
        "> Cell In[1](5)f()\n----> 5     return y / 0\n\n"
    )


def test_where_with_a_count(shell: Interpreter) -> None:
    said = after_error(shell, "context 1", "w 1", "w -1", "w 0", "bt x", "q").split("\n\n", 1)[1]
    here, first = "> Cell In[1](5)f()\n----> 5     return y / 0\n\n", "  Cell In[2](1)<module>()\n----> 1 g(3)\n\n"
    assert said == here + first + here + "*** Invalid count (x)\n"


def test_context(shell: Interpreter) -> None:
    said = after_error(shell, "context 3", "u", "context 0", "context no", "q")
    assert "> Cell In[1](9)g()\n      7 def g(a):\n      8     b = a + 1\n----> 9     return f(b)\n\n***" in said
    assert said.count("requires a positive integer argument (current value 3)") == 2


def test_list_and_longlist(shell: Interpreter) -> None:
    said = after_error(shell, "ll", "b 2", "l 1, 3", "cl 1", "q")
    assert "      1 def f(x):\n      2     y = x * 2\n      3     z = [1, 2]\n      4     # note\n----> 5" in said
    assert "      1 def f(x):\nB     2     y = x * 2\n      3     z = [1, 2]\nDeleted" in said


def test_names_of_the_frame_are_explained(shell: Interpreter) -> None:
    run_in(shell, "def h():\n    def inner(a, b=1):\n        '''What inner does.'''\n    1/0\nh()")
    said = talk(shell, "%debug", "inner?", "inner??", "?inner", "pdef inner", "pdoc inner", "psource inner", "q")[0]
    assert said.count("Signature: inner(a, b=1)\n") == 3
    assert said.count("def inner(a, b=1):\n") == 3  # the place, ?? and psource
    assert said.count("\ninner(a, b=1)\n") == 1
    assert "Class docstring:\n    What inner does.\n" in said


def test_pinfo_and_pfile(shell: Interpreter) -> None:
    said = after_error(shell, "import json", "pinfo json.dumps", "pinfo2 z", "pfile json.dumps", "nosuch?", "q")
    assert "Signature:" in said
    assert "String form: [1, 2]" in said
    assert "\ndef dumps(" in said
    assert "Object `nosuch` not found." in said


def test_the_prompt_runs_statements_in_the_frame(shell: Interpreter) -> None:
    said = after_error(shell, "y", "!y + 1", "k = 5", "print(k * 2)", "nosuch", "a", "whatis z", "pp z", "q")
    assert said.endswith("8\n9\n10\n*** NameError: name 'nosuch' is not defined\nx = 4\n<class 'list'>\n[1, 2]\n")


def test_chained_exceptions(shell: Interpreter) -> None:
    run_in(
        shell, "def c():\n    try:\n        1/0\n    except Exception as e:\n        raise KeyError('k') from e\nc()"
    )
    said = talk(shell, "%debug", "exceptions", "exceptions 0", "exceptions 5", "exceptions x", "exceptions", "q")[0]
    assert "    0 ZeroDivisionError('division by zero')\n>   1 KeyError('k')\n> Cell In[2](3)c()\n" in said
    assert "*** No exception with that number\n*** Argument must be an integer\n" in said
    assert said.endswith(">   0 ZeroDivisionError('division by zero')\n    1 KeyError('k')\n")


def test_exceptions_where_there_are_none(shell: Interpreter) -> None:
    assert "Did not find chained exceptions" in talk(shell, "%debug g(3)", "exceptions", "q")[0]


def test_an_exception_without_traceback_is_listed_only(shell: Interpreter) -> None:
    run_in(shell, "raise ValueError(1) from KeyError(2)")
    assert talk(shell, "%debug", "exceptions", "q")[0].endswith("\n>   0 ValueError(1)\n")


HIDING = (
    "def low():\n    return 1/0\ndef h():\n    __tracebackhide__ = True\n    return low()\ndef top():\n    return h()"
)


def test_hidden_frames_are_passed_over_and_counted(shell: Interpreter) -> None:
    run_in(shell, HIDING)
    run_in(shell, "top()")
    said = talk(shell, "%debug", "context 1", "w", "u", "d", "q")[0].split("\n\n", 1)[1]
    assert (
        "  Cell In[2](7)top()\n----> 7     return h()\n    [... skipping 1 hidden frame(s)]\n> Cell In[2](2)low" in said
    )
    assert "    [... skipped 1 hidden frame(s)]\n> Cell In[2](7)top()\n" in said
    assert said.endswith("    [... skipped 1 hidden frame(s)]\n> Cell In[2](2)low()\n----> 2     return 1/0\n\n")


@pytest.mark.parametrize("command", ["skip_hidden no", "skip_predicates tbhide no"])
def test_hidden_frames_can_be_seen(shell: Interpreter, command: str) -> None:
    run_in(shell, HIDING)
    run_in(shell, "top()")
    said = talk(shell, "%debug", command, "u", "q")[0]
    assert "> Cell In[2](5)h()" in said
    assert "hidden frame" not in said


def test_what_hides_is_told(shell: Interpreter) -> None:
    said = after_error(shell, "skip_hidden", "skip_predicates", "skip_hidden 7", "skip_predicates a b", "q")
    assert "skip_hidden = True" in said
    assert "current predicates:\n    tbhide : True\n    readonly : False\n    ipython_internal : True\n" in said
    assert "*** skip_hidden takes yes, no, true or false\n*** Usage: skip_predicates" in said


def test_modules_can_be_ignored(shell: Interpreter) -> None:
    run_in(shell, "import json\njson.loads('{')")
    said = talk(
        shell,
        "%debug",
        *(
            "ignore_module",
            "ignore_module json",
            "unignore_module",
            "u",
            "unignore_module json",
            "unignore_module json",
        ),
        *("u", "q"),
    )[0]
    assert "No modules are currently ignored.\nCurrently ignored modules: ['json']\n" in said
    assert re.search(r"skipped \d hidden frame\(s\)\]\n> Cell In\[2\]\(2\)<module>", said)
    assert said.endswith("*** Module json is not currently ignored.\n*** Oldest frame\n")


def test_nothing_above_but_hidden_frames(shell: Interpreter) -> None:
    run_in(shell, "__tracebackhide__ = True\nx = g(3)")
    assert "*** all frames above skipped" in talk(shell, "%debug", "u", "u", "q")[0]


@pytest.mark.parametrize("answers", [("q",), ("exit",), ("^C",), ()])
def test_leaving_leaves_the_cell_only(shell: Interpreter, answers: tuple[str, ...]) -> None:
    said, outcome = talk(shell, "breakpoint()\nx = 1\ny = 2", *answers)
    assert outcome.error is not None
    assert outcome.error.traceback == ("BdbQuit: the debugger was left, and the cell with it",)
    assert run_in(shell, "'x' in dir()")[0].value is False
    if answers == ("^C",):
        assert said.endswith("--KeyboardInterrupt--\n")


def test_leaving_a_post_mortem_is_no_error(shell: Interpreter) -> None:
    run_in(shell, "g(3)")
    for answers in (("q",), ("^C",), ()):
        assert talk(shell, "%debug", *answers)[1].ok


def test_an_interrupt_while_a_command_runs_comes_back_to_the_prompt(shell: Interpreter) -> None:
    assert after_error(shell, "raise KeyboardInterrupt", "p 6 * 7", "q").endswith("*** KeyboardInterrupt\n42\n")


def test_a_frontend_that_takes_no_questions(shell: Interpreter) -> None:
    class Refusing(RecordingOutlet):
        def ask(self, prompt: str, password: bool = False) -> str:
            raise RuntimeError("no questions here")

    run_in(shell, "%pdb on")
    outlet = Refusing()
    with streams_to_outlet():
        assert not shell.run(Cell("g(3)"), outlet).ok
    assert "*** no questions here" in outlet.text()
    assert run_in(shell, "1 + 1")[0].value == 2


def test_interact(shell: Interpreter) -> None:
    run_in(shell, "g(3)")
    outlet = RecordingOutlet(["interact", "y + 1", "exit()", "p y", "q"])
    with streams_to_outlet():
        shell.run(Cell("%debug"), outlet)
    assert outlet.questions == ["ipdb> ", ">>> ", ">>> ", "ipdb> ", "ipdb> "]
    assert outlet.text().endswith("9\n8\n") or "9\n" in outlet.text()


def test_code_at_the_prompt_asks_the_outlet_too(shell: Interpreter) -> None:
    assert after_error(shell, "import sys; n = sys.stdin.readline()", "typed", "p n", "q").endswith("'typed\\n'\n")


def test_colours_change_no_text() -> None:
    said = {}
    for colour in (False, True):
        with interpreter(SETTINGS._replace(colour=colour)) as shell:
            run_in(shell, CODE)
            said[colour] = after_error(shell, "w", "ll", "u", "q")
    assert "\x1b[" in said[True]
    assert re.sub(r"\x1b\[[\d;]*m", "", said[True]) == said[False]


def test_with_files_of_its_own_it_is_plain_pdb() -> None:
    import io

    from antiphon_exec_core.debug_session import DebugSession

    out = io.StringIO()
    session = DebugSession(stdin=io.StringIO("p 6 * 7\nc\n"), stdout=out)
    session.run("x = 1")
    assert "42" in out.getvalue()


def test_pdb_is_ours_while_the_interpreter_lives() -> None:
    import pdb

    before: dict[str, Any] = {name: getattr(pdb, name) for name in ("Pdb", "set_trace", "post_mortem")}
    with interpreter() as shell:
        run_in(shell, "import pdb")
        run_in(shell, CODE)
        assert pdb.set_trace is not before["set_trace"]
        run_in(shell, "g(3)")
        assert "> Cell In[2](5)f()" in talk(shell, "pdb.pm()", "q")[0]
        said = talk(shell, "try:\n    g(3)\nexcept Exception as e:\n    pdb.post_mortem()", "p y", "q")[0]
        assert "> Cell In[2](5)f()" in said and said.endswith("8\n")
        assert "42" in talk(shell, "pdb.Pdb().run('x = 42')", "n", "p x", "q")[0]
    assert {name: getattr(pdb, name) for name in before} == before
