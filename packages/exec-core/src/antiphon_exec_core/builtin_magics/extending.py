"""Magics about extensions: load_ext, unload_ext, reload_ext."""

from __future__ import annotations

from typing import Any

from ..errors import UsageError


def load_ext(line: str, extensions: Any) -> None:
    """`%load_ext module`: import a module and call its `load_ipython_extension`, or `load_extension`, function."""
    name = _name(line)
    try:
        said = extensions.load(name)
    except ModuleNotFoundError as error:
        if error.name != name.partition(".")[0] and error.name != name:
            raise
        raise ModuleNotFoundError(str(error), name=error.name) from None  # how the import looked for it tells nothing
    if said == "already loaded":
        print(f"The {name} extension is already loaded. To reload it, use:\n  %reload_ext {name}")
    elif said == "no load function":
        print(f"The {name} module is not an IPython extension.")


def unload_ext(line: str, extensions: Any) -> None:
    """`%unload_ext module`: call its `unload_ipython_extension` function."""
    name = _name(line)
    said = extensions.unload(name)
    if said == "not loaded":
        print(f"The {name} extension is not loaded.")
    elif said == "no unload function":
        print(f"The {name} extension doesn't define how to unload it.")


def reload_ext(line: str, extensions: Any) -> None:
    """`%reload_ext module`: unload it, import it again, load it."""
    name = _name(line)
    if extensions.reload(name) == "no load function":
        print(f"The {name} module is not an IPython extension.")


def _name(line: str) -> str:
    if not line.strip():
        raise UsageError("Missing module name.")
    return line.strip()
