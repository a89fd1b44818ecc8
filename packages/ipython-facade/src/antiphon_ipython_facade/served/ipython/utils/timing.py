"""Time that a process took."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def clock() -> float:
    """Seconds of processor time."""
    return time.process_time()


clocku = clocks = clock


def clock2() -> tuple[float, float]:
    """`(user, system)` seconds."""
    import os

    times = os.times()
    return times.user, times.system


def timings_out(reps: int, func: Callable[..., Any], *args: Any, **kw: Any) -> tuple[float, float, Any]:
    """`(total seconds, seconds each, last value)` of so many calls."""
    start = clock()
    for _ in range(max(1, int(reps))):
        out = func(*args, **kw)
    total = clock() - start
    return total, total / max(1, int(reps)), out


def timing(func: Callable[..., Any], *args: Any, **kw: Any) -> float:
    return timings_out(1, func, *args, **kw)[0]
