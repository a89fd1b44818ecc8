from __future__ import annotations

import ast
import linecache
import sys

import pytest

from antiphon_exec_core.compiler import Compiler, Program, cell_filename
from antiphon_exec_core.outputs import Result
from antiphon_exec_core.testing import SETTINGS, interpreter, run_in


def shown(program: Program, names: dict[str, object] | None = None) -> list[object]:
    names = {} if names is None else names
    values = []
    for code, is_shown in program.steps:
        value = eval(code, names)
        if is_shown:
            values.append(value)
    return values


@pytest.mark.parametrize(
    ("interactivity", "source", "values"),
    [
        ("last_expr", "1\n2", [2]),
        ("last_expr", "1\nx = 2", []),
        ("last_expr", "1;2", [2]),
        ("last_expr", "2;", []),
        ("last_expr", "(2); # silent", []),
        ("last_expr", "(2\n)  ;\n\n# c", []),
        ("last_expr", "'a;'", ["a;"]),
        ("last_expr", "2 # ;", [2]),
        ("last_expr", "'é' + 'ü';", []),
        ("last_expr", "# nothing", []),
        ("all", "1\nx = 2\nx", [1, 2]),
        ("all", "1\n2;", [1]),
        ("last", "1\n2", [2]),
        ("none", "1\n2", []),
        ("last_expr_or_assign", "x = 5", [5]),
        ("last_expr_or_assign", "x = 5;", []),
        ("last_expr_or_assign", "x: int = 6", [6]),
        ("last_expr_or_assign", "x = y = 7", []),
        ("last_expr_or_assign", "x = 1\nx += 7", [8]),
        ("last_expr_or_assign", "x = 1\n9", [9]),
    ],
)
def test_which_values_are_shown(interactivity: str, source: str, values: list[object]) -> None:
    assert shown(Compiler(interactivity=interactivity).compile(source, 1)) == values


def test_future_statements_hold_in_later_cells() -> None:
    compiler = Compiler()
    compiler.compile("from __future__ import annotations", 1)
    names: dict[str, object] = {}
    shown(compiler.compile("def f(x: nowhere): ...", 2), names)
    assert names["f"].__annotations__ == {"x": "nowhere"}


def test_no_future_of_our_own_leaks_into_cells() -> None:
    names: dict[str, object] = {}
    shown(Compiler().compile("def f(x: int): ...", 1), names)
    assert names["f"].__annotations__ == {"x": int}


@pytest.mark.parametrize(
    ("source", "awaits"),
    [
        ("await x", True),
        ("async for a in b: pass", True),
        ("async with a: pass", True),
        ("[await x for x in y]", True),
        ("1\nawait x\n2", True),
        ("async def f(): await x", False),
        ("lambda: 1", False),
    ],
)
def test_awaiting_is_found_by_compiling(source: str, awaits: bool) -> None:
    assert Compiler().compile(source, 1).awaits is awaits


def test_without_autoawait_a_bare_await_is_an_error() -> None:
    compiler = Compiler()
    compiler.autoawait = False
    with pytest.raises(SyntaxError):
        compiler.compile("await x", 1)


def test_the_text_is_kept_for_tracebacks() -> None:
    compiler = Compiler()
    program = compiler.compile("a = 1\nb = 2", 3)
    compiler.flush()
    assert program.filename == cell_filename("a = 1\nb = 2", 3)
    assert linecache.getline(program.filename, 2) == "b = 2\n"
    linecache.checkcache()
    assert linecache.getline(program.filename, 1) == "a = 1\n"
    assert compiler.numbers[program.filename] == 3


def test_the_name_of_a_cell_may_be_given() -> None:
    program = Compiler(lambda source, number: f"/tmp/cells/{number}.py").compile("1", 4)
    assert program.steps[0][0].co_filename == "/tmp/cells/4.py"


class Doubles(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant(node.value * 2)


class Breaks(ast.NodeTransformer):
    def visit(self, node: ast.AST) -> ast.AST:
        raise RuntimeError("no")


class InputRejected(Exception):  # the name is what counts
    pass


class Rejects(ast.NodeTransformer):
    def visit(self, node: ast.AST) -> ast.AST:
        raise InputRejected("not this")


def test_ast_transformers_apply() -> None:
    compiler = Compiler()
    compiler.ast_transformers.append(Doubles())
    assert shown(compiler.compile("21", 1)) == [42]


def test_a_broken_ast_transformer_is_taken_off() -> None:
    compiler = Compiler()
    compiler.ast_transformers += [Breaks(), Doubles()]
    with pytest.warns(UserWarning, match="unregistered"):
        program = compiler.compile("21", 1)
    assert shown(program) == [42]
    assert len(compiler.ast_transformers) == 1


def test_an_ast_transformer_may_refuse_a_cell() -> None:
    compiler = Compiler()
    compiler.ast_transformers.append(Rejects())
    with pytest.raises(InputRejected):
        compiler.compile("1", 1)
    assert len(compiler.ast_transformers) == 1


@pytest.mark.parametrize(
    ("interactivity", "code", "shown"),
    [
        ("all", "for i in range(2):\n    i\n    'x'", ["0", "'x'", "1", "'x'"]),
        ("all", "1\nif True:\n    2\n3", ["1", "2", "3"]),
        ("last", "1\nwith open('/dev/null'):\n    2", ["2"]),
        ("last", "try:\n    1\nfinally:\n    2", ["1", "2"]),
        ("last", "def f():\n    5", []),
        ("last_expr", "for i in range(2): i", []),
        ("none", "for i in range(2): i", []),
        ("all", "def f():\n    5\nf()\nNone", []),
        ("all", "if True:\n    None", []),
    ],
)
def test_expressions_in_blocks(interactivity: str, code: str, shown: list[str]) -> None:
    with interpreter(SETTINGS._replace(ast_node_interactivity=interactivity)) as made:
        outputs = run_in(made, code)[1]
        assert [output.data["text/plain"] for output in outputs if isinstance(output, Result)] == shown


def test_the_hook_of_shown_values_is_taken_back() -> None:
    before = sys.displayhook
    with interpreter() as made:
        run_in(made, "exec(compile('6 * 7', 'x', 'single'))")
        assert made.namespace.outputs[1] == 42
    assert sys.displayhook is before
