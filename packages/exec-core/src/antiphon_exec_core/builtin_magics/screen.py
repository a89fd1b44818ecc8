"""`%clear`, `%cls`: an empty screen."""

from __future__ import annotations

import sys


def clear(line: str) -> None:
    """`%clear`: empty the screen; in a frontend without one, the output of this cell."""
    if sys.stdout.isatty():
        sys.stdout.write("\x1b[H\x1b[2J")
        sys.stdout.flush()
    else:
        from ..display import clear_output

        clear_output()
