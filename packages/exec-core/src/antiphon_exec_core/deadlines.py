"""Call foreign code (a user's `__dir__`, `__repr__`, `_ipython_key_completions_`) without waiting for it for ever.

The call runs in a thread of its own; one that is late is left behind, since Python cannot stop it.
"""

from __future__ import annotations

import _thread
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class TooLate(Exception):  # it is a moment, not an error
    """The call did not come back in time."""


def call_within(seconds: float, function: Callable[..., T], *arguments: Any) -> T:
    """The value of `function(*arguments)`; what it raises is raised here. Raises TooLate after `seconds`."""
    done = _thread.allocate_lock()
    done.acquire()
    box: list[Any] = [None, None]

    def work() -> None:
        try:
            box[0] = function(*arguments)
        except BaseException as error:
            box[1] = error
        finally:
            done.release()

    _thread.start_new_thread(work, ())
    if not done.acquire(timeout=seconds):
        raise TooLate(f"{getattr(function, '__qualname__', function)!s} took longer than {seconds} s")
    if box[1] is not None:
        raise box[1]
    return box[0]  # type: ignore[no-any-return]
