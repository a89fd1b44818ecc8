"""`ip.extension_manager`: extensions, by module name."""

from __future__ import annotations

import sys
from typing import Any

BUILTINS_EXTS = {"storemagic": False, "autoreload": False}


class ExtensionManager:
    def __init__(self, shell: Any = None, **_: Any) -> None:
        self.shell = shell

    @property
    def _extensions(self) -> Any:
        return self.shell._services["extensions"]

    @property
    def loaded(self) -> set[str]:
        loaded: set[str] = self._extensions.loaded
        return loaded

    def load_extension(self, module_str: str) -> Any:
        return self._extensions.load(module_str)

    def unload_extension(self, module_str: str) -> Any:
        return self._extensions.unload(module_str)

    def reload_extension(self, module_str: str) -> Any:
        return self._extensions.reload(module_str) if module_str in sys.modules else self.load_extension(module_str)
