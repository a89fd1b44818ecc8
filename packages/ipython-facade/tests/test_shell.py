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
