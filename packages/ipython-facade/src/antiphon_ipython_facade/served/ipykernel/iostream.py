"""The streams of cells; a kernel puts the class of its own in this place."""

from __future__ import annotations

import io


class OutStream(io.TextIOBase):
    """The stand-in where no kernel runs: nothing is of this class."""
