"""Leave when the process that started us has gone, where the system has no descriptor that says so."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

INTERVAL = 1.0
"""Seconds between two looks; only systems without pidfd come here."""


def watch(parent_pid: int, gone: Callable[[], object]) -> threading.Thread:
    """Call `gone` once when our parent is no longer `parent_pid`."""
    stopped = threading.Event()

    def look() -> None:
        while os.getppid() == parent_pid:
            stopped.wait(INTERVAL)
        gone()

    thread = threading.Thread(target=look, name="antiphon-parent", daemon=True)
    thread.start()
    return thread
