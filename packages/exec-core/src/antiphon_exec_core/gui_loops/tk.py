"""Tk: its interpreter waits for the descriptor itself; on Windows, where it cannot, in short turns."""

from __future__ import annotations

import time
import tkinter

from .waiting import wait

_TURN = 0.02


def make(name: str) -> Tk:
    return Tk()


class Tk:
    def run(self, descriptor: int | None, seconds: float | None) -> None:
        root = getattr(tkinter, "_default_root", None)
        if root is None:
            wait(descriptor, seconds)
            return
        app = root.tk
        if seconds == 0:
            while app.dooneevent(tkinter._tkinter.DONT_WAIT):  # type: ignore[attr-defined]
                pass
        elif descriptor is not None and hasattr(app, "createfilehandler"):
            self._wait_inside(root, descriptor, seconds)
        else:
            self._in_turns(app, descriptor, seconds)

    def _wait_inside(self, root: tkinter.Tk, descriptor: int, seconds: float | None) -> None:
        app, over = root.tk, False

        def end(*_: object) -> None:
            nonlocal over
            over = True

        app.createfilehandler(descriptor, tkinter.READABLE, end)
        timer = None if seconds is None else app.createtimerhandler(max(int(seconds * 1000), 1), end)
        try:
            while not over and getattr(tkinter, "_default_root", None) is root:
                app.dooneevent(0)
        finally:
            app.deletefilehandler(descriptor)
            if timer is not None:
                timer.deletetimerhandler()

    def _in_turns(self, app: object, descriptor: int | None, seconds: float | None) -> None:
        end = None if seconds is None else time.monotonic() + seconds
        while end is None or time.monotonic() < end:
            while app.dooneevent(tkinter._tkinter.DONT_WAIT):  # type: ignore[attr-defined]
                pass
            if wait(descriptor, _TURN):
                return
