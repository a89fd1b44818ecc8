"""Leave when the process that started us has gone, where the system has no descriptor that says so."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

INTERVAL = 1.0
"""Seconds between two looks; only systems without pidfd come here."""


def watch(parent_pid: int, gone: Callable[[], object]) -> threading.Thread:
    """Call `gone` once when `parent_pid` has gone, be it our parent or, behind a wrapper, one of its parents."""
    stopped = threading.Event()
    lives = _is_ours if os.getppid() == parent_pid else _is_there

    def look() -> None:
        while lives(parent_pid):
            stopped.wait(INTERVAL)
        gone()

    thread = threading.Thread(target=look, name="antiphon-parent", daemon=True)
    thread.start()
    return thread


def _is_ours(pid: int) -> bool:
    return os.getppid() == pid


def _is_there(pid: int) -> bool:
    if os.name == "nt":  # a signal, even none, would end it there
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
