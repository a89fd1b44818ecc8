"""`sys.displayhook` during a block."""

from __future__ import annotations

import sys
from typing import Any


class DisplayTrap:
    def __init__(self, shell: Any = None, hook: Any = None) -> None:
        self.hook = hook if hook is not None else getattr(shell, "displayhook", None)
        self._former: Any = None

    def __enter__(self) -> DisplayTrap:
        self._former, sys.displayhook = sys.displayhook, self.hook
        return self

    def __exit__(self, *_: object) -> bool:
        sys.displayhook = self._former
        return False

    @property
    def is_active(self) -> bool:
        return sys.displayhook is self.hook
