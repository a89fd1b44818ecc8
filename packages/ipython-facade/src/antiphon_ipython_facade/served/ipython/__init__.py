"""`IPython`, as Antiphon serves it: small, since every kernel has it from the start; the rest comes when asked for."""

from __future__ import annotations

import sys
from typing import Any

from antiphon_ipython_facade.session import current_shell as _current_shell

version_info = (9, 18, 0, "")
__version__ = "9.18.0"
__license__ = "BSD-3-Clause"
__author__ = "Antiphon"
__antiphon__ = "0.1.0"  # the marker: these are not the files of IPython, but its names at the API level above

_HOMES = {
    "InteractiveShell": "IPython.core.interactiveshell",
    "display": "IPython.display",
    "embed": "IPython.terminal.embed",
    "sys_info": "IPython.utils.sysinfo",
    "extract_module_locals": "IPython.utils.frame",
    "release": "IPython.core.release",
}
_MODULES = ("core", "display", "extensions", "lib", "paths", "terminal", "testing", "utils", "release")


def get_ipython() -> Any:
    """The shell of this process; None where nothing runs cells."""
    return _current_shell()


def start_ipython(argv: list[str] | None = None, *, user_ns: dict[str, Any] | None = None, **options: Any) -> int:
    """Open a terminal shell in this process; returns when it is left."""
    from IPython.terminal.ipapp import launch_new_instance

    return int(launch_new_instance(argv=argv, user_ns=user_ns, **options) or 0)


def embed_kernel(module: Any = None, local_ns: dict[str, Any] | None = None, **options: Any) -> None:
    """Serve a kernel over the names of the caller."""
    from ipykernel.embed import embed_kernel as embed

    frame = sys._getframe(1)
    embed(module or sys.modules.get(frame.f_globals["__name__"]), local_ns or frame.f_locals, **options)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'IPython' has no attribute {name!r}")
    from importlib import import_module

    module = import_module(home)
    value = module if name in _MODULES else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
