"""Waiting for a descriptor alone: for a toolkit that has no window yet, and between two turns of one."""

from __future__ import annotations

import select
import time


def wait(descriptor: int | None, seconds: float | None) -> bool:
    """Wait until the descriptor can be read; False when the time is over before."""
    if descriptor is None:
        time.sleep(seconds or 0)
        return False
    return bool(select.select([descriptor], [], [], seconds)[0])
