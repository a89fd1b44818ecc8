"""Where sessions stop: in the user's code, and nowhere else."""

from __future__ import annotations

import re
import sys
from bdb import Breakpoint
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.testing import interpreter, run_in, talk

STOP = ["n"] if sys.version_info >= (3, 13) else []  # since then breakpoint() stops at itself, not after
STEP = "def f(x):\n    y = x * 2\n    return y + 1\n\ndef g(a):\n    b = a + 1\n    return f(b)\n"


@pytest.fixture
def shell() -> Iterator[Interpreter]:
    Breakpoint.clearBreakpoints()
    with interpreter() as made:
        yield made
    Breakpoint.clearBreakpoints()


def places(said: str) -> list[str]:
    """Where it stopped, one after another."""
    return re.findall(r"^> (.*?\(\d+\)\S+)\(\)", said, re.MULTILINE)


@pytest.fixture
def stepped(shell: Interpreter) -> Interpreter:
    run_in(shell, STEP)
    return shell


def test_step_next_return_until(stepped: Interpreter) -> None:
    said, outcome = talk(stepped, "%debug g(3)", "s", "s", "n", "s", "s", "p x", "unt", "r", "c")
    assert outcome.ok
    assert [place.replace("Cell In[1]", "") for place in places(said)][1:] == [
        *("(5)g", "(6)g", "(7)g", "(1)f", "(2)f", "(3)f", "(3)f")
    ]
    assert said.count("--Call--") == 2
    assert "--Return--\n> Cell In[1](3)f()->9\n" in said


def test_a_whole_cell_step_by_step(stepped: Interpreter) -> None:
    said, _ = talk(stepped, "%%debug\nq = 1\nw = g(q)\nprint(w)", "n", "n", "p w", "n")
    assert said.endswith("----> 3 print(w)\n\n5\n5\n")
    assert "--Return--" not in said
    assert run_in(stepped, "w")[0].value == 5


def test_a_statement_that_fails_is_an_error_of_the_cell(stepped: Interpreter) -> None:
    _, outcome = talk(stepped, "%debug g('a' + 1)", "c")
    assert outcome.error is not None
    assert outcome.error.ename == "TypeError"


def test_breakpoint_in_a_function(shell: Interpreter) -> None:
    said, outcome = talk(
        shell, "def h():\n    z = 1\n    breakpoint()\n    z = 2\n    return z\nh()", *STOP, "p z", "n", "p z", "c"
    )
    assert [place[-4:] for place in places(said)][-2:] == ["(4)h", "(5)h"]
    assert "\n1\n" in said and "\n2\n" in said
    assert outcome.value == 2


def test_set_trace_of_pdb_with_a_header(shell: Interpreter) -> None:
    said, _ = talk(shell, "import pdb\npdb.set_trace(header='look:')\nx = 1\ny = 2", *STOP, "n", "c")
    assert said.startswith("look:\n> Cell In[1]")


def test_next_goes_on_to_the_last_expression(shell: Interpreter) -> None:
    said, outcome = talk(shell, "x = 1\nbreakpoint()\ny = 2\nx + y", *STOP, "n", "n")
    assert places(said)[-2:] == ["Cell In[1](3)<module>", "Cell In[1](4)<module>"]
    assert "--Return--" not in said
    assert outcome.value == 3


def test_a_breakpoint_at_the_very_end_still_stops(shell: Interpreter) -> None:
    said, outcome = talk(shell, "x = 1\nbreakpoint()", "p x", "c")
    assert "\n1\n" in said
    assert outcome.ok
    assert "__return__" not in shell.namespace.user_ns


def test_breakpoint_in_a_loop(shell: Interpreter) -> None:
    said, _ = talk(
        shell, "for i in range(3):\n    breakpoint()\n    j = i\nprint('done', j)", "p i", "c", "p i", "c", "c"
    )
    assert "\n0\n" in said and "\n1\n" in said and said.endswith("done 2\n")


def test_nothing_is_traced_after_the_cell(shell: Interpreter) -> None:
    before = sys.gettrace()
    talk(shell, "breakpoint()\nx = 1\nx", *STOP, "n", "n")
    assert sys.gettrace() is None or sys.gettrace() is before
    assert talk(shell, "x + 1")[1].value == 2


def test_what_shows_the_result_is_not_stepped_into(shell: Interpreter) -> None:
    code = "class A:\n    def __repr__(self):\n        return 'AA'\nbreakpoint()\na = 1\nA()"
    said, _ = talk(shell, code, *STOP, "n", "n")
    assert "__repr__()" not in said


def test_printing_is_not_stepped_into(shell: Interpreter) -> None:
    said, _ = talk(shell, "def p():\n    print('hello')\n    return 2\n%debug p()", "s", "s", "s", "s", "c")
    assert set(places(said)[1:]) == {"Cell In[1](1)p", "Cell In[1](2)p", "Cell In[1](3)p"}


def test_frames_of_ours_can_be_looked_into(shell: Interpreter) -> None:
    said, _ = talk(shell, "%debug display(1)", "skip_predicates ipython_internal no", "s", "s", "c")
    assert "display()" in said


def test_functions_that_hide_are_stepped_over(shell: Interpreter) -> None:
    run_in(shell, "def low():\n    return 1\ndef h():\n    __tracebackhide__ = True\n    return low()")
    said, _ = talk(shell, "%debug h()", "s", "s", "s", "c")
    assert places(said)[1:] == ["Cell In[1](1)low", "Cell In[1](2)low", "Cell In[1](2)low"]


def test_debuggerskip_passes_over_what_is_called_too(shell: Interpreter) -> None:
    run_in(
        shell, "def u():\n    q = 1\ndef s():\n    __debuggerskip__ = True\n    u()\ndef t():\n    s()\n    return 5"
    )
    said, _ = talk(shell, "%debug t()", "s", "s", "s", "c")
    assert places(said)[1:] == ["Cell In[1](6)t", "Cell In[1](7)t", "Cell In[1](8)t"]


def test_jump(shell: Interpreter) -> None:
    talk(shell, "def k():\n    a = b = 0\n    a = 1\n    b = 2\n    return a, b\nr = None")
    _, outcome = talk(shell, "%%debug\nr = 1\nr = 2\nr = 3\ns = r", "n", "j 4", "c")
    assert outcome.ok
    assert run_in(shell, "s")[0].value == 1


def test_breakpoints_in_a_cell(shell: Interpreter) -> None:
    code = "breakpoint()\nfor i in range(3):\n    j = i\nprint('end', j)"
    said, _ = talk(shell, code, "b 3", "c", "p i", "cl 1", "y", "c")
    assert "Breakpoint 1 at" in said
    assert said.endswith("end 2\n")


def test_awaiting_code(shell: Interpreter) -> None:
    run_in(shell, "import asyncio\nasync def f(n):\n    await asyncio.sleep(0)\n    m = n + 1\n    return m")
    said, outcome = talk(shell, "%debug await f(4)", "s", "s", "n", "p n", "w", "c")
    assert outcome.ok
    assert places(said)[1:4] == ["Cell In[1](2)f", "Cell In[1](3)f", "Cell In[1](4)f"]
    assert "\n4\n" in said
    assert "asyncio/" not in said


def test_awaiting_after_a_breakpoint(shell: Interpreter) -> None:
    code = (
        "import asyncio\nasync def f(n):\n    breakpoint()\n    k = 0\n    await asyncio.sleep(0)\n    m = n + 1\n"
        "    return m\nr = await f(3)\nr"
    )
    said, outcome = talk(shell, code, *STOP, "n", "n", "n", "w", "c")
    assert "Cell In[1](8)<module>()" in said
    assert "asyncio/" not in said and "runner.py" not in said
    assert outcome.value == 4


def test_a_task(shell: Interpreter) -> None:
    code = "import asyncio\nasync def k():\n    breakpoint()\n    z = 2\n    return z\nawait asyncio.create_task(k())"
    said, outcome = talk(shell, code, "w", "u", "c")
    assert "*** Oldest frame" in said
    assert "events.py" not in said
    assert outcome.value == 2


def test_a_thread(shell: Interpreter) -> None:
    code = (
        "import threading\ndef th():\n    breakpoint()\n    a = 1\n    return a\n"
        "t = threading.Thread(target=th); t.start(); t.join()"
    )
    said, _ = talk(shell, code, "n", "n", "p a", "c")
    assert "\n1\n" in said


def test_breakpoint_option_of_debug(shell: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stepped_module.py").write_text("def main(n):\n    t = n\n    return t + 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    run_in(shell, "import stepped_module")
    said, _ = talk(shell, "%debug -b stepped_module.py:3 stepped_module.main(4)", "c", "p t", "c")
    assert f"> {tmp_path / 'stepped_module.py'}(3)main()" in said
    assert "\n4\n" in said
    assert "breakpoint" not in talk(shell, "%debug 1", "b", "c")[0]  # it went with its session


@pytest.mark.parametrize(
    ("option", "complaint"), [("nofile.py:3", "does not exist"), (":x", "a breakpoint is file:line, not ':x'")]
)
def test_breakpoints_that_cannot_be(shell: Interpreter, option: str, complaint: str) -> None:
    _, outcome = talk(shell, f"%debug -b {option} 1")
    assert outcome.error is not None
    assert outcome.error.ename == "UsageError"
    assert complaint in outcome.error.evalue


@pytest.mark.parametrize("breakpoint_", ["3", "script.py:3"])
def test_run_d(shell: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, breakpoint_: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "script.py").write_text("import sys\ndef main(n):\n    return n + 1\nv = main(3)\n")
    said, outcome = talk(shell, f"%run -d -b {breakpoint_} script.py a b", "n", "p sys.argv", "c", "p n", "c")
    assert outcome.ok
    assert places(said) == [
        f"{tmp_path}/script.py(1)<module>",
        *[f"{tmp_path}/script.py({n})" + w for n, w in ((2, "<module>"), (3, "main"))],
    ]
    assert "['script.py', 'a', 'b']" in said
    assert run_in(shell, "v")[0].value == 4
