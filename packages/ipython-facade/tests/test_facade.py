"""The names as libraries meet them: looked for, imported, subclassed, patched."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest

from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.testing import SETTINGS, run_in
from antiphon_ipython_facade import install, uninstall
from antiphon_ipython_facade.table import SERVED


@pytest.fixture
def interpreter() -> Iterator[Interpreter]:
    made = Interpreter(SETTINGS)
    install(made, "kernel", names={"ipykernel.iostream": {"OutStream": StringIO}})
    yield made
    uninstall()
    made.close()


def value(interpreter: Interpreter, code: str) -> Any:
    outcome, _ = run_in(interpreter, code)
    assert outcome.ok, outcome.error and "\n".join(outcome.error.traceback)
    return outcome.value


@pytest.mark.parametrize(
    "expression",
    [
        "get_ipython().__class__.__name__ == 'ZMQInteractiveShell'",
        "'zmq' in str(type(get_ipython())).lower()",
        "'IPKernelApp' in get_ipython().config",
        "'ipykernel.zmqshell' in __import__('sys').modules",
        "__import__('sys').modules['IPython'].get_ipython() is get_ipython()",
        "__IPYTHON__",
        "isinstance(get_ipython(), __import__('IPython.core.interactiveshell').core.interactiveshell.InteractiveShell)",
        "__import__('IPython').core.interactiveshell.InteractiveShell.initialized()",
        "__import__('IPython').core.interactiveshell.InteractiveShell.instance() is get_ipython()",
        "isinstance(get_ipython(), __import__('IPython').core.interactiveshell.InteractiveShellABC)",
        "__import__('IPython').version_info >= (8, 24)",
        "__import__('ipykernel').version_info >= (6,)",
        "__import__('ipykernel.iostream').iostream.OutStream is __import__('io').StringIO",
        "__import__('ipykernel.kernelapp').kernelapp.IPKernelApp.initialized()",
        "__import__('IPython.core.getipython').core.getipython.get_ipython() is get_ipython()",
        "get_ipython().has_trait('ast_node_interactivity')",
    ],
)
def test_who_looks_for_ipython_finds_it(interpreter: Interpreter, expression: str) -> None:
    value(interpreter, "import IPython.core.interactiveshell" if "__import__('IPython').core" in expression else "0")
    assert value(interpreter, expression) is True


@pytest.mark.parametrize("name", sorted(SERVED))
def test_every_served_module_is_there_with_all_it_lists(interpreter: Interpreter, name: str) -> None:
    if name.startswith("ipykernel.pylab"):
        pytest.importorskip("antiphon_python_kernel")
        pytest.importorskip("matplotlib")
    if name == "ipykernel.comm" or name.startswith("ipykernel.comm."):
        pytest.importorskip("comm")
    module = importlib.import_module(name)
    assert "antiphon_ipython_facade" in str(module.__file__)
    assert [each for each in getattr(module, "__all__", ()) if not hasattr(module, each)] == []


MAGICS = """
from IPython.core.magic import Magics, magics_class, line_magic, line_cell_magic, needs_local_scope, register_line_magic
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from traitlets import Int

@magics_class
class Mine(Magics):
    size = Int(3).tag(config=True)

    @line_magic
    def hello(self, line):
        return f"hello {line} {self.size} {self.shell is get_ipython()}"

    @magic_arguments()
    @argument("-x", type=int, default=5, help="how many")
    @argument("words", nargs="*")
    @line_cell_magic("both")
    def two(self, line, cell=None):
        given = parse_argstring(self.two, line)
        return given.x, given.words, cell

    @needs_local_scope
    @line_magic
    def local(self, line, local_ns=None):
        return local_ns["inside"]

get_ipython().register_magics(Mine)

@register_line_magic
def doubled(line):
    return line * 2

def f():
    inside = 7
    return get_ipython().run_line_magic("local", "")
"""


def test_magics_of_libraries(interpreter: Interpreter) -> None:
    value(interpreter, MAGICS)
    assert value(interpreter, "%hello you") == "hello you 3 True"
    assert value(interpreter, "%both -x 7 a b") == (7, ["a", "b"], None)
    assert value(interpreter, "%%both -x 8\nbody") == (8, [], "body\n")
    assert value(interpreter, "%doubled ab") == "abab"
    assert value(interpreter, "f()") == 7
    outcome, _ = run_in(interpreter, "%both -x many")
    assert outcome.error is not None
    assert (outcome.error.ename, outcome.error.evalue) == ("UsageError", "argument -x: invalid int value: 'many'")


def test_errors_are_shown_by_who_takes_it_over(interpreter: Interpreter) -> None:
    """As rich does it."""
    value(
        interpreter,
        "shown = []\nget_ipython()._showtraceback = lambda etype, error, lines: shown.append(type(error).__name__)",
    )
    outcome, outputs = run_in(interpreter, "1/0")
    assert not outcome.ok
    assert outputs == []
    assert value(interpreter, "shown") == ["ZeroDivisionError"]


def test_formatters_of_libraries(interpreter: Interpreter) -> None:
    """As pandas does it: a formatter of its own under a MIME type of its own."""
    value(
        interpreter,
        "from IPython.core.formatters import BaseFormatter\n"
        "from traitlets import ObjectName\n"
        "class Mine(BaseFormatter):\n"
        "    print_method = ObjectName('_repr_mine_')\n"
        "    _return_type = (dict,)\n"
        "get_ipython().display_formatter.formatters['application/mine'] = Mine()\n"
        "class Thing:\n"
        "    def _repr_mine_(self): return {'a': 1}\n",
    )
    _, outputs = run_in(interpreter, "Thing()")
    assert outputs[-1].data["application/mine"] == {"a": 1}  # type: ignore[union-attr]


def test_settings_and_traits_are_the_same(interpreter: Interpreter) -> None:
    value(interpreter, "import IPython.core.interactiveshell; get_ipython().ast_node_interactivity = 'all'")
    assert interpreter.settings.current.ast_node_interactivity == "all"
    interpreter.settings.change(ast_node_interactivity="last_expr")
    assert value(interpreter, "get_ipython().ast_node_interactivity") == "last_expr"


def test_what_is_missing_is_named(interpreter: Interpreter) -> None:
    outcome, _ = run_in(interpreter, "import IPython.core.no_such_thing")
    assert outcome.error is not None
    assert "IPython.core.no_such_thing" in outcome.error.evalue
    assert "--facade=off" in outcome.error.evalue


def test_uninstall_takes_everything_back() -> None:
    made = Interpreter(SETTINGS)
    try:
        install(made)
        uninstall()
        assert not any(name.partition(".")[0] in ("IPython", "ipykernel") for name in sys.modules)
        import builtins

        assert not hasattr(builtins, "__IPYTHON__")
    finally:
        made.close()


def test_installing_imports_little() -> None:
    """What every kernel pays at its start: no traitlets, nothing of the shell's class."""
    code = (
        "import sys\n"
        "from antiphon_exec_core.interpreter import Interpreter\n"
        "made = Interpreter()\n"
        "before = set(sys.modules)\n"
        "from antiphon_ipython_facade import install\n"
        "install(made)\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = "finder installation session table"
    assert done.stdout.split() == sorted(
        [
            *("IPython", "ipykernel", "ipykernel.zmqshell", "antiphon_ipython_facade"),
            *(f"antiphon_ipython_facade.{name}" for name in names.split()),
        ]
    )
