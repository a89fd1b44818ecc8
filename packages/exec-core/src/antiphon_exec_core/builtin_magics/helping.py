"""Magics about magics: magic, quickref, page, alias_magic."""

from __future__ import annotations

from typing import Any

from ..errors import UsageError
from ..magic_options import read_options, read_options_anywhere

_QUICKREF = """\
obj?  obj??          what an object is; its source as well
?pattern*            names that match
%magic  %%magic      a magic for a line, for a cell; %lsmagic lists them, %magic? explains one
!command  x = !cmd   run in the shell; keep its lines
$name  {expr}        your values in commands and magic lines
_  __  ___  _5       the last results, result 5;  In[5] Out[5]  %history
%run file.py         run a program, keep its names      %edit  %load  %save
%time  %timeit       how long it takes                  %prun  where the time goes
%debug  %pdb         look into the last error           %xmode how errors are shown
%cd  %pwd  %ls       where you are                      %env   the environment
%who  %whos  %reset  your names                         %store keep values
await expr           at the top level too
"""


INTRODUCTION = f"""\
Python, typed and run piece by piece
====================================

What you type is Python, and a little more. A cell's last expression is shown and kept; what fails is explained, with
the lines around it; the Tab key completes names, attributes, keys, files and magics from what is really there.

Help
    object?        what it is: signature, docstring, where it comes from     object??   and its source
    np.*load*?     names that match                                          help(x)    Python's own help
    %magic?        what a magic does                                         %lsmagic   their list
    %quickref      the syntax on one page                                    %config    what can be set

On one page
-----------
{_QUICKREF}"""


def magic(line: str, magics: Any, page: Any) -> None:
    """`%magic`: every magic with the first line of what it says."""
    parts = []
    for kind, sign in (("line", "%"), ("cell", "%%")):
        for name in magics.names(kind):
            text = (getattr(magics.find(name, kind), "__doc__", None) or "").strip().split("\n")[0]
            parts.append(f"{sign}{name}\n    {text}")
    page("\n".join(parts))


def quickref(line: str, page: Any) -> None:
    """`%quickref`: the syntax on one page."""
    page(_QUICKREF)


def page(line: str, namespace: Any, page: Any, displayer: Any) -> None:
    """`%page [-r] [object]`: show an object, or the last result, in the pager; -r as `str` gives it."""
    options, rest = read_options(line, "r")
    name = rest.strip() or "_"
    try:
        value = eval(name, namespace.user_ns)
    except Exception:
        print(f"Object `{name}` not found")
        return
    page(str(value) if "r" in options else displayer.text(value))


def alias_magic(line: str, magics: Any, run_code: Any) -> None:
    """`%alias_magic [-l] [-c] [-p parameters] name target`: another name for a magic."""
    options, words = read_options_anywhere(line, "lcp:", ("line", "cell", "params="))
    if len(words) != 2:
        raise UsageError("%alias_magic needs a new name and the magic it stands for")
    name, target = (word.lstrip("%") for word in words)
    before = options.get("p", options.get("params", ""))
    wanted = [kind for kind in ("line", "cell") if kind[0] in options or kind in options]
    kinds = wanted or [kind for kind in ("line", "cell") if magics.has(target, kind)]
    missing = [kind for kind in kinds if not magics.has(target, kind)]
    if missing or not kinds:
        sign = "%%" if missing and missing[0] == "cell" else "%"
        raise UsageError(f"Magic function `{sign}{target}` not found.")
    for kind in kinds:
        if kind == "line":

            def run_line(line: str) -> Any:
                return magics.run_line(target, f"{before} {line}".strip() if before else line)

            magics.register(run_line, "line", name)
            print(f"Created `%{name}` as an alias for `%{target}{' ' + before if before else ''}`.")
        else:

            def run_cell(line: str, cell: str) -> Any:
                return magics.run_cell(target, f"{before} {line}".strip() if before else line, cell)

            magics.register(run_cell, "cell", name)
            print(f"Created `%%{name}` as an alias for `%%{target}{' ' + before if before else ''}`.")
