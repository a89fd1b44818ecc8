"""`ip.inspector`: what is known of an object."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any


@dataclass
class OInfo:
    """A name looked up."""

    ismagic: bool
    isalias: bool
    found: bool
    namespace: str | None
    parent: Any
    obj: Any

    def get(self, field: str) -> Any:
        return getattr(self, field)

    def __getitem__(self, field: str) -> Any:
        return getattr(self, field)


def getdoc(obj: Any) -> str | None:
    """The docstring, or what `getdoc()` of the object says."""
    try:
        own = obj.getdoc()
    except Exception:
        own = None
    return own if isinstance(own, str) else inspect.getdoc(obj)


def getsource(obj: Any, oname: str = "") -> str | None:
    """The source; None where it cannot be had."""
    try:
        return inspect.getsource(inspect.unwrap(obj))
    except (OSError, TypeError):
        return None


def find_file(obj: Any) -> str | None:
    """The file an object was defined in."""
    try:
        return inspect.getabsfile(inspect.unwrap(obj))
    except TypeError:
        return None


class Inspector:
    def __init__(self, shell: Any = None, *_: Any, **__: Any) -> None:
        self.shell = shell

    def info(self, obj: Any, oname: str = "", formatter: Any = None, info: Any = None, detail_level: int = 0) -> Any:
        found = self.shell._services["inspector"].info(oname, detail_level) if self.shell and oname else None
        if found is None:
            return {"name": oname, "found": obj is not None, "docstring": getdoc(obj)}
        return {**found._asdict(), "found": True}

    def nothing(self, oname: str) -> dict[str, Any]:
        return {"name": oname, "found": False}
