"""Load and unload: an extension is a module with a function that is called once.

Ours is `load_extension(...)`, which names its needs as parameters and receives them; `load_ipython_extension(ip)` of
existing extensions receives the face that `get_ipython()` gives to users.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .services import Services

_OWN = {
    "autoreload": "antiphon_exec_core.autoreload",
    "IPython.extensions.autoreload": "antiphon_exec_core.autoreload",
    "storemagic": "antiphon_exec_core.storemagic",
    "IPython.extensions.storemagic": "antiphon_exec_core.storemagic",
}
"""Extensions that people load by these names, and the modules of ours that they mean."""


class Extensions:
    """The loaded extensions, by module name."""

    def __init__(self, services: Services, face: Callable[[], Any]) -> None:
        self.loaded: set[str] = set()
        self._services = services
        self._face = face

    def load(self, name: str) -> str | None:
        """Import a module and let it set itself up. Returns None, "already loaded" or "no load function".

        Raises ImportError, and whatever its function raises.
        """
        if name in self.loaded:
            return "already loaded"
        from importlib import import_module

        module = import_module(_OWN.get(name, name))
        if not self._call(module, "load"):
            return "no load function"
        self.loaded.add(name)
        return None

    def unload(self, name: str) -> str | None:
        """Let an extension undo what it did. Returns None, "not loaded" or "no unload function"."""
        if name not in self.loaded:
            return "not loaded"
        if not self._call(sys.modules.get(_OWN.get(name, name)), "unload"):
            return "no unload function"
        self.loaded.discard(name)
        return None

    def reload(self, name: str) -> str | None:
        """Unload, import again, load; as `load` if it was not loaded."""
        if name in _OWN or (name not in self.loaded and name not in sys.modules):
            self.unload(name)
            return self.load(name)
        self.unload(name)
        from importlib import reload

        module = reload(sys.modules[name])
        if not self._call(module, "load"):
            return "no load function"
        self.loaded.add(name)
        return None

    def _call(self, module: Any, what: str) -> bool:
        own = getattr(module, f"{what}_extension", None)
        if own is not None:
            self._services.call(own)
            return True
        theirs = getattr(module, f"{what}_ipython_extension", None)
        if theirs is None:
            return False
        theirs(self._face())
        return True
