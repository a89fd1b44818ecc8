"""The configuration that `get_ipython().config` shows. Only this, and what is served, imports traitlets."""

from __future__ import annotations

from traitlets.config.loader import Config


def configuration(flavour: str) -> Config:
    """An empty one; in a kernel it has the section by which libraries tell that it is one."""
    return Config({"IPKernelApp": {}} if flavour == "kernel" else {})
