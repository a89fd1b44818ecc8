"""Errors of exec-core.

UsageError    a magic was called in a way it does not understand; shown as one line, not as a traceback
"""

from __future__ import annotations


class UsageError(Exception):
    """Wrong use of a magic: unknown name, bad option, missing argument. `str()` of it is what the user reads."""
