"""Texts as one reads them, without colour; that colours change no text is a test of its own."""

from __future__ import annotations

import re
import sys
import weakref

import pytest

from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.outputs import ErrorOutput, Stream
from antiphon_exec_core.testing import SETTINGS, interpreter, run, run_in

RULE = "-" * 75
F = "def f(x):\n    y = x\n    # c\n    return 1/0\n\n\nz=3\nf(1)\n"


def error_text(*cells: str, **settings: object) -> str:
    outcome, outputs = run(*cells, settings=SETTINGS._replace(**settings))  # type: ignore[arg-type]
    assert outcome.error is not None
    assert isinstance(outputs[-1], ErrorOutput)
    assert outputs[-1].report == outcome.error
    return "\n".join(outcome.error.traceback)


def test_context_names_the_cell_and_the_line() -> None:
    assert error_text(F) == (
        f"{RULE}\n"
        "ZeroDivisionError                         Traceback (most recent call last)\n"
        "Cell In[1], line 8\n"
        "      4     return 1/0\n"
        "      7 z=3\n"
        "----> 8 f(1)\n\n"
        "Cell In[1], line 4, in f(x)\n"
        "      2 y = x\n"
        "      3 # c\n"
        "----> 4 return 1/0\n\n"
        "ZeroDivisionError: division by zero"
    )


def test_a_function_of_an_earlier_cell_is_shown_with_its_cell() -> None:
    assert "Cell In[2], line 1\n----> 1 f(0)\n\nCell In[1], line 2, in f(x)\n" in error_text(
        "def f(x):\n    return 1/x", "f(0)"
    )


def test_colours_change_no_text() -> None:
    plain = error_text(F, colour=False)
    coloured = error_text(F, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in error_text("1/0", colour=True)


def test_plain_mode() -> None:
    assert error_text("def f(x):\n    return 1/0\nf(1)", xmode="Plain") == (
        "Traceback (most recent call last):\n"
        "  Cell In[1], line 3\n    f(1)\n"
        "  Cell In[1], line 2 in f\n    return 1/0\n"
        "ZeroDivisionError: division by zero\n"
    )


def test_minimal_mode() -> None:
    assert error_text("1/0", xmode="Minimal") == "ZeroDivisionError: division by zero\n"


def test_verbose_mode_shows_arguments() -> None:
    text = error_text("def f(a, *b, c=3, **d):\n    1/0\nf(1, 2, e='x' * 1000)", xmode="Verbose")
    assert "in f(a=1, c=3, *b=(2,), **d={'e': 'xxx" in text or "in f(a=1, *b=(2,), c=3, **d={'e': 'xxx" in text
    assert len(text) < 2000


def test_verbose_survives_a_bad_repr() -> None:
    code = "class A:\n    def __repr__(self): raise ValueError\ndef f(a): 1/0\nf(A())"
    assert "f(a=<unprintable>)" in error_text(code, xmode="Verbose")


@pytest.mark.parametrize(
    ("how", "why"),
    [
        (" from e", "The above exception was the direct cause of the following exception:"),
        ("", "During handling of the above exception, another exception occurred:"),
    ],
)
def test_chains(how: str, why: str) -> None:
    text = error_text(f"try:\n    1/0\nexcept Exception as e:\n    raise KeyError('k'){how}")
    first, second = text.split(f"\n\n{why}\n\n")
    assert first.startswith(RULE)
    assert first.endswith("ZeroDivisionError: division by zero")
    assert second.startswith("KeyError      ")
    assert second.endswith("KeyError: 'k'")


def test_from_none_shows_one() -> None:
    assert "ZeroDivision" not in error_text(
        "try:\n    1/0\nexcept Exception:\n    raise KeyError('k') from None"
    ).split("\nKeyError: 'k'")[0].replace("    1/0", "")


def test_a_chain_that_bites_its_tail_ends() -> None:
    assert error_text("a = ValueError('a'); b = ValueError('b')\na.__cause__ = b; b.__cause__ = a\nraise a").endswith(
        "ValueError: a"
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("1+", "  Cell In[1], line 1\n    1+\n      ^\nSyntaxError: invalid syntax\n"),
        (
            "if 1:\nx",
            "  Cell In[1], line 2\n    x\n    ^\nIndentationError: expected an indented block after 'if' "
            "statement on line 1\n",
        ),
        ("x = 1\n  y = 2", "  Cell In[1], line 2\n    y = 2\nIndentationError: unexpected indent\n"),
    ],
)
def test_syntax_errors(code: str, expected: str) -> None:
    text = error_text(code)
    lines = [line for line in text.split("\n") if set(line) != {" ", "^"}]
    assert "\n".join(lines) == "\n".join(line for line in expected.split("\n") if set(line) != {" ", "^"})


def test_the_caret_stands_below_the_mistake() -> None:
    lines = error_text("é = 'ü' +* 5").split("\n")
    assert lines[2].index("^") == lines[1].index("*")


def test_long_recursion_is_cut_short() -> None:
    text = error_text("def g(n): return g(n+1)\ng(1)")
    assert text.count("Cell In[1], line 1, in g(n)") == 3
    assert re.search(r"\[\.\.\. skipping similar frames: g at line 1 \(\d+ times\)\]", text)


def test_mutual_recursion_is_cut_short() -> None:
    assert len(error_text("def a(): b()\ndef b(): a()\na()").split("\n")) < 250


def test_hidden_frames_are_left_out_unless_last() -> None:
    code = "def low(): 1/0\ndef hidden():\n    __tracebackhide__ = True\n    low()\nhidden()"
    text = error_text(code)
    assert "in hidden()" not in text
    assert "[... skipping hidden 1 frame]" in text
    assert "in h()" in error_text("def h():\n    __tracebackhide__ = True\n    1/0\nh()")


def test_exceptions_that_render_themselves() -> None:
    code = "class E(Exception):\n    def _render_traceback_(self): return ['mine', 'own']\nraise E"
    assert error_text(code) == "mine\nown"


def test_a_renderer_that_fails_is_passed_over() -> None:
    code = "class E(Exception):\n    def _render_traceback_(self): 1/0\nraise E('x')"
    assert error_text(code).endswith("E: x")


def test_groups_are_shown_with_their_members() -> None:
    text = error_text("raise ExceptionGroup('eg', [ValueError(1), KeyError(2)])")
    assert "eg (2 sub-exceptions)" in text
    assert "ValueError: 1" in text
    assert "interpreter.py" not in text


def test_notes() -> None:
    assert error_text("e = ValueError('x'); e.add_note('note'); raise e").endswith("ValueError: x\nnote")


def test_an_exception_whose_str_fails() -> None:
    text = error_text("class A(Exception):\n    def __str__(self): 1/0\nraise A")
    assert text.endswith("A: <exception str() failed>")


def test_code_without_source() -> None:
    assert "File <string>:1" in error_text("exec('1/0')")


def test_library_frames_name_their_file() -> None:
    text = error_text("import json\njson.loads('{')")
    assert re.search(r"File .*json.decoder\.py:\d+, in JSONDecoder\.decode\(self, s, _w\)", text)


def test_a_usage_error_is_one_line_on_stderr() -> None:
    outcome, outputs = run("%nosuch")
    assert outputs == [Stream("stderr", "UsageError: Line magic function `%nosuch` not found.\n")]
    assert outcome.error is not None
    assert outcome.error.ename == "UsageError"


def test_system_exit_and_interrupt_are_errors_like_others() -> None:
    assert error_text("raise SystemExit(3)").endswith("SystemExit: 3\n")
    assert error_text("raise KeyboardInterrupt").endswith("KeyboardInterrupt: ")


def test_the_last_error_is_where_debuggers_look() -> None:
    with interpreter() as one:
        outcome, _ = run_in(one, "def f(): 1/0\nf()")
        assert sys.last_value is outcome.exception
        assert sys.last_traceback is not None
        assert "interpreter" not in sys.last_traceback.tb_frame.f_code.co_filename


@pytest.mark.parametrize(
    ("mode", "text"),
    [
        (
            "Docs",
            "Traceback (most recent call last): Cell In[1], line 3\n\n->  f(1)\n\n    [... 1 skipped frames]\n\n"
            "ZeroDivisionError: division by zero",
        ),
        ("Doctest", "Traceback (most recent call last):\n    ...\nZeroDivisionError: division by zero\n"),
    ],
)
def test_docs_and_doctest_modes(mode: str, text: str) -> None:
    assert error_text("def f(x):\n    return 1/0\nf(1)", xmode=mode) == text


@pytest.mark.parametrize("mode", ["Plain", "Docs", "Doctest"])
def test_brief_modes_tell_the_chain_and_notes(mode: str) -> None:
    text = error_text(
        "try:\n    1/0\nexcept Exception as e:\n    e.add_note('noted')\n    raise KeyError from e", xmode=mode
    )
    first, last = text.split("\n\nThe above exception was the direct cause of the following exception:\n")
    assert first.endswith("ZeroDivisionError: division by zero\nnoted")
    assert last.rstrip().endswith("\nKeyError")  # no colon that nothing follows


@pytest.mark.parametrize("mode", ["Context", "Plain", "Verbose", "Minimal", "Docs", "Doctest"])
def test_every_mode_shows_a_syntax_error_alike(mode: str) -> None:
    assert (
        error_text("1 +* 2", xmode=mode) == "  Cell In[1], line 1\n    1 +* 2\n       ^\nSyntaxError: invalid syntax\n"
    )


def test_code_that_compiles_bad_code() -> None:
    for mode in ("Context", "Plain"):
        text = error_text("exec('def q(:')", xmode=mode)
        assert "Cell In[1], line 1" in text
        assert "    def q(:\n          ^\nSyntaxError: invalid syntax" in text


def test_verbose_mode_shows_the_values_that_the_line_reads() -> None:
    code = "class A: pass\na = A(); a.n = 0\nK = 5\ndef f(x):\n    m = x + K\n    return [len('m'), x / a.n, m]\nf(3)"
    text = error_text(code, xmode="Verbose")
    assert "in f(x=3)\n" in text
    assert "\n        m = 8\n        a = <__main__.A object at 0x" in text
    assert "\n        a.n = 0\n" in text
    assert "        x = " not in text and "        len = " not in text and "        f = " not in text


def test_verbose_mode_reads_no_property() -> None:
    code = (
        "class A:\n    @property\n    def p(self):\n        print('read')\n        return 0\na = A()\n"
        "def f(a):\n    1 / a.p\nf(a)"
    )
    _, outputs = run(code, settings=SETTINGS._replace(xmode="Verbose"))
    assert outputs[0] == Stream("stdout", "read\n")
    assert "a.p = " not in str(outputs[-1])


def test_verbose_mode_has_a_budget() -> None:
    code = (
        "big = list(range(10**6))\n"
        + "def f(a, n):\n    return f(a, n - 1) if n else 1/0\nfor big in [big]: f(big, 100)"
    )
    assert len(error_text(code, xmode="Verbose")) < 40_000


def test_a_repr_that_does_not_come_back() -> None:
    code = (
        "import threading\nnever = threading.Event()\nclass A:\n    def __repr__(self): never.wait(30); return 'late'\n"
        "def f(a): 1/0\nf(A())"
    )
    with interpreter(SETTINGS._replace(xmode="Verbose")) as shell:
        outcome, _ = run_in(shell, code)
        run_in(shell, "never.set()")
    assert outcome.error is not None
    assert "in f(a=<takes too long>)" in "\n".join(outcome.error.traceback)


def test_plain_mode_cuts_recursion_too() -> None:
    assert error_text("def g(n): return g(n+1)\ng(1)", xmode="Plain").count("\n") < 20


def test_groups_name_cells() -> None:
    text = error_text("def f(): raise ExceptionGroup('eg', [ValueError(1)])\nf()")
    assert "|   Cell In[1], line 2, in <module>" in text
    assert "|   Cell In[1], line 1, in f" in text


def test_leaving_the_debugger_is_one_line() -> None:
    assert error_text("import bdb\nraise bdb.BdbQuit") == "BdbQuit: the debugger was left, and the cell with it"


def test_the_event_loop_of_an_awaiting_cell_is_not_shown() -> None:
    text = error_text("import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    1/0\nawait f()", xmode="Plain")
    assert text == (
        "Traceback (most recent call last):\n"
        "  Cell In[1], line 5\n    await f()\n"
        "  Cell In[1], line 4 in f\n    1/0\n"
        "ZeroDivisionError: division by zero\n"
    )


def test_an_event_loop_that_the_user_runs_is_shown() -> None:
    assert "runners.py" in error_text("import asyncio\nasync def f():\n    1/0\nasyncio.run(f())")


# -- what the last error keeps alive -----------------------------------------------------------------------------------


class Heavy:
    """A local of a failing function."""


def failing(shell: Interpreter) -> weakref.ref[Heavy]:
    shell.namespace.push({"Heavy": Heavy, "seen": []})
    run_in(shell, "import weakref\ndef f():\n    local = Heavy()\n    seen.append(weakref.ref(local))\n    1/0")
    run_in(shell, "f()")
    found: weakref.ref[Heavy] = shell.namespace.user_ns["seen"][-1]
    assert found() is not None
    return found


def test_frames_of_the_last_error_are_released_at_the_next_success() -> None:
    with interpreter() as shell:
        held = failing(shell)
        run_in(shell, "still failing")
        held = failing(shell)
        run_in(shell, "x = 1")
        assert held() is None
        assert not hasattr(sys, "last_value")


@pytest.mark.parametrize("cell", ["%xmode", "%who", "f?", "!true", "tb", "nosuch", "  "])
def test_frames_stay_while_the_debugger_may_want_them(cell: str) -> None:
    with interpreter(SETTINGS._replace(automagic=True)) as shell:
        held = failing(shell)
        run_in(shell, cell)
        if cell == "nosuch":
            assert isinstance(shell.tracebacks.last, NameError)
        else:
            assert held() is not None


@pytest.mark.parametrize("settings", [{"pdb": True}, {"release_frames": False}])
def test_frames_stay_where_that_is_wanted(settings: dict[str, bool]) -> None:
    with interpreter() as shell:
        held = failing(shell)
        shell.settings.change(**settings)
        run_in(shell, "x = 1")
        assert held() is not None


def test_the_text_of_a_released_error_is_still_shown() -> None:
    with interpreter() as shell:
        failing(shell)
        run_in(shell, "x = 1")
        (shown,) = run_in(shell, "%tb")[1]
        assert isinstance(shown, ErrorOutput) and shown.report.ename == "ZeroDivisionError"
        assert "local = Heavy()" in "\n".join(shown.report.traceback)
        assert "Shown as it was: the frames of the last error (ZeroDivisionError) were released" in (
            str(run_in(shell, "%tb Verbose")[1][-1])
        )
        assert "No traceback available to debug: the frames of the last error (ZeroDivisionError) were released" in (
            str(run_in(shell, "%debug")[1][-1])
        )
        run_in(shell, "{}['new']")
        assert isinstance(shell.tracebacks.last, KeyError) and shell.tracebacks.released is None


# -- handlers of one's own --------------------------------------------------------------------------------------------


def test_a_handler_shows_errors_of_its_types_itself() -> None:
    with interpreter() as shell:
        seen: list[BaseException] = []
        shell.tracebacks.set_custom((ZeroDivisionError, KeyError), seen.append)
        outcome, outputs = run_in(shell, "1/0")
        assert (outcome.ok, outputs) == (False, [])
        assert seen == [outcome.exception]
        assert isinstance(run_in(shell, "nosuch")[1][-1], ErrorOutput)
        shell.tracebacks.set_custom((), None)
        assert isinstance(run_in(shell, "1/0")[1][-1], ErrorOutput)


@pytest.mark.parametrize("lines", [["a", "b"], "a"])
def test_what_a_handler_returns_is_the_traceback_of_the_report(lines: object) -> None:
    with interpreter() as shell:
        shell.tracebacks.set_custom((ZeroDivisionError,), lambda error: lines)
        outcome, _ = run_in(shell, "1/0")
        assert outcome.error is not None
        assert outcome.error.traceback == tuple(lines)  # type: ignore[arg-type]


def test_a_handler_may_show_the_error_as_ever() -> None:
    with interpreter() as shell:
        shell.tracebacks.set_custom((ZeroDivisionError,), shell.tracebacks.show)
        assert len([one for one in run_in(shell, "1/0")[1] if isinstance(one, ErrorOutput)]) == 1


@pytest.mark.parametrize("handler", [lambda error: 5, lambda error: [] + None])  # type: ignore[operator]
def test_a_handler_that_fails_is_taken_off(handler: object) -> None:
    with interpreter() as shell:
        shell.tracebacks.set_custom((ZeroDivisionError,), handler)  # type: ignore[arg-type]
        _, outputs = run_in(shell, "1/0")
        assert outputs[0] == Stream("stderr", "Custom TB Handler failed, unregistering\n")
        names = [one.report.ename for one in outputs if isinstance(one, ErrorOutput)]
        assert names == ["TypeError", "ZeroDivisionError"]
        assert [one.report.ename for one in run_in(shell, "1/0")[1] if isinstance(one, ErrorOutput)] == names[1:]
