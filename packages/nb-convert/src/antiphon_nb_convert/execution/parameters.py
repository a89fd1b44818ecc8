"""Parameters of a notebook, by papermill's convention: a cell tagged `parameters` holds the defaults, and what is asked
for instead goes into a cell of its own behind it, tagged `injected-parameters`. Pure; knows no kernels."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..conversion import Cell, Notebook
from ..notebook import language as language_of
from ..notebook import tags
from .literals import Dialect, UnsaidValue, assignment, dialect

DEFAULTS = "parameters"
INJECTED = "injected-parameters"

_KERNEL_DIALECTS = ("sparkkernel", "sparkrkernel", "pysparkkernel", "pyspark3kernel")
_INT = re.compile(r"[+-]?\d+")
_FLOAT = re.compile(r"[+-]?((\d+\.\d*|\.\d+)([eE][+-]?\d+)?|\d+[eE][+-]?\d+|inf|nan)")


class ParameterWarning(UserWarning):
    """A parameter that the notebook does not have; it is set all the same."""


class Parameter(NamedTuple):
    """One default. `default` is its source; `type` what was declared, else what the default shows, else empty."""

    name: str
    type: str
    default: str
    comment: str


def inject(notebook: Notebook, values: Mapping[str, Any], *, language: str | None = None) -> Notebook:
    """The notebook with these values set: behind its defaults, in place of values set before, or at its top.

    `language` is that of the notebook unless given. Raises `UnsaidValue` for a value or a language that cannot be
    written; warns with `ParameterWarning` of names that the defaults do not have. No values change nothing.
    """
    if not values:
        return notebook
    into = _dialect(notebook, language)
    for name in unknown(notebook, values):
        warnings.warn(f"the notebook has no parameter {name!r}", ParameterWarning, stacklevel=2)
    lines = [f"{into.comment} Parameters", *(assignment(name, value, into) for name, value in values.items())]
    cells = list(notebook["cells"])
    injected, defaults = _tagged(cells, INJECTED), _tagged(cells, DEFAULTS)
    cell: Cell = {
        "cell_type": "code",
        "id": _free_id(cells) if injected is None else cells[injected].get("id", INJECTED),
        "metadata": {"tags": [INJECTED]},
        "source": "\n".join(lines),
        "outputs": [],
        "execution_count": None,
    }
    if injected is not None:
        cells[injected] = cell
    else:
        cells.insert(0 if defaults is None else defaults + 1, cell)
    return {**notebook, "cells": cells}


def unknown(notebook: Notebook, names: Iterable[str]) -> list[str]:
    """Those of `names` that the cell of defaults does not set; none where there is no such cell to tell by."""
    known = {parameter.name for parameter in infer(notebook)}
    return [name for name in names if name not in known] if known else []


def infer(notebook: Notebook) -> list[Parameter]:
    """The parameters that the cell of defaults sets, in its order, each once. Empty where there is no such cell."""
    index = _tagged(notebook["cells"], DEFAULTS)
    if index is None:
        return []
    source = notebook["cells"][index]["source"]
    into = _named_dialect(notebook)
    found: Iterator[Parameter] | None = None
    if into is None or into.name == "Python":
        found = _from_python(source)
    if found is None:
        found = _from_lines(source, into.comment if into is not None else "#")
    return list({parameter.name: parameter for parameter in found}.values())


def typed(text: str) -> Any:
    """What a word of a command line means: True, False, None, a number, or the text itself."""
    constants = {"True": True, "False": False, "None": None}
    if text in constants:
        return constants[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _dialect(notebook: Notebook, language: str | None) -> Dialect:
    into = _named_dialect(notebook) if language is None else dialect(language)
    if into is None:
        raise UnsaidValue(f"parameters cannot be written in {language or language_of(notebook)}")
    return into


def _named_dialect(notebook: Notebook) -> Dialect | None:
    """By the kernel where its name says more than its language does, as those of Spark do."""
    kernelspec = notebook["metadata"].get("kernelspec")
    name = kernelspec.get("name") if isinstance(kernelspec, dict) else None
    if isinstance(name, str) and (name in _KERNEL_DIALECTS or name.startswith(".net-")):
        return dialect(name)
    return dialect(language_of(notebook))


def _tagged(cells: list[Cell], tag: str) -> int | None:
    """The place of the first code cell with this tag."""
    return next((index for index, cell in enumerate(cells) if cell["cell_type"] == "code" and tag in tags(cell)), None)


def _free_id(cells: list[Cell]) -> str:
    taken = {cell.get("id") for cell in cells}
    number = 0
    while (name := f"{INJECTED}-{number}" if number else INJECTED) in taken:
        number += 1
    return name


# -- what a cell of defaults says --------------------------------------------------------------------------------------


def _from_python(source: str) -> Iterator[Parameter] | None:
    """None for what is no Python."""
    plain = re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", source)
    try:
        tree = ast.parse(plain)
        tokens = list(tokenize.generate_tokens(io.StringIO(plain).readline))
    except (SyntaxError, ValueError, tokenize.TokenError):
        return None
    comments = {token.start[0]: token.string.lstrip("#").strip() for token in tokens if token.type == tokenize.COMMENT}
    return _assignments(plain, tree, comments)


def _assignments(source: str, tree: ast.Module, comments: Mapping[int, str]) -> Iterator[Parameter]:
    for statement in tree.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=ast.expr() as value):
                declared = ast.get_source_segment(source, annotation) or ""
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                declared = ""
            case _:
                continue
        comment = comments.get(statement.end_lineno or 0, "")
        hint = re.match(r"type:\s*([^#]+?)\s*(?:#\s*(.*))?$", comment)
        if hint and not declared:
            declared, comment = hint[1], hint[2] or ""
        yield Parameter(name, declared or _kind(value), ast.get_source_segment(source, value) or "", comment)


def _kind(value: ast.expr) -> str:
    try:
        found = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError):
        return ""
    return "" if found is None else type(found).__name__


_ASSIGNMENT = re.compile(
    r"\s*(?:(?:val|var|let|const|local|global|export|declare|readonly)\s+(?:mutable\s+|-\w+\s+)*)?"
    r"\$?(?P<name>[^\W\d][\w.!]*)\s*(?::{1,2}\s*(?P<type>[\w\[\]., <>]+?))?\s*(?:=(?!=)|<-)\s*(?P<value>.+?)\s*;?\s*"
)


def _from_lines(source: str, mark: str) -> Iterator[Parameter]:
    """One assignment a line, in any of the languages that write them with ``=`` or ``<-``."""
    for line in source.splitlines():
        code, comment = _split_comment(line, mark)
        found = _ASSIGNMENT.fullmatch(code)
        if found is not None:
            value = found["value"]
            yield Parameter(found["name"], found["type"] or _kind_of_text(value), value, comment)


def _split_comment(line: str, mark: str) -> tuple[str, str]:
    """The code of a line and its comment, which does not begin within quotes."""
    quote = ""
    for place, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif line.startswith(mark, place):
            return line[:place].rstrip(), line[place:].lstrip(mark).strip()
    return line.rstrip(), ""


def _kind_of_text(value: str) -> str:
    if value[:1] in ('"', "'"):
        return "str"
    if value.lower() in ("true", "false", "$true", "$false"):
        return "bool"
    found = typed(value)
    return "" if isinstance(found, str) or found is None else type(found).__name__
