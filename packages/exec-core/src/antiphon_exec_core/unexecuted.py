"""What the text of a cell would bind if it ran, as far as that can be told without running it.

So `x.` is completed in the same cell as `x = "text"`. Only literals, known names, known classes and modules that are
loaded give a value; a class of the text gives a stand-in that has its names. None of the user's code is run.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Mapping
from typing import Any

from .static_lookup import InstanceOf, Returning, attribute_names, evaluate, is_a

_MAGIC = re.compile(r"^([ \t]*)(?:%|!|\w+[ \t]*=[ \t]*[%!]|.*[?!]$).*$", re.M)


def binds(text: str, name: str) -> bool:
    """Whether a text may bind a name; cheap, and true too often rather than too seldom."""
    return (
        re.search(
            rf"\b(?:{re.escape(name)}\s*(?:=(?!=)|:|,|\)|$)|(?:as|def|class|import|for)\s+.*\b{name}\b)", text, re.M
        )
        is not None
    )


def bound_in(text: str, names: Mapping[str, Any]) -> dict[str, Any]:
    """The names that the statements of `text` bind, with their values; those that cannot be told are left out."""
    tree = _parsed(_MAGIC.sub(r"\1pass", text))
    found: dict[str, Any] = {}
    if tree is not None:
        for statement in _in_order(tree):
            try:
                _bind(statement, {**names, **found}, found)
            except Exception:  # a subscript of a trusted library may raise anything: then it is not known
                continue
    return found


def _parsed(text: str) -> ast.Module | None:
    last = next((line for line in reversed(text.split("\n")) if line.strip()), "")
    inner = last[: len(last) - len(last.lstrip())] + "    pass\n"
    for attempt in (text, text + "\n" + inner):  # the block that the cursor is in may have no statement yet
        try:
            return ast.parse(attempt)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _in_order(tree: ast.AST) -> list[ast.stmt]:
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    return sorted(statements, key=lambda node: (node.lineno, node.col_offset))


def _bind(statement: ast.stmt, names: Mapping[str, Any], found: dict[str, Any]) -> None:
    if isinstance(statement, ast.Assign):
        value = evaluate(ast.unparse(statement.value), names)
        for target in statement.targets:
            if isinstance(target, ast.Name):
                found[target.id] = value
            elif isinstance(target, (ast.Tuple, ast.List)) and type(value) in (tuple, list):
                for place, part in zip(target.elts, value, strict=False):
                    if isinstance(place, ast.Name):
                        found[place.id] = part
    elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        declared = evaluate(ast.unparse(statement.annotation), names)
        if is_a(declared, type):
            found[statement.target.id] = InstanceOf(declared)
    elif isinstance(statement, (ast.With, ast.AsyncWith)):
        for item in statement.items:
            if isinstance(item.optional_vars, ast.Name):
                found[item.optional_vars.id] = evaluate(ast.unparse(item.context_expr), names)
    elif isinstance(statement, (ast.For, ast.AsyncFor)) and isinstance(statement.target, ast.Name):
        values = evaluate(ast.unparse(statement.iter), names)
        if type(values) in (list, tuple) and values:
            found[statement.target.id] = values[0]
    elif isinstance(statement, ast.Import):
        for alias in statement.names:
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            if name in sys.modules:
                found[alias.asname or name] = sys.modules[name]
    elif isinstance(statement, ast.ImportFrom) and statement.module in sys.modules and not statement.level:
        for alias in statement.names:
            found[alias.asname or alias.name] = evaluate(
                f"module.{alias.name}", {"module": sys.modules[statement.module]}
            )
    elif isinstance(statement, ast.FunctionDef):
        found[statement.name] = Returning(_returned(statement, names))
    elif isinstance(statement, ast.ClassDef):
        found[statement.name] = _stand_in(statement, names)


def _returned(statement: ast.FunctionDef, names: Mapping[str, Any]) -> Any:
    """What a function says that it returns, or what its first `return` gives. Raises where that cannot be told."""
    if statement.returns is not None:
        declared = evaluate(ast.unparse(statement.returns), names)
        if is_a(declared, type):
            return InstanceOf(declared)
    first = next(node for node in ast.walk(statement) if isinstance(node, ast.Return) and node.value is not None)
    own = {argument.arg for argument in (*statement.args.args, *statement.args.kwonlyargs)}
    known = {name: value for name, value in names.items() if name not in own}
    return evaluate(ast.unparse(first.value), known) if first.value is not None else None


def _stand_in(statement: ast.ClassDef, names: Mapping[str, Any]) -> type:
    """A class with the names that this one would have, its own, its instances' and those of its bases."""
    members: dict[str, Any] = {}
    for base in statement.bases:
        members.update(dict.fromkeys(attribute_names(evaluate(ast.unparse(base), names))))
    for node in ast.walk(statement):
        stored = node if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) else None
        if stored is not None and isinstance(stored.value, ast.Name) and stored.value.id == "self":
            members[stored.attr] = None
    for node in statement.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            members[node.name] = _no_function
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            members.update(dict.fromkeys(target.id for target in targets if isinstance(target, ast.Name)))
    for name in ("__dict__", "__weakref__", "__slots__", "__class__", "__set_name__", "__init_subclass__"):
        members.pop(name, None)
    return type(statement.name, (), members)


def _no_function() -> None:
    """Stands where the class has a method."""
