"""Magics in a cell that awaits: what calls them, `run_line_magic` or `run_cell_magic`, is made to await them.

A magic that awaits would otherwise have to run the event loop that is running it. Only what stands in the cell itself
is changed, not what stands in a function of it: there `await` may not be allowed.
"""

from __future__ import annotations

import ast
from typing import Any

_AWAITED = {"run_line_magic": "await_line_magic", "run_cell_magic": "await_cell_magic"}
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.GeneratorExp)


def awaited(tree: ast.Module) -> ast.Module:
    """The same module, its magics awaited. Changes the tree."""
    return ast.fix_missing_locations(_Awaiter().visit(tree))  # type: ignore[no-any-return]


class _Awaiter(ast.NodeTransformer):
    def visit(self, node: ast.AST) -> Any:
        return node if isinstance(node, _SCOPES) else super().visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        function = node.func
        if (
            isinstance(function, ast.Attribute)
            and function.attr in _AWAITED
            and isinstance(function.value, ast.Call)
            and isinstance(function.value.func, ast.Name)
            and function.value.func.id == "get_ipython"
        ):
            function.attr = _AWAITED[function.attr]
            return ast.copy_location(ast.Await(node), node)
        return node
