"""`install`: serve the names, let libraries find them where they look, and give the interpreter its shell."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from . import session
from .finder import Finder, put_first, remove
from .table import ROOTS

if TYPE_CHECKING:
    from antiphon_exec_core.interpreter import Interpreter

FOUND_AT_START = {"kernel": ("IPython", "ipykernel", "ipykernel.zmqshell"), "terminal": ("IPython",)}
"""What libraries look up in `sys.modules` without importing it. These files are small on purpose."""


def install(
    interpreter: Interpreter | None = None,
    flavour: Literal["kernel", "terminal"] = "kernel",
    *,
    names: Mapping[str, Mapping[str, Any]] | None = None,
) -> None:
    """Serve `IPython.*` and `ipykernel.*` in this process from now on.

    `get_ipython()` of `interpreter` then gives a shell of this flavour: ZMQInteractiveShell in a kernel,
    TerminalInteractiveShell in a terminal. `names` are attributes, by module, that only the host has:
    `{"ipykernel.iostream": {"OutStream": ...}}`. Without an interpreter the names are served, and there is no shell.
    """
    put_first(Finder(names))
    for name in [name for name in sys.modules if name.partition(".")[0] in ROOTS]:
        del sys.modules[name]  # the real one, or what was served to a former session
    if interpreter is not None:
        made = session.Session(interpreter.services, flavour)
        session.use(made)
        interpreter.use_face(lambda _: made.shell)
        vars(builtins)["__IPYTHON__"] = True
    for name in FOUND_AT_START[flavour]:
        __import__(name)


def uninstall() -> None:
    """Take everything back: modules served, the finder, the builtins."""
    remove()
    session.use(None)
    vars(builtins).pop("__IPYTHON__", None)
    for name in [name for name in sys.modules if name.partition(".")[0] in ROOTS]:
        del sys.modules[name]
