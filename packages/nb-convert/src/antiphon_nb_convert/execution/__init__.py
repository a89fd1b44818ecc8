"""Notebooks executed: on kernels over the wire protocol, their messages folded into outputs; parameters put in before.

This part alone knows kernels (extra `execute`). The names are loaded when they are first asked for: parameters need
none of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .annotations import Notes as Notes
    from .annotations import with_banner as with_banner
    from .autosave import autosaved as autosaved
    from .batch import Job as Job
    from .batch import run_all as run_all
    from .blocking import BlockingNotebookRunner as BlockingNotebookRunner
    from .blocking import execute as execute
    from .blocking import execute_all as execute_all
    from .blocking import run as run
    from .hooks import Hooks as Hooks
    from .pool import KernelPool as KernelPool
    from .results import Execution as Execution
    from .results import Failure as Failure
    from .runner import NotebookRunner as NotebookRunner
    from .settings import ExecutionSettings as ExecutionSettings
    from .stopping import stopped_by_signals as stopped_by_signals

_homes = {
    "BlockingNotebookRunner": "blocking",
    "Execution": "results",
    "ExecutionSettings": "settings",
    "Failure": "results",
    "Hooks": "hooks",
    "Job": "batch",
    "KernelPool": "pool",
    "NotebookRunner": "runner",
    "Notes": "annotations",
    "autosaved": "autosave",
    "execute": "blocking",
    "execute_all": "blocking",
    "run": "blocking",
    "run_all": "batch",
    "stopped_by_signals": "stopping",
    "with_banner": "annotations",
}
__all__ = list(_homes)


def __getattr__(name: str) -> object:
    home = _homes.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return value


def __dir__() -> list[str]:
    return [*globals(), *_homes]
