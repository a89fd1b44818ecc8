"""Frames of callers."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


def extract_vars(*names: str, **keys: Any) -> dict[str, Any]:
    """Names of the caller's, by name. Raises KeyError."""
    frame = sys._getframe(keys.pop("depth", 0) + 1)
    return {name: frame.f_locals[name] for name in names}


def extract_module_locals(depth: int = 0) -> tuple[ModuleType, dict[str, Any]]:
    """`(module, local names)` of the caller."""
    frame = sys._getframe(depth + 1)
    return sys.modules[frame.f_globals["__name__"]], frame.f_locals
