"""Interrupts reach user code and nothing else.

SIGINT raises `KeyboardInterrupt` only in frames called, however deep, by `interruptible`. Where the signal hits
is read off the stack at that moment, so there is no window, however small, in which it could break our own code:
a reply half sent, or the cell after the one that was meant. One that hits while a cell is about to start waits for it.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


_expecting = False
_pending = False


def expect() -> None:
    """A request is about to be handled: an interrupt from here on is meant for it, even before it runs user code."""
    global _expecting, _pending
    if threading.current_thread() is threading.main_thread():
        _expecting, _pending = True, False


def over() -> None:
    """The request has been handled: an interrupt that comes now is for nobody."""
    global _expecting
    if threading.current_thread() is threading.main_thread():
        _expecting = False


def interruptible(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call `function`; while it runs, SIGINT raises `KeyboardInterrupt` in it."""
    global _expecting
    _expecting = False
    if _pending:
        raise KeyboardInterrupt
    return function(*args, **kwargs)


_BOUNDARY = interruptible.__code__


def raise_in_cell(frame: FrameType | None) -> None:
    """Raise `KeyboardInterrupt` if `frame` was called by `interruptible`; keep it for a cell that is about to start."""
    global _pending
    __tracebackhide__ = "__antiphon_end__"  # a traceback ends where the signal hit
    while frame is not None:
        if frame.f_code is _BOUNDARY:
            raise KeyboardInterrupt
        frame = frame.f_back
    _pending = _expecting


def _on_sigint(signum: int, frame: FrameType | None) -> None:
    __tracebackhide__ = "__antiphon_end__"
    raise_in_cell(frame)


def install() -> None:
    """Take over SIGINT; a no-op outside the main thread, where Python allows no handlers.

    Forked children get Python's own handler back: they are no kernels. SIGTERM keeps its default on purpose. Python
    forgets a signal that reaches a forked child before its first step if there is a handler for it, and a pool that
    terminates its workers at that moment would wait for them for ever.
    """
    if threading.current_thread() is not threading.main_thread():
        return

    def give_back() -> None:
        if signal.getsignal(signal.SIGINT) is _on_sigint:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, _on_sigint)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=give_back)


def interrupt() -> None:
    """Interrupt the running cell, from any thread: the process group when we lead one, so that children stop too."""
    if os.name == "nt":
        signal.raise_signal(signal.SIGINT)
    elif os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGINT)
    else:
        # To the thread, not the process: a system call that the main thread is blocked in must return.
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
