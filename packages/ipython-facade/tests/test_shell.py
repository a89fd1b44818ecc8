"""The shell object, as it is asked for and as it grows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.testing import SETTINGS, run_in
from antiphon_ipython_facade import install, uninstall


@pytest.fixture
def shell() -> Iterator[Interpreter]:
    made = Interpreter(SETTINGS)
    install(made, "terminal")
    run(made, "ip = get_ipython()")
    yield made
    uninstall()
    made.close()


def run(shell: Interpreter, code: str) -> object:
    outcome, _ = run_in(shell, code)
    assert outcome.ok, outcome.error and "\n".join(outcome.error.traceback)
    return outcome.value


@pytest.mark.parametrize(
    "first",
    [
        "from IPython.terminal.interactiveshell import TerminalInteractiveShell",
        "from IPython.core.interactiveshell import InteractiveShell",
        "ip.colors",
        "ip.traits",
    ],
)
def test_the_shell_of_a_terminal_grows_at_whatever_is_asked_first(shell: Interpreter, first: str) -> None:
    run(shell, first)
    assert (
        run(shell, "import IPython.terminal.interactiveshell as t\nisinstance(ip, t.TerminalInteractiveShell)") is True
    )
    assert run(shell, "ip.has_trait('confirm_exit') and type(ip).instance() is ip") is True


def test_objects_are_explained_in_the_colours_that_are_set(shell: Interpreter) -> None:
    asked = "ip.object_inspect_mime('len')['text/plain']"
    assert "\x1b" not in str(run(shell, asked))
    run(shell, "%colors linux")
    assert "\x1b" in str(run(shell, asked))


def test_callbacks_after_a_cell_get_its_result(shell: Interpreter) -> None:
    run(
        shell,
        "seen = []\n"
        "def after(result):\n"
        "    seen.append((result.execution_count, result.success, result.result, result.error_in_exec,\n"
        "                 type(result.error_before_exec), result.info.raw_cell, result.info.store_history))\n"
        "ip.events.register('post_run_cell', after)\n"
        "ip.events.register('post_run_cell', after)\n"
        "seen.clear()",
    )
    for code in ("1 + 1", "1/0", "x =", "exec('x =')"):
        run_in(shell, code)
    run(shell, "ip.events.unregister('post_run_cell', after)")
    run(shell, "1")
    seen = shell.namespace.user_ns["seen"]
    first, division, broken, inner = seen[1:5]
    assert len(seen) == 5 and first == (3, True, 2, None, type(None), "1 + 1", True)
    assert division[1] is False and isinstance(division[3], ZeroDivisionError) and division[4] is type(None)
    assert broken[1] is False and broken[3] is None and broken[4] is SyntaxError
    assert inner[1] is False and isinstance(inner[3], SyntaxError) and inner[4] is type(None)
    outcome, _ = run_in(shell, "ip.events.unregister('post_run_cell', after)")
    assert outcome.error is not None and "is not registered as a post_run_cell callback" in outcome.error.evalue


def test_the_last_result(shell: Interpreter) -> None:
    run(shell, "6 * 7")
    assert run(shell, "r = ip.last_execution_result; (r.result, r.success, ip.last_execution_succeeded)") == (
        42,
        True,
        True,
    )
    run_in(shell, "1/0")
    assert run(shell, "ip.last_execution_succeeded, type(ip.last_execution_result.error_in_exec)") == (
        False,
        ZeroDivisionError,
    )
