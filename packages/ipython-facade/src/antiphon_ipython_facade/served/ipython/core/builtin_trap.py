"""Names of ours among the builtins: they are there as long as the session is."""

from __future__ import annotations

from typing import Any


class BuiltinTrap:
    def __init__(self, shell: Any = None) -> None:
        self.shell = shell

    def __enter__(self) -> BuiltinTrap:
        return self

    def __exit__(self, *_: object) -> bool:
        return False

    def activate(self) -> None:
        """They are active."""

    def deactivate(self) -> None:
        """They stay."""
