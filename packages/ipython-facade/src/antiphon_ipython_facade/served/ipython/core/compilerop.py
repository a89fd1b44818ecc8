"""`ip.compile`: what compiles cells, and what they are called."""

from __future__ import annotations

import ast
from typing import Any


def code_name(code: str, number: int = 0) -> str:
    """The file name of a cell."""
    from antiphon_exec_core.compiler import cell_filename

    return cell_filename(code, number)


class CachingCompiler:
    def __init__(self, shell: Any = None) -> None:
        self.flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT * 0
        self._compiler = None if shell is None else shell._services["compiler"]

    def __call__(self, source: Any, filename: str = "<cell>", symbol: str = "exec") -> Any:
        return compile(source, filename, symbol, dont_inherit=True)

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> Any:
        return compile(source, filename, symbol, ast.PyCF_ONLY_AST, True)

    def cache(self, transformed_code: str, number: int = 0, raw_code: str | None = None) -> str:
        """Keep a source for tracebacks; the name it is kept under."""
        name = self.get_code_name(raw_code or transformed_code, transformed_code, number)
        if self._compiler is not None:
            self._compiler.keep(name, transformed_code, number)
        return name

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        if self._compiler is not None:
            return str(self._compiler.filename(raw_code, number))
        return code_name(transformed_code, number)

    def reset_compiler_flags(self) -> None:
        """There are none that last."""
