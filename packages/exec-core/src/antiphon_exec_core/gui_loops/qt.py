"""Qt 5 and 6, by whichever binding is imported already, chosen by QT_API, or installed."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

_BINDINGS = {"qt6": ("PySide6", "PyQt6"), "qt5": ("PyQt5", "PySide2")}


def make(name: str) -> Qt:
    return Qt(_binding(name))


def _binding(name: str) -> str:
    """Raises ImportError when there is none."""
    known = _BINDINGS.get(name, _BINDINGS["qt6"] + _BINDINGS["qt5"])
    for binding in known:
        if f"{binding}.QtCore" in sys.modules:
            return binding
    wanted = os.environ.get("QT_API", "").lower()
    for binding in sorted(known, key=lambda one: one.lower() != wanted):
        try:
            import_module(f"{binding}.QtCore")
        except ImportError:
            continue
        return binding
    raise ImportError(f"none of {', '.join(known)} can be imported")


class Qt:
    def __init__(self, binding: str) -> None:
        self._core: Any = import_module(f"{binding}.QtCore")
        widgets: Any = import_module(f"{binding}.QtWidgets")
        self._app = self._core.QCoreApplication.instance()
        if self._app is None:
            self._app = widgets.QApplication([" "])  # kept here: Qt ends when it is collected
            self._app.setQuitOnLastWindowClosed(False)

    def run(self, descriptor: int | None, seconds: float | None) -> None:
        core = self._core
        if seconds == 0:
            self._app.processEvents()
            return
        loop = core.QEventLoop()
        notifier = timer = None
        if descriptor is not None:
            kinds = getattr(core.QSocketNotifier, "Type", core.QSocketNotifier)
            notifier = core.QSocketNotifier(descriptor, kinds.Read)
            notifier.activated.connect(lambda *_: loop.quit())
        if seconds is not None:
            timer = core.QTimer()
            timer.setSingleShot(True)
            timer.timeout.connect(loop.quit)
            timer.start(max(int(seconds * 1000), 1))
        try:
            (loop.exec if hasattr(loop, "exec") else loop.exec_)()
        finally:
            if notifier is not None:
                notifier.setEnabled(False)
            if timer is not None:
                timer.stop()
