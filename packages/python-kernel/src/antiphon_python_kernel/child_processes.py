"""Lets `multiprocessing` start processes from cells: what a cell defines goes along, and no file is re-run there.

Installed when multiprocessing is imported, and in the processes that were sent something. What has a name in
`__main__` is sent by value only while there are processes that were started afresh ("spawn", "forkserver"): a fork has
inherited it, and is sent the name as ever. cloudpickle is imported when the first such object is met.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from multiprocessing import process
from multiprocessing.context import get_spawning_popen
from multiprocessing.reduction import ForkingPickler
from types import FunctionType, ModuleType
from typing import Any

AFRESH = ("spawn", "forkserver")
CACHED = type(lru_cache(lambda: None))

_cells: ModuleType | None = None  # the cells' `__main__`; None in a process that has none, nor was forked from one
_origin = 0  # id of the process that runs the cells


def install(cells: ModuleType | None = None) -> None:
    """Send what is defined in `cells`, the user's `__main__`. Without it: in a process that was started from there."""
    global _cells, _origin
    if cells is not None:
        _cells, _origin = cells, os.getpid()
    ForkingPickler.reducer_override = _reduced  # type: ignore[method-assign, assignment, unused-ignore]


def install_preparation() -> None:
    """No file is run as `__main__` in a new process, also where a cell has set `__file__`."""
    from multiprocessing import spawn

    standard = spawn.get_preparation_data

    def get_preparation_data(name: str) -> dict[str, Any]:
        data: dict[str, Any] = standard(name)
        if _cells is not None and sys.modules["__main__"] is _cells:
            data.pop("init_main_from_path", None)
            data.pop("init_main_from_name", None)
        return data

    spawn.get_preparation_data = get_preparation_data


def is_origin() -> bool:
    """Does this process run the cells?"""
    return os.getpid() == _origin


def is_of_main(obj: Any) -> bool:
    """Is it a function, a class or a cached function of `__main__`?"""
    return isinstance(obj, (FunctionType, type, CACHED)) and getattr(obj, "__module__", None) == "__main__"


def named(path: str) -> Any:
    """What `__main__` gives for a qualified name; None when it gives nothing."""
    found: Any = sys.modules["__main__"]
    for name in path.split("."):
        found = getattr(found, name, None)
    return found


def _reduced(pickler: ForkingPickler, obj: Any) -> Any:
    """`ForkingPickler.reducer_override`: called for each object that is not a plain value."""
    if not is_of_main(obj) or (_cells is not None and sys.modules["__main__"] is not _cells):
        return NotImplemented
    if named(obj.__qualname__) is obj and not _has_fresh_processes():
        return NotImplemented
    from antiphon_python_kernel.shipments import packed, received

    return received, (packed(obj),)


def _has_fresh_processes() -> bool:
    starting: Any = get_spawning_popen()
    if starting is not None:
        return getattr(starting, "method", "") in AFRESH
    children: Any = process._children  # type: ignore[attr-defined]
    return any(getattr(child._popen, "method", "") in AFRESH for child in tuple(children))
