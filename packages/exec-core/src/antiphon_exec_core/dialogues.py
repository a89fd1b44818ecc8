"""What a child process reads from its pseudo-terminal is asked of the user, when it reads and not before.

On Linux the child's system calls tell whether it waits for its terminal. Elsewhere, and where that may not be looked
at, it is asked for when the last thing the child wrote looks like a question and nothing follows.
"""

from __future__ import annotations

import os
import re
import termios
import time
from collections.abc import Callable, Iterator
from typing import Any

Ask = Callable[[str, bool], str]

_QUIET = 0.05  # seconds without output before it is looked at at all
_SELECTS = 6  # looks in a row that find it waiting in `select`: some only look whether there is a key, now and then
_SILENT = 0.5  # the same, where only the output can be looked at
_END_OF_FILE = "\x04"
_QUESTION = re.compile(r"[?:>$\])][ \t]*\Z")

# Numbers of system calls that read the descriptor in their first argument, and that wait for descriptors below it.
_CALLS = {
    "x86_64": ({0, 19}, {23, 270}),
    "aarch64": ({63, 65}, {72}),
}


class Dialogue:
    """The user's side of a pseudo-terminal. `master` is its descriptor, `name` what the child calls its own end.

    `ask(prompt, password)` gives a line; EOFError, or any error of a frontend that cannot be asked, is an end of file.
    """

    def __init__(self, master: int, name: str, ask: Ask, out: Callable[[str], Any]) -> None:
        self._master = master
        self._name = name
        self._ask = ask
        self._out = out
        self._echo = ""  # what the terminal is about to repeat
        self._last = time.monotonic()
        self._tail = ""
        self._over = False
        self._selects = 0

    def heard(self, text: str) -> None:
        """Pass on what the child wrote, without the echo of an answer: the user has seen that where it was typed."""
        self.wrote(text)
        if self._echo:
            if text.startswith(self._echo[: len(text)]):
                known = min(len(text), len(self._echo))
                text, self._echo = text[known:], self._echo[known:]
            else:
                self._echo = ""
        if text:
            self._out(text)

    def wrote(self, text: str) -> None:
        """Take note of output, of whichever stream."""
        self._last = time.monotonic()
        self._tail = (self._tail + text)[-200:]

    def step(self, child: int) -> None:
        """Ask, if the child waits for an answer now. Raises KeyboardInterrupt when the user interrupts instead."""
        quiet = time.monotonic() - self._last
        if quiet < _QUIET or not self._is_waiting(child, quiet):
            return
        modes = termios.tcgetattr(self._master)[3]
        echoes, by_line = bool(modes & termios.ECHO), bool(modes & termios.ICANON)
        text = self._answer(not echoes and by_line)
        if not by_line:
            text = text.rstrip("\n") or "\n"  # it reads keys: a word, not its end
        self._tail = ""
        if echoes and text != _END_OF_FILE:
            self._echo = text
        os.write(self._master, text.encode())
        self._last = time.monotonic()

    def _answer(self, password: bool) -> str:
        if self._over:
            return _END_OF_FILE
        try:
            return self._ask("", password) + "\n"
        except EOFError:
            return _END_OF_FILE
        except Exception:  # there is nobody to ask, now or later
            self._over = True
            return _END_OF_FILE

    def _is_waiting(self, child: int, quiet: float) -> bool:
        seen = wait_for_terminal(child, self._name)
        self._selects = self._selects + 1 if seen == "select" else 0
        if seen is None:
            return quiet >= _SILENT and _QUESTION.search(self._tail) is not None
        return seen == "read" or self._selects >= _SELECTS


def wait_for_terminal(process: int, name: str) -> str | None:
    """How a process, or one that it started, waits for the terminal `name`: in a "read", a "select", or "" not at all.

    None where that is not told.
    """
    reading, selecting = _CALLS.get(os.uname().machine, (set(), set()))
    if not reading:
        return None
    told = False
    for task in _tasks(process):
        try:
            with open(f"{task}/syscall") as file:
                words = file.read().split()
        except OSError:
            continue
        told = True
        if not words[0].isdigit():  # running
            continue
        call, first = int(words[0]), int(words[1], 16)
        if call in reading:
            how, descriptor = "read", first
        elif call in selecting and first == 1:  # of descriptor 0 only
            how, descriptor = "select", 0
        else:
            continue
        try:
            if os.readlink(f"{task}/fd/{descriptor}") == name:
                return how
        except OSError:  # it has gone on
            continue
    return "" if told else None


def _tasks(process: int) -> Iterator[str]:
    """The folders in /proc of the threads of a process and of all that it started."""
    try:
        threads = os.listdir(f"/proc/{process}/task")
    except OSError:  # ended, or not Linux
        return
    for thread in threads:
        folder = f"/proc/{process}/task/{thread}"
        yield folder
        try:
            with open(f"{folder}/children") as file:
                children = file.read().split()
        except OSError:
            continue
        for child in children:
            yield from _tasks(int(child))
