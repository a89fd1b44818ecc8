"""The magics that are always there, one file per theme, plain functions. This table is all that is read at start."""

from __future__ import annotations

import os
from typing import NamedTuple


class Entry(NamedTuple):
    """Where a built-in magic lives: module of this package, function in it, and the kinds it may be called as."""

    module: str
    function: str
    kinds: tuple[str, ...]


_LINE = ("line",)
_CELL = ("cell",)
_BOTH = ("line", "cell")


def _table(*themes: tuple[str, tuple[str, ...], str]) -> dict[str, Entry]:
    """`"name"` is served by the function of that name, `"name=function"` by another one."""
    table = {}
    for module, kinds, names in themes:
        for name in names.split():
            name, _, function = name.partition("=")
            table[name] = Entry(module, function or name, kinds)
    return table


BUILTIN: dict[str, Entry] = _table(
    ("timing", _BOTH, "time timeit"),
    ("profiling", _BOTH, "prun"),
    ("capturing", _CELL, "capture"),
    ("running", _LINE, "run"),
    ("sources", _LINE, "load save"),
    ("sources", _CELL, "writefile file=writefile"),
    ("names", _LINE, "who who_ls whos reset reset_selective xdel"),
    ("folders", _LINE, "cd pwd dhist pushd popd dirs bookmark"),
    ("aliases", _LINE if os.name == "posix" else (), "ls ll lf lk ldir lx mkdir rmdir mv rm cp cat"),
    ("aliases", _LINE, "alias unalias rehashx"),
    ("storing", _LINE, "store"),
    ("macros", _LINE, "macro"),
    ("editing", _LINE, "edit ed=edit"),
    ("logging", _LINE, "logstart logstop logon logoff logstate"),
    ("exporting", _LINE, "notebook"),
    ("helping", _LINE, "magic quickref page alias_magic"),
    ("looks", _LINE, "pprint doctest_mode"),
    ("wrapping", _BOTH, "code_wrap"),
    ("pages", _LINE, "pycat less more=less man"),
    ("refused", _LINE, "pastebin sc autosave autoindent cpaste paste pylab"),
    ("sources", _LINE, "loadpy=load"),
    ("scripts", _CELL, "python2=python3"),
    ("screen", _LINE, "clear cls=clear"),
    ("environment", _LINE, "env set_env"),
    ("past", _LINE, "history hist=history recall rep=recall rerun"),
    ("listing", _LINE, "lsmagic"),
    ("configuring", _LINE, "config xmode automagic autocall autoawait precision colors"),
    ("plotting", _LINE, "matplotlib"),
    ("toolkits", _LINE, "gui=switch"),
    ("extending", _LINE, "load_ext unload_ext reload_ext"),
    ("debugging", _LINE, "pdb tb"),
    ("debugging", _BOTH, "debug"),
    ("packaging", _LINE, "pip uv conda mamba micromamba"),
    ("inspecting", _LINE, "pinfo pinfo2 psearch pdoc pdef psource pfile"),
    ("shell", _BOTH, "sx system=sx"),
    ("shell", _CELL, "!=sx"),
    ("scripts", _CELL, "script bash sh python python3 perl ruby pypy"),
    ("scripts", _LINE, "killbgscripts"),
    ("showing", _CELL, "html HTML=html markdown latex svg SVG=svg javascript js=javascript"),
)
