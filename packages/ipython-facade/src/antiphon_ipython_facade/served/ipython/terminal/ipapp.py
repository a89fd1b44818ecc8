"""Who starts a terminal session."""

from __future__ import annotations

from typing import Any

from IPython.core.application import BaseIPythonApplication


class TerminalIPythonApp(BaseIPythonApplication):
    """Named for who tests for it."""


def load_default_config(ipython_dir: str | None = None) -> Any:
    """The configuration of the default profile."""
    from traitlets.config.loader import Config

    return Config()


def launch_new_instance(argv: list[str] | None = None, user_ns: dict[str, Any] | None = None, **_: Any) -> int:
    """Open a shell in a process of its own, on this terminal; its exit code."""
    import subprocess
    import sys

    if user_ns:
        raise NotImplementedError("names cannot be handed to a shell in another process; IPython.embed talks to them")
    return subprocess.call([sys.executable, "-m", "antiphon_console_client.shell_app", *(argv or ())])
