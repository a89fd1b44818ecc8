"""The command line of a kernel, in full: serve with options, or install a kernelspec."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from antiphon_kernel_base.install import install, kernel_json
from antiphon_kernel_base.kernel import KernelBase
from antiphon_kernel_base.server import Server
from antiphon_kernel_base.serving import parent_pid, run, serve_file
from antiphon_wire_protocol.discovery.connection import CHANNELS, ConnectionInfo, write_connection_file


def main(kernel: Callable[[], KernelBase], argv: list[str]) -> int:
    """Parse `argv` and act. Returns the exit code: 0, 1 for what failed, 2 for a command line that cannot be read."""
    module = sys.modules["__main__"].__spec__
    program = f"python -m {module.name.removesuffix('.__main__')}" if module is not None else sys.argv[0]
    if argv[:1] == ["install"]:
        return install_command(kernel, argv[1:], program, default_argv(program))
    parser = argparse.ArgumentParser(
        prog=program,
        description="A Jupyter kernel. Frontends start it with -f; by hand, it prints how to attach.",
        epilog=f"examples:\n  {program} install --user\n  {program} --ip 127.0.0.1 --connection-file /tmp/my.json",
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
        return serve_file(kernel, file)
    from jupyter_core.paths import jupyter_runtime_dir

    if file is None:
        os.makedirs(jupyter_runtime_dir(), mode=0o700, exist_ok=True)
        file = os.path.join(jupyter_runtime_dir(), f"kernel-{os.getpid()}.json")
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
        return run(Server(info, connection_file=file, parent_pid=parent_pid()), kernel)
    finally:
        os.unlink(file)


def default_argv(program: str) -> list[str]:
    """How a frontend starts this kernel again."""
    words = program.split()
    if words[:2] == ["python", "-m"]:
        return [sys.executable, *words[1:], "-f", "{connection_file}"]
    return [sys.executable, os.path.abspath(sys.argv[0]), "-f", "{connection_file}"]


def install_command(kernel: Callable[[], KernelBase], argv: list[str], program: str, kernel_argv: list[str]) -> int:
    """``install``: write a kernelspec. Returns the exit code."""
    language = getattr(kernel, "language", "")
    parser = argparse.ArgumentParser(prog=f"{program} install", description="Install a kernelspec, so that Jupyter finds this kernel.")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--user", action="store_true", help="for this user")
    where.add_argument("--sys-prefix", action="store_true", help="in this environment (default)")
    where.add_argument("--prefix", metavar="PATH", help="in the environment at PATH")
    parser.add_argument("--name", default=getattr(kernel, "implementation", "") or language, help="name (default: %(default)s)")
    parser.add_argument("--display-name", metavar="TEXT")
    options = parser.parse_args(argv)
    spec = kernel_json(kernel_argv, options.display_name or options.name, language)
    try:
        folder = install(options.name, spec, user=options.user, prefix=options.prefix)
    except OSError as error:
        print(f"{error.filename or options.name}: {error.strerror or error}", file=sys.stderr)
        return 1
    print(f"Installed kernelspec {options.name} in {folder}")
    return 0
