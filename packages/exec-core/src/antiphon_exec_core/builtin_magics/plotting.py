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


def matplotlib(line: str, plotting: Any = None) -> None:
    """`%matplotlib [gui]`: where figures go: inline, agg, tk, qt, widget ...; `%matplotlib -l` lists them."""
    options, rest = read_options(line, "l", ("list",))
    if options:
        print(f"Available matplotlib backends: {sorted([*_BACKENDS, 'auto'])}")
        return
    gui = unquote(rest.strip()).lower()
    if plotting is not None:
        said = plotting.enable(gui or None)
        if isinstance(said, str) and "inline" not in said:
            print(f"Using matplotlib backend: {said}")
        return
    try:
        from importlib import import_module

        library = import_module("matplotlib")
    except ModuleNotFoundError:
        raise UsageError("matplotlib is not installed here: `%pip install matplotlib`") from None
    if gui and gui != "auto":
        if gui not in _BACKENDS and not gui.startswith("module://"):
            raise UsageError(f"unknown backend {gui!r}; `%matplotlib -l` lists them")
        try:
            library.use(_BACKENDS.get(gui, gui), force=True)
        except (ImportError, ValueError) as error:
            raise UsageError(f"the backend of {gui!r} is not to be had here: {error}") from None
    print(f"Using matplotlib backend: {library.get_backend()}")
