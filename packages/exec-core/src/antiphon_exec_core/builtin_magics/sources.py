"""Magics about files of code: load, save, writefile."""

from __future__ import annotations

import os
import re
from typing import Any

from ..errors import UsageError
from ..history import read_ranges
from ..magic_options import read_options, read_options_anywhere, unquote
from ..outputs import current_outlet


def find_code(what: str, history: Any, namespace: Any, raw: bool = True) -> str:
    """Text of `what`: history ranges (`1-3 ~1/4`), a variable holding text, a file, an address, or an object's source.

    Raises ValueError when it is none of these.
    """
    what = what.strip()
    try:
        ranges = read_ranges(what)
    except ValueError:
        ranges = []
    if ranges:
        entries = [entry for one in ranges for entry in history.range(*one, raw=raw)]
        if not entries:
            raise ValueError(f"there is no cell {what} in the history")
        return "".join(f"{entry[2].rstrip()}\n" for entry in entries)
    if what.startswith(("http://", "https://", "file://")):
        from urllib.request import urlopen

        with urlopen(what, timeout=30) as answer:
            text: str = answer.read().decode(answer.headers.get_content_charset() or "utf-8")
            return text
    path = os.path.expanduser(unquote(what))
    for candidate in (path, path + ".py"):
        if os.path.isfile(candidate):
            return _COOKIE.sub(r"\1", read_source(candidate))
    value = namespace.user_ns.get(what)
    if isinstance(value, str):
        return value
    if value is not None:
        import inspect

        try:
            return inspect.getsource(value)
        except (OSError, TypeError):
            pass
    raise ValueError(f"'{what}' was not found in history, as a file, url, nor in the user namespace.")


_COOKIE = re.compile(r"\A(#!.*\n)?[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+.*\n")
"""A declared encoding in the first two lines: text in a cell has none."""


def read_source(path: str) -> str:
    """Text of a Python file in the encoding that it declares. Raises UsageError for what is no text in it."""
    import tokenize

    try:
        with tokenize.open(path) as file:
            return file.read()
    except (SyntaxError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None


def load(line: str, history: Any, namespace: Any, set_next_input: Any = None) -> None:
    """`%load [-r lines] [-s names] file|url|range|name`: put code into this cell, to look at before it runs.

    -r 5-10,20 takes those lines, -s f,Class those top-level definitions.
    """
    options, rest = read_options(line, "yns:r:")
    if not rest.strip():
        raise UsageError("Missing filename, URL, input history range, or macro.")
    try:
        text = find_code(rest, history, namespace)
    except (ValueError, OSError) as error:
        raise UsageError(str(error)) from None
    if "s" in options:
        text = _definitions(text, options["s"].split(","))
    if "r" in options:
        text = _lines(text, options["r"])
    if len(text) > 200_000 and "y" not in options:
        answer = current_outlet().ask(
            f"The text you're trying to load seems pretty big ({len(text)} characters). Continue (y/[N]) ? "
        )
        if not answer.strip().lower().startswith("y"):
            print("Operation cancelled.")
            return
    text = f"# %load {line}\n{text}"
    if set_next_input is None:
        print(text)
    else:
        set_next_input(text, replace=True)


def _definitions(text: str, names: list[str]) -> str:
    import ast

    found = {
        node.name: node
        for node in ast.parse(text).body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }
    missing = [name for name in names if name not in found]
    if missing:
        raise UsageError(f"The following symbols were not found: {', '.join(missing)}")
    lines = text.splitlines(keepends=True)
    parts = []
    for name in names:
        node = found[name]
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        parts.append("".join(lines[first - 1 : node.end_lineno]))
    return "\n".join(parts)


def _lines(text: str, ranges: str) -> str:
    lines = text.splitlines(keepends=True)
    chosen = []
    for part in ranges.split(","):
        match = re.fullmatch(r"\s*(\d*)([-:]?)(\d*)\s*", part)
        if match is None:
            raise UsageError(f"Not a range of lines: {part}")
        first = int(match[1] or 1)
        # 5-10 has line 10, 5:10 ends before it, as slices do
        last = (int(match[3]) - (match[2] == ":") if match[3] else len(lines)) if match[2] else first
        chosen += lines[first - 1 : last]
    return "".join(chosen)


def save(line: str, history: Any, namespace: Any) -> None:
    """`%save [-f] [-r] [-a] file ranges`: write cells to a file, .py; -f overwrites, -a appends, -r as typed."""
    options, words = read_options_anywhere(line, "fra", ("force", "append"))
    if not words:
        raise UsageError("Missing filename.")
    raw = "r" in options
    name, what = os.path.expanduser(words[0]), " ".join(words[1:]) or "1-"
    if not name.endswith((".py", ".ipy")):
        name += ".ipy" if raw else ".py"
    append = "a" in options or "append" in options
    exists = os.path.isfile(name)
    if exists and not append and "f" not in options and "force" not in options:
        try:
            answer = current_outlet().ask(f"File `{name}` exists. Overwrite (y/[N])?  ")
        except EOFError:
            answer = ""
        if not answer.strip().lower().startswith("y"):
            print("Operation cancelled.")
            return
    try:
        text = find_code(what, history, namespace, raw)
    except (ValueError, OSError) as error:
        print(error)
        return
    with open(name, "a" if append else "w", encoding="utf-8") as file:
        if not (append and exists):
            file.write("# coding: utf-8\n")
        file.write(text if text.endswith("\n") else text + "\n")
    print(f"The following commands were written to file `{name}`:")
    print(text)


def writefile(line: str, cell: str) -> None:
    """`%%writefile [-a] file`: write the cell to a file; -a appends to it."""
    options, words = read_options_anywhere(line, "a", ("append",))
    if len(words) != 1:
        raise UsageError("the following arguments are required: filename" if not words else "one filename is expected")
    name = os.path.expanduser(words[0])
    append = bool(options)
    print(f"{'Appending to' if append else 'Overwriting' if os.path.exists(name) else 'Writing'} {name}")
    with open(name, "a" if append else "w", encoding="utf-8") as file:
        file.write(cell)
