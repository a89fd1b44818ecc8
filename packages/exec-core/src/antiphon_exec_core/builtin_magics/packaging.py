"""Magics that install packages for the interpreter that runs this code: pip, uv, conda, mamba, micromamba."""

from __future__ import annotations

import os
import sys

from ..errors import UsageError
from ..outputs import current_outlet
from ..processes import stream_command, to_stdout
from ..shell_escape import asking

_NOTE = "Note: you may need to restart the kernel to use updated packages."


def pip(line: str) -> None:
    """`%pip arguments`: pip of this very interpreter; `-y` is added to uninstall, nobody could answer it."""
    _run([sys.executable, "-m", "pip"], line, yes=("uninstall",))


def uv(line: str) -> None:
    """`%uv arguments`: uv, installing into this interpreter's environment."""
    words = line.split()
    command = ["uv"]
    environment = {**os.environ, "VIRTUAL_ENV": sys.prefix, "UV_PYTHON": sys.executable}
    if not words:
        raise UsageError("usage is '%uv arguments'")
    _run(command, line, env=environment)


def conda(line: str) -> None:
    """`%conda arguments`: conda, acting on this interpreter's environment."""
    _conda("conda", line)


def mamba(line: str) -> None:
    """`%mamba arguments`: mamba, acting on this interpreter's environment."""
    _conda("mamba", line)


def micromamba(line: str) -> None:
    """`%micromamba arguments`: micromamba, acting on this interpreter's environment."""
    _conda("micromamba", line)


def _conda(program: str, line: str) -> None:
    if not os.path.isdir(os.path.join(sys.prefix, "conda-meta")):
        raise UsageError("The python kernel does not appear to be a conda environment.  Please use ``%pip install``.")
    found = os.environ.get({"conda": "CONDA_EXE", "mamba": "MAMBA_EXE", "micromamba": "MAMBA_EXE"}[program]) or program
    words = line.split()
    verb = words[0] if words else ""
    if verb in ("install", "list", "remove", "uninstall", "update", "upgrade", "create"):
        line = f"{verb} --prefix {sys.prefix} {line.partition(verb)[2].strip()}"
    _run([found], line, yes=("install", "remove", "uninstall", "update", "upgrade", "create"))


def _run(command: list[str], line: str, yes: tuple[str, ...] = (), env: dict[str, str] | None = None) -> None:
    import shlex

    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if words and words[0] in yes and not {"-y", "--yes"} & set(words):
        words.insert(1, "-y")
    try:
        ask = asking(current_outlet())  # for the password of an index, say
        stream_command([*command, *words], out=to_stdout, terminal=True, ask=ask, env=env)
    except FileNotFoundError:
        raise UsageError(f"Couldn't find program: '{command[0]}'") from None
    if words and words[0] not in ("list", "show", "freeze", "check", "search", "--version", "--help"):
        print(_NOTE)
    import importlib

    importlib.invalidate_caches()
