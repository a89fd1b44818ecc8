"""GTK 3 and 4, by PyGObject: GLib's main loop watches the descriptor."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def make(name: str) -> Gtk:
    return Gtk({"gtk4": "4.0"}.get(name, "3.0"))


class Gtk:
    """Raises ImportError without PyGObject, ValueError without this version of GTK."""

    def __init__(self, version: str) -> None:
        gi: Any = import_module("gi")
        gi.require_version("Gtk", version)
        import_module("gi.repository.Gtk")
        self._glib: Any = import_module("gi.repository.GLib")

    def run(self, descriptor: int | None, seconds: float | None) -> None:
        glib = self._glib
        if seconds == 0:
            context = glib.MainContext.default()
            while context.pending():
                context.iteration(False)
            return
        loop, watches = glib.MainLoop(), []

        def end(*_: object) -> bool:
            loop.quit()
            return True  # taken away below: a source that takes itself away cannot be taken away again

        if descriptor is not None:
            watches.append(glib.io_add_watch(descriptor, glib.PRIORITY_DEFAULT, glib.IOCondition.IN, end))
        if seconds is not None:
            watches.append(glib.timeout_add(max(int(seconds * 1000), 1), end))
        try:
            loop.run()
        finally:
            for watch in watches:
                glib.source_remove(watch)
