"""Magics that only make sense in a kernel: how to attach another frontend to it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import threading
from importlib.util import find_spec
from shutil import which

from antiphon_exec_core.errors import UsageError
from antiphon_wire_protocol.discovery.paths import runtime_folder


def connect_info(line: str, connection_file: str | None = None) -> None:
    """Show how this kernel is reached, and how to attach to it.

    What is printed holds the kernel's key: who has it can run code as you.
    """
    path = _file(connection_file)
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except OSError as error:
        raise UsageError(f"%connect_info: {path}: {error.strerror}") from None
    file_name, name = _names(path)
    print(text.strip())
    print(
        f"\nPaste the above into a file on another machine, or attach on this one:\n"
        f"    antiphon console --existing {name}\n"
        f"    jupyter console --existing {file_name}\n"
        f"    %qtconsole"
    )


def qtconsole(line: str, connection_file: str | None = None) -> None:
    """Open a Qt console on this kernel, as a program of its own. The line is passed to it, e.g. `--style monokai`."""
    path = _file(connection_file)
    command = [*_program(), "--existing", path, *shlex.split(line)]
    # Not the environment of a kernel: the console outlives it, and is nobody's session.
    env = {name: value for name, value in os.environ.items() if not name.startswith("JPY_")}
    errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the thread that waits
    child = subprocess.Popen(
        command, env=env, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors, start_new_session=True
    )

    def watch() -> None:
        code = child.wait()
        with errors:
            if code > 0:
                errors.seek(0)
                said = errors.read().decode(errors="replace").strip().splitlines() or [f"exit code {code}"]
                print(f"%qtconsole: {said[-1]}", file=sys.stderr)

    threading.Thread(target=watch, name="qtconsole", daemon=True).start()


def _program() -> list[str]:
    """How the Qt console is started: with this interpreter, else by its program on the PATH."""
    if find_spec("qtconsole") is not None:
        return [sys.executable, "-m", "qtconsole"]
    program = which("jupyter-qtconsole")
    if program is None:
        raise UsageError(f"%qtconsole: not installed; to install: {sys.executable} -m pip install qtconsole PySide6")
    return [program]


def _file(connection_file: str | None) -> str:
    if not connection_file:
        raise UsageError("this kernel has no connection file to attach by")
    return os.path.abspath(connection_file)


def _names(path: str) -> tuple[str, str]:
    """What ``--existing`` takes of Jupyter's programs, and of ours: short for files in the runtime folder."""
    if os.path.dirname(path) != os.path.abspath(runtime_folder()):
        return path, path
    name = os.path.basename(path)
    return name, name.removeprefix("kernel-").removesuffix(".json")
