"""`%load_ext storemagic`: nothing is left to do, `%store` is always there."""

from __future__ import annotations


def load_extension() -> None:
    """It is loaded."""
