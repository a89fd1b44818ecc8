"""wxPython: its loop cannot watch a descriptor, so it is run in short turns."""

from __future__ import annotations

import time
from importlib import import_module
from typing import Any

from .waiting import wait

_TURN = 0.02


def make(name: str) -> Wx:
    return Wx()


class Wx:
    def __init__(self) -> None:
        self._wx: Any = import_module("wx")
        self._app = self._wx.GetApp() or self._wx.App(redirect=False)

    def run(self, descriptor: int | None, seconds: float | None) -> None:
        loop = self._wx.GUIEventLoop()
        active = self._wx.EventLoopActivator(loop)
        end = None if seconds is None else time.monotonic() + seconds
        try:
            while True:
                while loop.Pending():
                    loop.Dispatch()
                self._app.ProcessIdle()
                if (end is not None and time.monotonic() >= end) or wait(descriptor, _TURN):
                    return
        finally:
            del active
