"""Cocoa, by ctypes: the events of the application are taken one by one, in short turns."""

from __future__ import annotations

import ctypes
import ctypes.util
import sys
import time
from typing import Any

from .waiting import wait

_TURN = 0.02
_ANY = 0xFFFFFFFFFFFFFFFF  # NSEventMaskAny


def make(name: str) -> Osx:
    return Osx()


class Osx:
    """Raises ImportError anywhere but on macOS."""

    def __init__(self) -> None:
        platform = sys.platform
        if platform != "darwin":
            raise ImportError("Cocoa is of macOS only")
        self._objc = ctypes.cdll.LoadLibrary(ctypes.util.find_library("objc") or "libobjc.dylib")
        ctypes.cdll.LoadLibrary(ctypes.util.find_library("AppKit") or "AppKit")
        for function in (self._objc.objc_getClass, self._objc.sel_registerName):
            function.restype, function.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
        self._app = self._send(self._objc.objc_getClass(b"NSApplication"), "sharedApplication")
        text = self._objc.objc_getClass(b"NSString")
        self._mode = self._send(text, "stringWithUTF8String:", (ctypes.c_char_p, b"kCFRunLoopDefaultMode"))
        self._send(self._mode, "retain")

    def _send(self, target: Any, name: str, *arguments: tuple[Any, Any]) -> Any:
        types = [ctypes.c_void_p, ctypes.c_void_p, *(kind for kind, _ in arguments)]
        send = ctypes.CFUNCTYPE(ctypes.c_void_p, *types)(("objc_msgSend", self._objc))
        return send(target, self._objc.sel_registerName(name.encode()), *(value for _, value in arguments))

    def run(self, descriptor: int | None, seconds: float | None) -> None:
        end = None if seconds is None else time.monotonic() + seconds
        while True:
            while event := self._next_event():
                self._send(self._app, "sendEvent:", (ctypes.c_void_p, event))
            self._send(self._app, "updateWindows")
            if (end is not None and time.monotonic() >= end) or wait(descriptor, _TURN):
                return

    def _next_event(self) -> Any:
        return self._send(
            self._app,
            "nextEventMatchingMask:untilDate:inMode:dequeue:",
            (ctypes.c_ulonglong, _ANY),
            (ctypes.c_void_p, None),
            (ctypes.c_void_p, self._mode),
            (ctypes.c_bool, True),
        )
