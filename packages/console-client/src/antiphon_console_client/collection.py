"""Garbage collection put off while what stays is made: modules, key bindings, an interpreter.

Looking for garbage among them, where there is none, is a tenth of the wait for the first prompt.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def put_off() -> Iterator[None]:
    """No collection within; one that was off before stays off."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
