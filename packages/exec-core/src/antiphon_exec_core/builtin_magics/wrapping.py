"""`%%code_wrap`: a function that every later cell is put into."""

from __future__ import annotations

import ast
from typing import Any

from ..errors import UsageError
from ..magics import verbatim


class Wrapper(ast.NodeTransformer):
    """Puts the statements of a cell in the place of `__code__` in a template."""

    def __init__(self, name: str, template: str) -> None:
        self.name = name
        self.template = template

    def visit_Module(self, node: ast.Module) -> ast.AST:
        if not node.body:
            return node
        made = ast.parse(self.template)
        wrapped: ast.AST = ast.fix_missing_locations(_Putting(node.body).visit(made))
        return wrapped


class _Putting(ast.NodeTransformer):
    def __init__(self, body: list[ast.stmt]) -> None:
        self._body = body

    def visit_Expr(self, node: ast.Expr) -> Any:
        if isinstance(node.value, ast.Name) and node.value.id == "__code__":
            return self._body
        return self.generic_visit(node)


@verbatim
def code_wrap(line: str, compiler: Any, cell: str | None = None) -> None:
    """`%%code_wrap name` over a template: later cells run where `__code__` stands in it. `%code_wrap name --remove`.

    `%code_wrap --list` names those in force, `--list-all` shows their templates.
    """
    words = line.split()
    wrappers = [one for one in compiler.ast_transformers if isinstance(one, Wrapper)]
    if cell is None:
        if "--list" in words or "--list-all" in words or not words:
            for one in wrappers:
                print(one.name, *([one.template] if "--list-all" in words else []), sep="\n")
            return
        if "--remove" not in words:
            raise UsageError("%code_wrap needs a template: use it as a cell magic")
    name = next((word for word in words if not word.startswith("-")), "")
    if not name:
        raise UsageError("%%code_wrap needs a name")
    found = [one for one in wrappers if one.name == name]
    if "--remove" in words:
        if not found:
            raise UsageError(f"no transformer named {name!r}")
        compiler.ast_transformers.remove(found[0])
        return
    assert cell is not None
    try:
        tree = ast.parse(cell)
    except SyntaxError as error:
        raise UsageError(f"the template is no Python: {error}") from None
    if not any(isinstance(node, ast.Name) and node.id == "__code__" for node in ast.walk(tree)):
        raise UsageError("the template has no __code__ in it")
    for one in found:
        compiler.ast_transformers.remove(one)
    compiler.ast_transformers.append(Wrapper(name, cell))
