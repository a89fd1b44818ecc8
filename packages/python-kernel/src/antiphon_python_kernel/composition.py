"""The Python kernel put together: an interpreter with what only a kernel can give it."""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from antiphon_exec_core.eventloop import EventLoop
from antiphon_exec_core.import_watch import ImportWatch
from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.settings import Settings
from antiphon_python_kernel.figures import InlineFigures
from antiphon_python_kernel.kernel import PythonKernel

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from types import ModuleType


def python_kernel(
    *,
    attach: Callable[[AbstractEventLoop], None] | None = None,
    leave: Callable[[], object] = lambda: None,
    connection_file: str | None = None,
    changes: Mapping[str, Any] | None = None,
    **settings: Any,
) -> PythonKernel:
    """Make a kernel. `attach` is given the asyncio loop when a cell first needs one; `leave` ends the process.

    `changes` are the interpreter's settings that differ from the defaults.
    """
    figures = InlineFigures()
    if changes:
        settings["settings"] = Settings()._replace(**changes)
    interpreter = Interpreter(
        cell_filename=cell_filename,
        eventloop=EventLoop(on_create=attach),
        services={
            "plotting": figures,
            "configurables": Configurables(figures),
            "connection_file": connection_file,
            "host_magics": dict.fromkeys(("connect_info", "qtconsole"), "antiphon_python_kernel.magics"),
        },
        **settings,
    )
    figures.attach(interpreter.displayer, interpreter.hooks)
    session_name = os.environ.get("JPY_SESSION_NAME")
    if session_name:
        interpreter.namespace.push({"__session__": session_name}, hidden=True)
    watch = ImportWatch()
    watch.after("comm", _bridge_comms)
    watch.after("multiprocessing", lambda: _start_processes_from(interpreter.namespace.module))
    watch.after("multiprocessing.spawn", _prepare_processes)
    return PythonKernel(interpreter, leave)


class Configurables:
    """What `%config` can set besides the interpreter, made when it is looked at: traitlets is not imported before."""

    def __init__(self, figures: InlineFigures) -> None:
        self._figures = figures
        self._made: list[Any] = []

    def __iter__(self) -> Iterator[Any]:
        if not self._made:
            from antiphon_python_kernel.app import InlineBackend

            self._made.append(InlineBackend(figures=self._figures))
        return iter(self._made)


def cell_filename(source: str, number: int) -> str:
    """The file name of a cell: libraries tell a kernel's cells by its folder (numba's cache, joblib, line_profiler)."""
    folder = os.environ.get("TMPDIR", "/tmp" if os.name == "posix" else os.environ.get("TEMP", "."))
    return os.path.join(folder, f"ipykernel_{os.getpid()}", f"{zlib.crc32(source.encode('utf-8', 'replace'))}.py")


def _bridge_comms() -> None:
    from antiphon_python_kernel import comm_bridge

    if hasattr(comm_bridge, "install"):  # else it is what imports comm, and does so at its end
        comm_bridge.install()


def _start_processes_from(cells: ModuleType) -> None:
    from antiphon_python_kernel import child_processes

    child_processes.install(cells)


def _prepare_processes() -> None:
    from antiphon_python_kernel import child_processes

    child_processes.install_preparation()


def user_path() -> None:
    """Let cells import from the working directory, as they would in a script beside it."""
    if "" not in sys.path:
        sys.path.insert(0, "")
