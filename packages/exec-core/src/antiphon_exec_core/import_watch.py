"""Tells once when a module has been imported, without importing it.

A finder at the front of `sys.meta_path` waits for the named modules only and takes itself away after the last one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any


class _Loader:
    """Stands in for a module's loader for the length of one import."""

    def __init__(self, loader: Any, after: Callable[[], None]) -> None:
        self._loader = loader
        self._after = after

    def create_module(self, spec: Any) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._after()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


class ImportWatch:
    """`watch.after("asyncio", callback)` calls back when that module is complete, at once if it is already."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Callable[[], None]]] = {}

    def after(self, name: str, callback: Callable[[], None]) -> None:
        if name in sys.modules:
            callback()
            return
        self._waiting.setdefault(name, []).append(callback)
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        if name not in self._waiting:
            return None
        callbacks = self._waiting.pop(name)
        if not self._waiting:
            self.close()
        for finder in sys.meta_path:
            if finder is self:
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:

                def done() -> None:
                    for callback in callbacks:
                        callback()

                stand_in: Any = _Loader(spec.loader, done)
                spec.loader = stand_in
                return spec
        for callback in callbacks:  # there is no such module yet
            self.after(name, callback)
        return None

    def close(self) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)
