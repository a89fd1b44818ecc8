"""Standard streams that were closed, or whose reader has gone: `antiphon -c … | head -1` ends quietly, as others do."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable

READER_GONE = 141  # what a shell reports of a program that SIGPIPE ended


def quietly(run: Callable[[], int]) -> int:
    """The exit code of `run()`, with streams to write to; `READER_GONE` where nobody reads stdout any more."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115  # for good
    try:
        code = run()
        sys.stdout.flush()
    except BrokenPipeError:
        if not is_reader_gone():
            raise
    else:
        if code == 0 or not is_reader_gone():
            return code
    _write_nowhere()
    return READER_GONE


def is_reader_gone(descriptor: int = 1) -> bool:
    """Whether a pipe has nobody at its other end."""
    if not hasattr(select, "poll"):
        return False
    poller = select.poll()
    poller.register(descriptor, 0)
    return any(event & select.POLLERR for _, event in poller.poll(0))


def _write_nowhere() -> None:
    """What is left in buffers goes nowhere, instead of failing once more at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
