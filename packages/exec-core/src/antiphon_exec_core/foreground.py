"""A child process that has the terminal: our own standard input, output and error, and Ctrl-C.

We wait meanwhile, deaf to the keys that are signals, and have the terminal as it was afterwards, however it ended.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

_KEYS = ("SIGINT", "SIGQUIT")  # Ctrl-C and Ctrl-\ go to all who have the terminal


def run_in_foreground(
    command: str | Sequence[str], lend: Callable[[], AbstractContextManager[Any]] | None = None
) -> int:
    """Run a command (a string goes to the user's shell) and wait for it; its exit code, or minus a signal's number.

    `lend` is entered while the child runs: whoever draws on the terminal lets go of it there.
    Raises OSError for a program that cannot be started.
    """
    import subprocess

    from .processes import usable_shell

    is_text = isinstance(command, str)
    shell = os.environ.get("SHELL") if is_text and usable_shell() else None
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):
            stream.flush()
    with lend() if lend is not None else _nothing(), _kept(), _deaf():
        return subprocess.Popen(command, shell=is_text, executable=shell).wait()


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl-C is the child's. A handler that does nothing is not inherited, as an ignored signal would be."""
    former: dict[int, Any] = {}
    for name in _KEYS:
        number = getattr(signal, name, None)
        if number is not None:
            with suppress(ValueError):  # not the main thread
                former[number] = signal.signal(number, lambda *_: None)
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


@contextmanager
def _kept() -> Iterator[None]:
    """The terminal's modes, and whose it is, are afterwards what they were."""
    try:
        import termios

        before = termios.tcgetattr(0)
        was_ours = os.tcgetpgrp(0) == os.getpgrp()
    except (ImportError, OSError, termios.error):
        yield  # no terminal
        return
    try:
        yield
    finally:
        with suppress(OSError, termios.error):
            if was_ours and os.tcgetpgrp(0) != os.getpgrp():  # a shell that was killed had taken it
                former = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
                try:
                    os.tcsetpgrp(0, os.getpgrp())
                finally:
                    signal.pthread_sigmask(signal.SIG_SETMASK, former)
            if was_ours and termios.tcgetattr(0) != before:
                termios.tcsetattr(0, termios.TCSADRAIN, before)
