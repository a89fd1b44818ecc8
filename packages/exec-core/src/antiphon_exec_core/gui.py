"""Windows that stay alive while the user thinks: the event loop of a toolkit, run wherever we wait.

Between cells a kernel waits inside the asyncio loop, which waits in its selector: that selector runs the toolkit's
loop instead, until one of its descriptors is ready. At a terminal the prompt waits, and calls `inputhook`.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Protocol

from .errors import UsageError

if TYPE_CHECKING:
    import asyncio

    from .eventloop import EventLoop

TOOLKITS = {
    "asyncio": "asyncio",
    "gtk3": "gtk",
    "gtk4": "gtk",
    "osx": "osx",
    "qt": "qt",
    "qt5": "qt",
    "qt6": "qt",
    "tk": "tk",
    "wx": "wx",
}
"""What `%gui` takes, and the module of `gui_loops` that serves it."""

_OTHER_NAMES = {"gtk": "gtk3", "macosx": "osx", "cocoa": "osx", "pyqt5": "qt5", "pyside6": "qt6", "pyqt6": "qt6"}
_REFUSED = ("glut", "pyglet", "gtk2", "qt4")
_NONE = ("", "none", "inline", "agg", "off")
_TURN = 0.02  # seconds between two looks at a toolkit, where no selector can be lent to it


class Toolkit(Protocol):
    """One toolkit. Its class is called with the name that the user gave; ImportError says that it is not here."""

    def run(self, descriptor: int | None, seconds: float | None) -> None:
        """Run the toolkit's loop until `descriptor` can be read or the time is over; 0 seconds is one turn."""
        ...


class InputContext(Protocol):
    """What prompt_toolkit gives to an input hook."""

    def fileno(self) -> int: ...

    def input_is_ready(self) -> bool: ...


class Gui:
    """The toolkit whose loop is run; `name` is what the user called it, or None."""

    def __init__(self, eventloop: EventLoop) -> None:
        self.name: str | None = None
        self.toolkit: Toolkit | None = None
        self._eventloop = eventloop
        self._lent: _Lent | None = None

    def enable(self, name: str | None = None) -> None:
        """Run the loop of this toolkit from now on; None runs none.

        Raises UsageError for one that is not known, not supported, not installed, or has no display.
        """
        name = (name or "").lower()
        name = _OTHER_NAMES.get(name, name)
        if name in _REFUSED:
            raise UsageError(f"%gui {name} is not supported: its loop cannot be run in turns; known are {_known()}")
        if name not in TOOLKITS and name not in _NONE:
            raise UsageError(f"Invalid GUI request {name!r}, valid ones are: {_known()}")
        toolkit = None if name in _NONE else self._make(name)
        self.disable()
        if toolkit is None:
            return
        self.name, self.toolkit = name, toolkit
        if name != "asyncio":
            self._lent = _Lent(self._eventloop.loop, toolkit)

    def disable(self) -> None:
        """Run no toolkit's loop; its windows stay, and stand still."""
        if self._lent is not None:
            self._lent.give_back()
        self._lent = self.toolkit = self.name = None

    def _make(self, name: str) -> Toolkit:
        if name == "asyncio":
            from .gui_loops.asyncio_loop import Asyncio

            return Asyncio(self._eventloop)
        from importlib import import_module

        if name != "osx" and sys.platform.startswith("linux") and not _has_display():
            raise UsageError(f"%gui {name} needs a display, and there is none: DISPLAY is not set")
        try:
            module = import_module(f".gui_loops.{TOOLKITS[name]}", __package__)
            toolkit: Toolkit = module.make(name)
        except (ImportError, ValueError, OSError) as error:
            raise UsageError(f"%gui {name} is not to be had here: {error}") from None
        return toolkit

    def inputhook(self, context: InputContext) -> None:
        """Run the toolkit until there is input: prompt_toolkit's `inputhook`, with or without a toolkit."""
        toolkit = self.toolkit
        while toolkit is not None and not context.input_is_ready():
            toolkit.run(context.fileno(), None)


class _Lent:
    """An asyncio loop that waits in a toolkit's loop, until it is given back."""

    def __init__(self, loop: asyncio.AbstractEventLoop, toolkit: Toolkit) -> None:
        self._loop = loop
        self._toolkit = toolkit
        self._selector = getattr(loop, "_selector", None)
        self._turn: asyncio.TimerHandle | None = None
        if hasattr(self._selector, "fileno") and hasattr(self._selector, "select"):
            loop._selector = LentSelector(self._selector, toolkit)  # type: ignore[attr-defined]
        else:  # a loop without a selector, as Windows has one: look after the toolkit in turns
            self._turn = loop.call_later(_TURN, self._next_turn)

    def _next_turn(self) -> None:
        self._turn = self._loop.call_later(_TURN, self._next_turn)
        self._toolkit.run(None, 0)

    def give_back(self) -> None:
        if self._turn is not None:
            self._turn.cancel()
        elif isinstance(getattr(self._loop, "_selector", None), LentSelector):
            self._loop._selector = self._selector  # type: ignore[attr-defined]


class LentSelector:
    """A selector that waits in a toolkit's loop: the descriptor of an epoll or kqueue can itself be waited for."""

    def __init__(self, selector: Any, toolkit: Toolkit) -> None:
        self._selector = selector
        self._toolkit = toolkit

    def select(self, timeout: float | None = None) -> Any:
        """What is ready, after `timeout` seconds at most."""
        self._toolkit.run(self._selector.fileno(), None if timeout is None else max(timeout, 0))
        return self._selector.select(0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._selector, name)


def _known() -> str:
    return ", ".join(sorted(TOOLKITS))


def _has_display() -> bool:
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
