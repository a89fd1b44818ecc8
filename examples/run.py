"""Execute a notebook on a kernel, show it in the terminal, and write the executed notebook beside it.

    python examples/run.py examples/tour.ipynb
    python examples/run.py analysis.ipynb --kernel python3 --on-error continue
    python examples/run.py analysis.ipynb --output /tmp/out.ipynb --json

What has run is written whatever happens: after an error, an interrupt (Ctrl-C) or the death of the kernel.
Exit codes: 0 all went well; 1 a cell failed, was interrupted or lost its kernel; 2 there was nothing to run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from notebook_outputs import CellOutputs, Output
from terminal_view import TerminalView, complain, first_line

from antiphon_wire_protocol.client.client import KernelClient
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec, find_kernelspec
from antiphon_wire_protocol.errors import KernelDied, NoSuchKernel, ProtocolError
from antiphon_wire_protocol.manager.manager import KernelManager


class BadInput(Exception):
    """There is nothing to run; the text says why."""


class Failure(NamedTuple):
    """How the run ended, and in which cell; None when it was not a cell's doing."""

    cell: int | None
    reason: str

    def __str__(self) -> str:
        return self.reason if self.cell is None else f"cell {self.cell}: {self.reason}"


def read_notebook(path: Path) -> Any:
    """The notebook at `path`, in the newest format. Raises `BadInput`."""
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    except Exception as error:  # nbformat lets whatever its reader stumbles over through
        raise BadInput(f"{path}: not a notebook: {first_line(error)}") from None
    return notebook


def write_notebook(notebook: Any, path: Path) -> None:
    """Write `notebook`; the file is exchanged as a whole, so that nobody ever finds half of one."""
    descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            nbformat.write(notebook, file)
        os.chmod(fresh, 0o644)
        os.replace(fresh, path)
    except BaseException:
        os.unlink(fresh)
        raise


def choose_kernel(notebook: Any, asked: str | None) -> KernelSpec:
    """The kernel to run on: the one asked for, the notebook's own if it is installed, or ours. Raises `BadInput`."""
    names = [asked] if asked else [notebook.metadata.get("kernelspec", {}).get("name"), "antiphon"]
    problem: NoSuchKernel | None = None
    for name in filter(None, names):
        try:
            return find_kernelspec(name)
        except NoSuchKernel as error:
            problem = error
        if name == "antiphon" and install_our_kernel():
            return find_kernelspec(name)
    raise BadInput(str(problem))


def install_our_kernel() -> bool:
    """Put our kernelspec into this environment, if it has our kernel. Says whether it could."""
    command = [str(Path(sys.executable).parent / "antiphon-kernelspec"), "install", "--sys-prefix"]
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def choose_output(notebook: Path, asked: Path | None) -> Path:
    """Where the executed notebook goes. Raises `BadInput` for what could not be written to in the end."""
    output = asked or notebook.with_suffix(".executed.ipynb")
    if output.is_dir():
        raise BadInput(f"{output}: a folder, where the executed notebook is to be written")
    if not os.access(output.parent, os.W_OK):
        raise BadInput(f"{output.parent}: no folder that can be written to")
    return output


def code_cells(notebook: Any) -> Iterator[tuple[int, Any]]:
    """The cells to run with their numbers, from 1."""
    cells = (cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip())
    return enumerate(cells, 1)


class Run:
    """One notebook on one kernel. What has run so far is in the notebook after `keep`."""

    def __init__(self, notebook: Any, view: TerminalView, timeout: float | None, stop_on_error: bool) -> None:
        self._notebook = notebook
        self._view = view
        self._timeout = timeout
        self._stop_on_error = stop_on_error
        self._outputs: list[tuple[Any, list[Output]]] = []
        self._shown: dict[str, list[Output]] = {}
        self._interrupting: asyncio.Future[None] | None = None
        self.failure: Failure | None = None

    async def on(self, manager: KernelManager) -> None:
        """Run all cells. How it ended is in `failure`."""
        number: int | None = None
        try:
            info = await manager.ready()
            self._notebook.metadata["language_info"] = info.language_info
            async with manager.client() as client:
                await client.ready()
                with self._listening_to_ctrl_c(manager):
                    for cell in self._notebook.cells:
                        if cell.cell_type == "markdown":
                            self._view.markdown(cell.source)
                        elif cell.cell_type == "code" and cell.source.strip():
                            number = (number or 0) + 1
                            if not await self._cell(client, number, cell):
                                return
        except (KernelDied, ProtocolError, TimeoutError) as error:
            self.failure = Failure(number, first_line(error))

    def keep(self) -> None:
        """Put the outputs into the notebook: at the end, since a display may be updated by any later cell."""
        for cell, outputs in self._outputs:
            cell.outputs = [nbformat.from_dict(output) for output in outputs]

    @contextmanager
    def _listening_to_ctrl_c(self, manager: KernelManager) -> Iterator[None]:
        """The first Ctrl-C interrupts the cell, which may still end in its own way; the next one ends the run."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def pressed() -> None:
            if self._interrupting is None:
                self._interrupting = asyncio.ensure_future(manager.interrupt())
            else:
                task.cancel()

        loop.add_signal_handler(signal.SIGINT, pressed)
        try:
            yield
        except asyncio.CancelledError:
            pass
        finally:
            loop.remove_signal_handler(signal.SIGINT)
        if self._interrupting is not None:
            self.failure = self.failure or Failure(None, "interrupted")

    async def _cell(self, client: KernelClient, number: int, cell: Any) -> bool:
        """Run one cell. Says whether to go on."""
        self._view.begin(number, cell.source)
        cell.execution_count = None
        outputs: list[Output] = []
        self._outputs.append((cell, outputs))
        folded = CellOutputs(outputs, self._shown)
        try:
            async with asyncio.timeout(self._timeout):
                execution = client.execute(
                    cell.source, stop_on_error=False, on_input=self._view.ask if sys.stdin.isatty() else None
                )
                async for message in execution:
                    output = folded.fold(message.content)
                    if output is not None:
                        self._view.output(output)
                reply = await execution.done()
        except TimeoutError:
            self.failure = Failure(number, f"no end after {self._timeout:g} s")
            return False
        finally:
            for data in folded.updated.values():
                self._view.updated(data)
            self._view.end()
        cell.execution_count = reply.execution_count
        if reply.status != "ok" and "raises-exception" not in cell.metadata.get("tags", ()):
            self.failure = self.failure or Failure(number, f"{reply.ename}: {reply.evalue}".rstrip(": "))
        return self._interrupting is None and not (self.failure is not None and self._stop_on_error)


async def run_notebook(notebook: Any, spec: KernelSpec, run: Run, folder: Path) -> None:
    """Start the kernel in the notebook's folder and run it there."""
    async with KernelManager(spec, cwd=folder) as manager:
        await run.on(manager)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--kernel", metavar="NAME", help="default: the notebook's own kernel, or antiphon")
    parser.add_argument("--output", type=Path, metavar="PATH", help="default: NAME.executed.ipynb beside it")
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="the longest a cell may take")
    parser.add_argument("--on-error", choices=("stop", "continue"), default="stop")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the cells")
    options = parser.parse_args(argv)
    try:
        notebook = read_notebook(options.notebook)
        spec = choose_kernel(notebook, options.kernel)
        output = choose_output(options.notebook, options.output)
    except BadInput as error:
        complain(str(error))
        return 2
    began = time.monotonic()
    total = sum(1 for _ in code_cells(notebook))
    with TerminalView(total, quiet=options.json) as view:
        run = Run(notebook, view, options.timeout, options.on_error == "stop")
        try:
            asyncio.run(run_notebook(notebook, spec, run, options.notebook.resolve().parent))
        except NoSuchKernel as error:  # its kernelspec is there, and its program is not
            run.failure = Failure(None, first_line(error))
        except KeyboardInterrupt:  # before the first cell
            run.failure = Failure(None, "interrupted")
        finally:
            run.keep()
            write_notebook(notebook, output)
        seconds = time.monotonic() - began
        failure = run.failure
        if failure is None:
            view.close(f"{total} cells in {seconds:.1f} s on {spec.name}: {output}", good=True)
        else:
            view.close(str(failure), good=False)
            view.close(f"what has run is in {output}", good=False)
    if options.json:
        summary = {
            "notebook": str(options.notebook),
            "output": str(output),
            "kernel": spec.name,
            "cells": total,
            "seconds": round(seconds, 3),
            "failure": None if failure is None else failure._asdict(),
        }
        print(json.dumps(summary, indent=2))
    return 0 if failure is None else 1


if __name__ == "__main__":
    sys.exit(main())
