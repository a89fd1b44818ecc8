"""`antiphon console`: a terminal on a kernel, started here or running already."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from antiphon_wire_protocol.errors import KernelDied, NoSuchKernel, ProtocolError

from .backend import Gone
from .collection import put_off
from .standard_streams import quietly

if TYPE_CHECKING:
    from .remote import Remote
    from .settings import Settings

_EXAMPLES = """\
examples:
  antiphon console                      a new Python kernel
  antiphon console --kernel ir          a new kernel of R (antiphon kernelspec list names them)
  antiphon console --existing           the kernel that was started last
  antiphon console --existing 'my*'     one by its name, a pattern, or a connection file
  antiphon console --existing --ssh me@far  the newest kernel of another machine
  antiphon console -c 'print(6 * 7)'    one cell, then leave
settings, on the command line or in ~/.jupyter/jupyter_console_config.py (or antiphon_console_config.py):
  antiphon console --ZMQTerminalInteractiveShell.editing_mode=vi
  c.ZMQTerminalInteractiveShell.image_handler = 'PIL'   a line of such a file
  c.Console.theme = 'light'
  antiphon console --help-all                           all of them
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the console; its exit code: 0, 1 where a cell given on the command line failed or there is no kernel."""
    return quietly(lambda: _main(argv))


def _main(argv: Sequence[str] | None) -> int:
    options, traits = _parser().parse_known_args(argv)
    if options.help_all:
        from .app import described

        _parser().print_help()
        print(f"\nsettings:\n{described()}")
        return 0
    logging.getLogger("antiphon_wire_protocol").addHandler(logging.NullHandler())  # nothing is drawn over the screen
    try:
        settings = _settings(options, traits)
    except ValueError as error:
        print(f"antiphon console: {error}", file=sys.stderr)
        return 2
    try:
        return _run(options, settings)
    except KeyboardInterrupt:  # while it was being started, or a password was asked for
        return 130
    except (Gone, NoSuchKernel, KernelDied, ProtocolError) as error:
        print(f"antiphon console: {'; '.join(str(error).splitlines())}", file=sys.stderr)
        return 1
    except UnicodeDecodeError as error:
        print(f"antiphon console: {options.file or 'stdin'}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"antiphon console: {error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="antiphon console",
        description="A terminal on a Jupyter kernel of any language.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--kernel", metavar="NAME", default="", help="start a kernel by the name of its kernelspec")
    which.add_argument(
        "--existing",
        metavar="NAME",
        nargs="?",
        const="",
        default=None,
        help="attach to a kernel that runs: the last one, or one by name, pattern or connection file",
    )
    parser.add_argument("--ssh", metavar="USER@HOST", default="", help="reach the kernel there, through OpenSSH")
    parser.add_argument("-c", dest="code", metavar="CODE", help="run this cell and leave")
    parser.add_argument("-i", dest="interactive", action="store_true", help="stay after -c or a file")
    parser.add_argument("file", nargs="?", help="a file to run as one cell, then leave")
    parser.add_argument("--keep", action="store_true", help="leave the kernel running at the end")
    parser.add_argument("--vi", action="store_true", help="vi keys")
    parser.add_argument("--theme", choices=("auto", "dark", "light", "none"), help="colours")
    parser.add_argument("--config", metavar="FILE", default="", help="a config file, .py or .json")
    parser.add_argument("--help-all", action="store_true", help="all settings too")
    parser.add_argument("--no-banner", dest="banner", action="store_false", help="no words at the start")
    parser.add_argument("--no-confirm-exit", dest="confirm", action="store_false", help="leave at Ctrl-D at once")
    return parser


def _run(options: argparse.Namespace, settings: Settings) -> int:
    code = options.code
    if code is None and options.file is not None:
        with open(options.file, encoding="utf-8") as file:
            code = file.read()
    backend, loop = _backend(options), asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        if code is None and not sys.stdin.isatty() and not options.interactive:
            code = sys.stdin.read()
        if code is not None and not options.interactive:
            from .batch import run_batch

            status = loop.run_until_complete(run_batch(backend, [code], keep=options.keep))
            return status
        loop.run_until_complete(backend.launch())  # it comes up while the prompt's modules are read
        with put_off():
            from .console import Console

            console = Console(backend, settings, loop, _write)
            console.open()
        return console.talk(code or "")
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def _default_kernel() -> str:
    """Ours; where it is not installed, the one that Jupyter takes for Python."""
    from antiphon_wire_protocol import find_kernelspec

    for name in ("antiphon", "python3"):
        with suppress(NoSuchKernel):
            find_kernelspec(name)
            return name
    return "antiphon"


def _backend(options: argparse.Namespace) -> Remote:
    from antiphon_wire_protocol import KernelClient, KernelManager, find_connection_file, read_connection_file

    from .remote import Remote

    if options.existing is not None or options.ssh:
        if options.ssh:
            if options.kernel:
                raise Gone("--ssh leads to a kernel that runs: it goes with --existing, not with --kernel")
            from .ssh import Tunnel

            tunnel = Tunnel(options.ssh, options.existing or "")
            return Remote(client=KernelClient(tunnel.connection), way=tunnel)
        path = find_connection_file(options.existing)
        connection = read_connection_file(path)
        if 0 in (connection.shell_port, connection.control_port, connection.iopub_port, connection.stdin_port):
            raise Gone(f"connection file {path}: it names no ports (a kernel that is starting fills them in)")
        return Remote(client=KernelClient(connection))
    backend: Remote
    manager = KernelManager(
        options.kernel or _default_kernel(), outlives_us=options.keep, on_output=lambda data: heard(data)
    )
    backend = Remote(manager=manager)
    heard = backend.keep_output.append
    return backend


def _settings(options: argparse.Namespace, words: Sequence[str]) -> Settings:
    """What config files, `--Class.trait=value` words and options ask for. Raises ValueError for what cannot be.

    A mistake in a file is told, and costs what it is in.
    """
    from .config_files import config_files
    from .settings import Settings

    for word in words:
        if not (word.startswith("--") and "." in word.partition("=")[0]):
            raise ValueError(f"unknown option {word!r}; antiphon console --help lists them")
    looks: dict[str, Any] = {}
    paths = config_files()
    if words or paths or options.config:
        from .app import changes, flags, read

        asked = flags(words)
        sections, said = read(paths, options.config)
        looks, more = changes(sections, strict=("Console", "ZMQTerminalInteractiveShell"))
        looks.update(changes(asked)[0])
        for line in (*said, *more):
            print(f"antiphon console: {line}", file=sys.stderr)
    if options.vi:
        looks["editing_mode"] = "vi"
    if options.theme:
        looks["theme"] = options.theme
    if not options.banner:
        looks["banner"] = False
    if not options.confirm:
        looks["confirm_exit"] = False
    return Settings(**{"simple": not sys.stdin.isatty(), **looks})


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
