"""The command line of a kernel, in full: serve with options, or install a kernelspec."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from antiphon_kernel_base.server import Server
from antiphon_kernel_base.serving import parent_pid, serve_file
from antiphon_wire_protocol.discovery.connection import CHANNELS, ConnectionInfo, write_connection_file
from antiphon_wire_protocol.discovery.paths import connection_file_path


def main(
    argv: list[str], run: Callable[[Server], int], install: Callable[[list[str], str], int], *, also: str = ""
) -> int:
    """Parse `argv`; `run` serves a kernel, `install(options, program)` writes its kernelspec.

    `also` is a further example for the help, with ``{program}`` in it.

    Returns the exit code: 0, 1 for what failed, 2 for a command line or a connection file that cannot be read.
    """
    program = program_name()
    if argv[:1] == ["install"]:
        return install(argv[1:], program)
    parser = argparse.ArgumentParser(
        prog=program,
        description="A Jupyter kernel. Frontends start it with -f; by hand, it prints how to attach.",
        epilog=f"examples:\n  {program} install --user\n  {program} --ip 127.0.0.1 --connection-file /tmp/my.json"
        + (f"\n  {also.format(program=program)}" if also else ""),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-f", "--connection-file", metavar="FILE", help="serve on the connection this file describes")
    parser.add_argument("--ip", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--transport", choices=("tcp", "ipc"), default="tcp")
    for channel in CHANNELS:
        parser.add_argument(f"--{channel}", type=int, default=0, metavar="PORT", help=f"{channel} port (default: any)")
    options = parser.parse_args(argv)
    file = options.connection_file
    if file is not None and os.path.exists(file):
        return serve_file(file, run)
    if file is None:
        file = connection_file_path(str(os.getpid()))
    info = ConnectionInfo(
        transport=options.transport,
        ip=os.path.splitext(file)[0] + "-ipc" if options.transport == "ipc" else options.ip,
        key=os.urandom(32).hex(),
        **{f"{channel}_port": getattr(options, channel) for channel in CHANNELS},
    )
    try:
        write_connection_file(file, info)
    except OSError as error:
        print(f"connection file {file}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"To attach: jupyter console --existing {os.path.basename(file)}", file=sys.stderr)
    try:
        return run(Server(info, connection_file=file, parent_pid=parent_pid()))
    finally:
        os.unlink(file)


def program_name() -> str:
    """How this process was started, as its user would type it."""
    spec = sys.modules["__main__"].__spec__
    return sys.argv[0] if spec is None else f"python -m {spec.name.removesuffix('.__main__')}"


def default_argv(program: str) -> list[str]:
    """How a frontend starts this kernel again."""
    words = program.split()
    if words[:2] == ["python", "-m"]:
        return [sys.executable, *words[1:], "-f", "{connection_file}"]
    return [sys.executable, os.path.abspath(sys.argv[0]), "-f", "{connection_file}"]
