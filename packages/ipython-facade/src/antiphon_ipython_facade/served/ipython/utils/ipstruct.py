"""A dictionary whose items are attributes."""

from __future__ import annotations

from typing import Any


class Struct(dict[str, Any]):
    """Items and attributes are the same."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def merge(self, __loc_data__: Any = None, **keys: Any) -> None:
        """Take over what is not there yet; what is stays."""
        for name, value in {**(__loc_data__ or {}), **keys}.items():
            self.setdefault(name, value)

    def hasattr(self, name: str) -> bool:
        return name in self

    def dict(self) -> Struct:
        return self

    def copy(self) -> Struct:
        return Struct(self)
