"""The first prompt, on the screen before the modules of the real one are read in.

What is typed meanwhile is not echoed and not lost: the terminal keeps it, and the real prompt, which is drawn over this
one, reads it first.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TextIO

_SGR = {"ansigreen": "32", "ansibrightgreen": "92", "bold": "1"}


def prompt_text(parts: Mapping[str, str], number: int, is_vi: bool) -> str:
    """The prompt of cell `number` as the theme's `parts` (see `theme.prompt_parts`) have it, in SGR sequences."""

    def painted(part: str, text: str) -> str:
        codes = ";".join(_SGR[word] for word in parts.get(part, "").split())
        return f"\x1b[0;{codes}m{text}" if codes else text

    mode = "[ins] " if is_vi else ""
    text = painted("prompt", f"{mode}In [") + painted("prompt.number", str(number)) + painted("prompt", "]: ")
    return text + "\x1b[0m" if "\x1b" in text else text


class EarlyPrompt:
    """Drawn when made. `give_way` is for the moment before the real one takes the terminal; until then keys wait."""

    def __init__(self, text: str, output: TextIO) -> None:
        import termios

        self._output = output
        self._before = termios.tcgetattr(0)
        quiet = termios.tcgetattr(0)
        quiet[0] &= ~(termios.ICRNL | termios.IXON)
        quiet[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
        quiet[6][termios.VMIN] = 1
        termios.tcsetattr(0, termios.TCSANOW, quiet)
        output.write(text)
        output.flush()
        self._stands = True

    def give_way(self) -> None:
        """The terminal as it was, the cursor at the beginning of the row."""
        if not self._stands:
            return
        import termios

        self._stands = False
        termios.tcsetattr(0, termios.TCSANOW, self._before)
        self._output.write("\r")
        self._output.flush()


def can_be_early() -> bool:
    """Whether there is a terminal that is one at both ends, of a kind whose modes can be set."""
    try:
        import termios  # noqa: F401
    except ImportError:  # Windows
        return False
    return sys.stdin.isatty() and sys.stdout.isatty() and sys.stdin.fileno() == 0
