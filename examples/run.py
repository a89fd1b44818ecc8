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
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from terminal_view import TerminalView, complain

from antiphon_nb_convert.conversion import Notebook
from antiphon_nb_convert.errors import ConversionError, ExecutionError
from antiphon_nb_convert.execution import Failure, Hooks, NotebookRunner, stopped_by_signals
from antiphon_nb_convert.execution.events import CellDone, CellOutput, CellStarted, Event
from antiphon_nb_convert.execution.kernels import choose_kernel
from antiphon_nb_convert.notebook import dumps, read_file
from antiphon_nb_convert.policy import Policy
from antiphon_nb_convert.writers import files
from antiphon_wire_protocol.errors import NoSuchKernel


def chosen_kernel(notebook: Notebook, asked: str | None) -> str:
    """The kernel to run on; ours is installed where none fits and this environment has it. Raises `NoSuchKernel`."""
    try:
        return choose_kernel(notebook, asked).name
    except NoSuchKernel:
        if asked not in (None, "antiphon") or not install_our_kernel():
            raise
        return choose_kernel(notebook, asked).name


def install_our_kernel() -> bool:
    """Put our kernelspec into this environment, if it has our kernel. Says whether it could."""
    command = [str(Path(sys.executable).parent / "antiphon-kernelspec"), "install", "--sys-prefix"]
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def chosen_output(notebook: Path, asked: Path | None) -> Path:
    """Where the executed notebook goes. Raises `ConversionError` for what could not be written to in the end."""
    output = asked or notebook.with_suffix(".executed.ipynb")
    if output.is_dir():
        raise ConversionError(f"{output}: a folder, where the executed notebook is to be written")
    if not os.access(output.parent, os.W_OK):
        raise ConversionError(f"{output.parent}: no folder that can be written to")
    return output


def shown_in(view: TerminalView) -> Callable[[Event], None]:
    """A listener that shows cells and outputs; of a display that a cell has updated, what became of it in the end."""
    updated: dict[str, dict[str, Any]] = {}

    def listen(event: Event) -> None:
        match event:
            case CellStarted(number=number, source=source):
                updated.clear()
                view.begin(number, source)
            case CellOutput(kind="output", output=output):
                view.output(output)
            case CellOutput(kind="update", output=output, display_id=display_id):
                updated[display_id] = output["data"]
            case CellDone():
                for data in updated.values():
                    view.updated(data)
                view.end()

    return listen


async def run(runner: NotebookRunner) -> None:
    """Run it; Ctrl-C interrupts the cell, which may still end in its own way, and the next one ends the run."""
    with stopped_by_signals(runner.stop):
        await runner.run()


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--kernel", metavar="NAME", help="default: the notebook's own kernel, or one of its language")
    parser.add_argument("--output", type=Path, metavar="PATH", help="default: NAME.executed.ipynb beside it")
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="the longest a cell may take")
    parser.add_argument("--on-error", choices=("stop", "continue"), default="stop")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the cells")
    options = parser.parse_args(argv)
    try:
        notebook = read_file(options.notebook, Policy())
        kernel = chosen_kernel(notebook, options.kernel)
        output = chosen_output(options.notebook, options.output)
    except (ConversionError, NoSuchKernel) as error:
        complain(str(error))
        return 2
    began = time.monotonic()
    total = sum(1 for cell in notebook["cells"] if cell["cell_type"] == "code" and cell["source"].strip())
    with TerminalView(total, quiet=options.json) as view:

        def show_prose(cell: dict[str, Any], cell_index: int) -> None:
            if cell["cell_type"] == "markdown":
                view.markdown(cell["source"])

        runner = NotebookRunner(
            notebook,
            kernel=kernel,
            cwd=str(options.notebook.resolve().parent),
            timeout=options.timeout,
            on_error=options.on_error,
            hooks=Hooks(on_cell_start=show_prose),
            on_event=shown_in(view),
            on_input=view.ask if sys.stdin.isatty() else None,
        )
        failure: Failure | None = None
        try:
            asyncio.run(run(runner))
        except ExecutionError as error:  # no kernel
            failure = error.failure
        finally:
            files.write(output, dumps(runner.notebook).encode())
        failure = failure or next(iter(runner.failures), None)
        seconds = time.monotonic() - began
        if failure is None:
            view.close(f"{total} cells in {seconds:.1f} s on {kernel}: {output}", good=True)
        else:
            view.close(str(failure), good=False)
            view.close(f"what has run is in {output}", good=False)
    if options.json:
        summary = {
            "notebook": str(options.notebook),
            "output": str(output),
            "kernel": kernel,
            "cells": total,
            "seconds": round(seconds, 3),
            "failure": failure and {"cell": failure.number, "reason": failure.reason},
        }
        print(json.dumps(summary, indent=2))
    return 0 if failure is None else 1


if __name__ == "__main__":
    sys.exit(main())
