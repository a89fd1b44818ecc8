"""Run a piece of Python the interactive way: `Interpreter.run(cell, outlet) -> Outcome`, and the values around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .cell import Cell, ErrorReport, Outcome
    from .errors import UsageError
    from .interpreter import Interpreter
    from .outputs import ClearOutput, Display, ErrorOutput, Outlet, Output, Result, Stream, current_outlet, use_outlet
    from .settings import Settings

_HOMES = {
    "cell": ("Cell", "ErrorReport", "Outcome"),
    "errors": ("UsageError",),
    "interpreter": ("Interpreter",),
    "outputs": (
        "ClearOutput",
        "Display",
        "ErrorOutput",
        "Outlet",
        "Output",
        "Result",
        "Stream",
        "current_outlet",
        "use_outlet",
    ),
    "settings": ("Settings",),
}

__all__ = [
    "Cell",
    "ClearOutput",
    "Display",
    "ErrorOutput",
    "ErrorReport",
    "Interpreter",
    "Outcome",
    "Outlet",
    "Output",
    "Result",
    "Settings",
    "Stream",
    "UsageError",
    "current_outlet",
    "use_outlet",
]


def __getattr__(name: str) -> Any:
    # imported when asked for: a kernel pays for what it uses only
    for module, names in _HOMES.items():
        if name in names:
            from importlib import import_module

            value = getattr(import_module(f"{__name__}.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
