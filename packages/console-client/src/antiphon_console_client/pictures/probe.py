"""The question to the terminal, put on a real one. Asked once, while nobody else reads from it."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Mapping
from typing import Any

from .terminal import QUESTION, Answers, Terminal, askable, complete, detect, read


def ask(read_fd: int, write: Callable[[str], Any], *, seconds: float = 1.0) -> Answers:
    """Write the question and wait for the last answer; no answers where there is no terminal or it keeps still.

    The terminal is in raw mode meanwhile, so that answers are neither echoed nor kept back until a newline.
    """
    try:
        import termios
        import tty

        before = termios.tcgetattr(read_fd)
    except (ImportError, OSError, ValueError):
        return Answers()
    except termios.error:
        return Answers()
    data = b""
    try:
        tty.setcbreak(read_fd, termios.TCSANOW)
        write(QUESTION)
        end = time.monotonic() + seconds
        while not complete(data) and (left := end - time.monotonic()) > 0:
            if not select.select([read_fd], [], [], left)[0]:
                break
            more = os.read(read_fd, 4096)
            if not more:
                break
            data += more
    finally:
        termios.tcsetattr(read_fd, termios.TCSANOW, before)
    return read(data)


def probe(
    read_fd: int, write_fd: int, write: Callable[[str], Any], environ: Mapping[str, str], *, colour: bool = True
) -> tuple[Terminal, bytes]:
    """What this terminal draws, and what its user typed while it was asked."""
    if not (os.isatty(read_fd) and os.isatty(write_fd)) or not askable(environ):
        return Terminal(), b""
    answers = ask(read_fd, write)
    outer = _around_tmux() if environ.get("TMUX") else ""
    return detect(environ, answers, outer=outer, cell=_cell(write_fd), colour=colour), answers.rest


def _cell(fd: int) -> tuple[int, int] | None:
    """Cell size from TIOCGWINSZ, where the terminal fills in its pixels."""
    try:
        import fcntl
        import struct
        import termios

        rows, columns, width, height = struct.unpack("4H", fcntl.ioctl(fd, termios.TIOCGWINSZ, b"\0" * 8))
    except (ImportError, OSError):
        return None
    if not (rows and columns and width >= columns and height >= rows):
        return None
    return width // columns, height // rows


def _around_tmux() -> str:
    """TERM of the terminal that tmux is shown in, where tmux hands sequences through to it."""
    import subprocess

    question = "#{client_termname} #{allow-passthrough}"
    try:
        done = subprocess.run(
            ["tmux", "display-message", "-p", question], capture_output=True, text=True, timeout=2, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    name, _, allowed = done.stdout.strip().partition(" ")
    return name if allowed in ("on", "all") else ""
