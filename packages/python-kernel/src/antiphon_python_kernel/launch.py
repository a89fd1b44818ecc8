"""From ``-f FILE`` to a serving kernel: the composition root, and the shortest road to the first reply."""

from __future__ import annotations

import gc
import os
import sys

# Nothing that is made while starting is garbage: collecting it would only cost time.
gc.disable()

from antiphon_kernel_base.server import Server  # noqa: E402
from antiphon_kernel_base.serving import leave, serve_file  # noqa: E402

__all__ = ["leave", "main", "serve"]

ENVIRONMENT = {
    # Programs that a cell starts are told that their output is shown in colour, and is not paged.
    "TERM": "xterm-color",
    "CLICOLOR": "1",
    "FORCE_COLOR": "1",
    "CLICOLOR_FORCE": "1",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
}

VERBS = frozenset({"list", "info", "stop", "interrupt", "restart", "clean"})
"""First words that are about kernels that run; the package that knows them is not loaded by a kernel."""


def main(argv: list[str] | None = None) -> int:
    """Serve the Python kernel. Returns the exit code: 0, 1 for what failed, 2 for a bad command line."""
    words = sys.argv[1:] if argv is None else argv
    for word in [word for word in words if word.startswith("--facade=")]:
        os.environ["ANTIPHON_FACADE"] = word.partition("=")[2]
        words = [other for other in words if other != word]
    if len(words) != 2 or words[0] != "-f":
        return _command_line(words)
    return serve_file(words[1], serve)


def serve(server: Server) -> int:
    """Open the sockets, then make the interpreter: clients connect meanwhile."""
    try:
        server.open()
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    from antiphon_python_kernel.capture import install
    from antiphon_python_kernel.composition import python_kernel, user_path

    os.environ.update(ENVIRONMENT)
    server.log = install(server.add_reader)
    from antiphon_exec_core import startup
    from antiphon_exec_core.profile import KERNEL_CONFIG_NAMES

    changes, before, said = startup.prepare(os.environ.get("ANTIPHON_PROFILE", "default"), KERNEL_CONFIG_NAMES)
    for line in said:
        server.log(line)
    kernel = python_kernel(
        attach=server.mainloop.attach, leave=server.leave, connection_file=server.connection_file, changes=changes
    )
    if os.environ.get("ANTIPHON_FACADE", "on") != "off":
        from antiphon_python_kernel.facade import install as install_facade

        install_facade(kernel.interpreter)
    user_path()
    if any(before):
        from antiphon_exec_core.outputs import TerminalOutlet

        startup.run(before, kernel.interpreter, TerminalOutlet(), server.log)
    gc.freeze()
    gc.enable()
    server.serve(kernel)
    return 0


def _command_line(words: list[str]) -> int:
    if words and words[0] in VERBS:
        from antiphon_wire_protocol.manager.app import main as manager_main

        return manager_main(words)
    from antiphon_python_kernel.app import main as app_main

    gc.enable()
    return app_main(words)
