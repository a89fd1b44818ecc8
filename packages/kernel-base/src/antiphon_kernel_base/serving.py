"""From a kernel class to a running process: ``serve(MyKernel)`` is the last line of a kernel's module.

The short road of every start: nothing here reads configuration or parses more than ``-f FILE``. Any other
command line goes to `app`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from antiphon_kernel_base.kernel import KernelBase
from antiphon_kernel_base.server import Server
from antiphon_wire_protocol.discovery.connection import read_connection_file


def serve(kernel: Callable[[], KernelBase], argv: list[str] | None = None) -> int:
    """Run a kernel's command line: ``-f FILE`` serves, ``install`` writes a kernelspec, ``--help`` tells more.

    Returns the exit code.
    """
    words = sys.argv[1:] if argv is None else argv
    if len(words) == 2 and words[0] == "-f":
        return serve_file(words[1], lambda server: run(server, kernel))
    from antiphon_kernel_base.app import default_argv, main
    from antiphon_kernel_base.install import command

    language = getattr(kernel, "language", "")
    name = getattr(kernel, "implementation", "") or language
    return main(
        words,
        lambda server: run(server, kernel),
        lambda options, program: command(default_argv(program), language, name, options, program),
    )


def serve_file(connection_file: str, run: Callable[[Server], int]) -> int:
    """Serve, by `run`, on the connection that a file describes. Returns the exit code."""
    try:
        connection = read_connection_file(connection_file)
    except LookupError as error:
        print(error, file=sys.stderr)
        return 2
    return run(Server(connection, connection_file=connection_file, parent_pid=parent_pid()))


def run(server: Server, kernel: Callable[[], KernelBase]) -> int:
    """Open `server`, make the kernel and serve it. Clients can connect while the kernel is made."""
    try:
        server.open()
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        made = kernel()
    except BaseException:
        server.close()
        raise
    server.serve(made)
    return 0


def parent_pid() -> int | None:
    """The process this kernel was started for, where the launcher said so (JPY_PARENT_PID)."""
    text = os.environ.get("JPY_PARENT_PID", "")
    return int(text) if text.isdigit() and int(text) > 1 else None


def leave(code: int) -> NoReturn:
    """End the process: run what was registered for its end, flush, and go.

    Taking an interpreter down object by object would only cost time, and a thread that a cell has left running
    could hold it up for ever.
    """
    import atexit

    try:
        atexit._run_exitfuncs()
        for file in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
            if file is not None:
                file.flush()
    finally:
        os._exit(code)
