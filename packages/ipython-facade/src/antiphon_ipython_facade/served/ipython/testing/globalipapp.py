"""One shell for a test run."""

from __future__ import annotations

from typing import Any


def get_ipython() -> Any:
    """The shell of this process, made if there is none."""
    from IPython.core.interactiveshell import InteractiveShell

    return InteractiveShell.instance()


start_ipython = get_ipython
