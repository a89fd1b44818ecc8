"""The application that holds a shell."""

from __future__ import annotations

from IPython.core import release
from traitlets.config.application import Application


class BaseIPythonApplication(Application):
    """Named for who tests for it; sessions of ours are started by their own commands."""

    name = "ipython"
    version = release.version
