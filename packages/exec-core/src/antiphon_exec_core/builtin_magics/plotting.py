"""The magic that says where figures go: matplotlib."""

from __future__ import annotations

from typing import Any

from ..errors import UsageError
from ..magic_options import read_options, unquote

_BACKENDS = {
    "agg": "agg",
    "gtk": "gtk3agg",
    "gtk3": "gtk3agg",
    "gtk4": "gtk4agg",
    "inline": "module://matplotlib_inline.backend_inline",
    "ipympl": "module://ipympl.backend_nbagg",
    "nbagg": "nbagg",
    "notebook": "nbagg",
    "osx": "macosx",
    "pdf": "pdf",
    "ps": "ps",
    "qt": "qtagg",
    "qt5": "qt5agg",
    "qt6": "qtagg",
    "svg": "svg",
    "tk": "tkagg",
    "webagg": "webagg",
    "widget": "module://ipympl.backend_nbagg",
    "wx": "wxagg",
}


_WINDOWS = ("gtk", "gtk3", "gtk4", "osx", "qt", "qt5", "qt6", "tk", "wx")  # they need their toolkit's loop


def matplotlib(line: str, gui: Any, plotting: Any = None) -> None:
    """`%matplotlib [gui]`: where figures go: inline, agg, tk, qt, widget ...; `%matplotlib -l` lists them.

    Where they have windows of their own, the toolkit's event loop is run from now on, as `%gui` does.
    """
    options, rest = read_options(line, "l", ("list",))
    if options:
        print(f"Available matplotlib backends: {sorted([*_BACKENDS, 'auto'])}")
        return
    name = unquote(rest.strip()).lower()
    if plotting is not None:
        try:
            said = plotting.enable(name or None)
        except (ImportError, ValueError, RuntimeError) as error:
            raise UsageError(f"the backend of {name!r} is not to be had here: {error}") from None
        if isinstance(said, str) and "inline" not in said:
            print(f"Using matplotlib backend: {said}")
    else:
        print(f"Using matplotlib backend: {_use(name)}")
    if name in _WINDOWS:
        gui.enable(name)
        _interactive(True)
    elif name and name != "auto":
        gui.disable()


def _use(name: str) -> str:
    """Choose a backend and return what matplotlib calls it. Raises UsageError for one that is not to be had."""
    from importlib import import_module

    try:
        library = import_module("matplotlib")
    except ModuleNotFoundError:
        raise UsageError("matplotlib is not installed here: `%pip install matplotlib`") from None
    if name and name != "auto":
        if name not in _BACKENDS and not name.startswith("module://"):
            raise UsageError(f"unknown backend {name!r}; `%matplotlib -l` lists them")
        try:
            library.use(_BACKENDS.get(name, name), force=True)
        except (ImportError, ValueError) as error:
            raise UsageError(f"the backend of {name!r} is not to be had here: {error}") from None
    return str(library.get_backend())


def _interactive(wanted: bool) -> None:
    """Let figures show themselves as they are made, and `show()` not wait for them to be closed."""
    import sys

    library = sys.modules.get("matplotlib")
    if library is not None:
        library.interactive(wanted)
