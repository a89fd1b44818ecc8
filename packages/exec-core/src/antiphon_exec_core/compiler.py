"""Python text to code objects, parsed once.

The last expression is split from the rest according to `interactivity`; future flags of one cell hold in the next;
the text is kept where tracebacks and `inspect` look for it (linecache), under the name of the code object.
"""

from __future__ import annotations

import _ast
import re
import sys
from collections.abc import Callable
from types import CodeType
from typing import TYPE_CHECKING, Any

from .values import Value

if TYPE_CHECKING:
    import ast

Step = tuple[CodeType, bool]  # code, and whether its value is to be shown
CellFilename = Callable[[str, int], str]

AWAIT = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, without importing ast
ONLY_AST = 0x400
COROUTINE = 0x80  # inspect.CO_COROUTINE
FUTURES = 0x1FE0000  # all the CO_FUTURE_* bits of __future__

INTERACTIVITIES = ("all", "last", "last_expr", "none", "last_expr_or_assign")

_silenced = re.compile(r"(?:[\s)\\]|#[^\n]*(?:\n|\Z))*;")


def cell_filename(source: str, number: int) -> str:
    """The name cells have in a plain interpreter: their number, and a checksum of their text."""
    from binascii import crc32

    return f"<ipython-input-{number}-{crc32(source.encode('utf-8', 'replace')):08x}>"


class Program(Value):
    """Code objects in order, each with whether its value is shown; `awaits` when any of them is a coroutine."""

    __slots__ = __match_args__ = ("steps", "awaits", "filename")

    def __init__(self, steps: tuple[Step, ...], awaits: bool, filename: str) -> None:
        self.steps = steps
        self.awaits = awaits
        self.filename = filename


class Compiler:
    """Compiles cells. `ast_transformers` are `ast.NodeTransformer`s (or anything with `visit`), applied in order."""

    def __init__(self, filename: CellFilename = cell_filename, interactivity: str = "last_expr") -> None:
        self.filename = filename
        self.interactivity = interactivity
        self.autoawait = True
        self.ast_transformers: list[Any] = []
        self.flags = 0  # future statements seen so far
        self.numbers: dict[str, int] = {}  # filename -> number of the cell, for tracebacks
        self._unkept: dict[str, str] = {}

    def compile(self, source: str, number: int, interactivity: str | None = None, named: bool = True) -> Program:
        """Compile a cell. Raises SyntaxError, ValueError or OverflowError as `compile` does; its text is kept even so.

        With `named=False` it is a part of a cell (what `%time` times), and tracebacks do not call it by a number.
        """
        name = self.filename(source, number)
        self.keep(name, source, number if named else None)
        flags = self.flags | (AWAIT if self.autoawait else 0)
        tree: Any = compile(source, name, "exec", flags | ONLY_AST, True)
        if self.ast_transformers:
            tree = self.transform(tree)
        if "get_ipython().run_" in source and compile(tree, name, "exec", flags, True).co_flags & COROUTINE:
            from .awaited_magics import awaited

            tree = awaited(tree)
        body = tree.body
        steps: list[Step] = []
        awaits = 0
        seen = 0
        for node, mode, shown in _split(tree, body, interactivity or self.interactivity, source):
            code = compile(node, name, mode, flags, True)
            seen |= code.co_flags
            awaits |= code.co_flags & COROUTINE
            steps.append((code, shown))
        self.flags |= seen & FUTURES
        return Program(tuple(steps), awaits != 0, name)

    def transform(self, tree: ast.Module) -> ast.Module:
        """Apply the user's AST transformers; one that fails is taken off the list, with a warning.

        `InputRejected` (any exception so named) is the way to refuse a cell, and goes on to the caller.
        """
        import ast

        for transformer in list(self.ast_transformers):
            try:
                tree = transformer.visit(tree)
            except Exception as error:
                if type(error).__name__ == "InputRejected":
                    raise
                import warnings

                warnings.warn(f"AST transformer {transformer!r} threw an error. It will be unregistered.", stacklevel=2)
                self.ast_transformers.remove(transformer)
        return ast.fix_missing_locations(tree)

    # -- sources -----------------------------------------------------------------------------------------------

    def keep(self, name: str, source: str, number: int | None = None) -> None:
        """Keep a text for tracebacks; `number` is the cell they call it by.

        linecache costs half a millisecond to import, so it is filled when it is there, and by `flush` otherwise.
        """
        if number is not None:
            self.numbers[name] = number
        if "linecache" in sys.modules:
            _remember(name, source)
        else:
            self._unkept[name] = source

    def flush(self) -> None:
        """Hand every kept text to linecache."""
        unkept, self._unkept = self._unkept, {}
        for name, source in unkept.items():
            _remember(name, source)


def _remember(name: str, source: str) -> None:
    import linecache

    lines = source.removesuffix("\n").split("\n")
    # no modification time: linecache.checkcache leaves such entries alone
    linecache.cache[name] = (len(source), None, [line + "\n" for line in lines], name)


def _split(tree: Any, body: list[Any], interactivity: str, source: str) -> list[tuple[Any, str, bool]]:
    """Nodes to compile, with mode and whether the value is shown."""
    if not body:
        return [(tree, "exec", False)]
    last = body[-1]
    if interactivity == "last_expr_or_assign":
        name = _assigned(last)
        if name is not None:
            load = _ast.Name(id=name, ctx=_ast.Load())
            where = {key: getattr(last, key) for key in ("lineno", "col_offset", "end_lineno", "end_col_offset")}
            for key, value in where.items():
                setattr(load, key, value)
            if not _is_silenced(last, source):
                return [(tree, "exec", False), (_ast.Expression(body=load), "eval", True)]
            return [(tree, "exec", False)]
        interactivity = "last_expr"
    if interactivity == "all":
        parts: list[tuple[Any, str, bool]] = []
        for node in body:
            if isinstance(node, _ast.Expr):
                shown = node is not last or not _is_silenced(node, source)
                parts.append((_ast.Expression(body=node.value), "eval", shown))
            else:
                parts.append(_statement(node))
        return parts
    if interactivity == "last" and isinstance(last, _BLOCKS):
        tree.body = body[:-1]
        return [(tree, "exec", False), _statement(last)]
    if interactivity in ("last_expr", "last") and type(last) is _ast.Expr and not _is_silenced(last, source):
        final = (_ast.Expression(body=last.value), "eval", True)
        if len(body) == 1:
            return [final]
        tree.body = body[:-1]
        return [(tree, "exec", False), final]
    return [(tree, "exec", False)]


_BLOCKS = (_ast.For, _ast.AsyncFor, _ast.While, _ast.If, _ast.With, _ast.AsyncWith, _ast.Try, _ast.TryStar, _ast.Match)


def _statement(node: Any) -> tuple[Any, str, bool]:
    """A statement by itself. In a block, expressions are shown wherever they stand: by `sys.displayhook`, as Python's
    own prompt does."""
    if isinstance(node, _BLOCKS):
        return _ast.Interactive(body=[node]), "single", False
    return _ast.Module(body=[node], type_ignores=[]), "exec", False


def _assigned(node: Any) -> str | None:
    if isinstance(node, _ast.Assign):
        target = node.targets[0] if len(node.targets) == 1 else None
    elif isinstance(node, (_ast.AugAssign, _ast.AnnAssign)):
        target = node.target
        if isinstance(node, _ast.AnnAssign) and node.value is None:
            return None
    else:
        return None
    return target.id if isinstance(target, _ast.Name) else None


def _is_silenced(node: Any, source: str) -> bool:
    """Does a semicolon follow the last statement?"""
    if ";" not in source:
        return False
    lines = source.split("\n")
    if node.end_lineno is None or node.end_lineno > len(lines):
        return False
    rest = lines[node.end_lineno - 1].encode("utf-8", "replace")[node.end_col_offset :].decode("utf-8", "replace")
    return _silenced.match("\n".join([rest, *lines[node.end_lineno :]])) is not None
