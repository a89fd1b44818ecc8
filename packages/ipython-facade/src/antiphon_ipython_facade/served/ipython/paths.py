"""Where users keep what is theirs."""

from __future__ import annotations

import os
import tempfile


def get_ipython_dir() -> str:
    """The folder of profiles and history: IPYTHONDIR, else ~/.ipython."""
    return os.path.abspath(os.path.expanduser(os.environ.get("IPYTHONDIR") or os.path.join("~", ".ipython")))


def get_ipython_cache_dir() -> str:
    """Where caches belong: numba keeps what it compiles from cells below it."""
    base = os.environ.get("XDG_CACHE_HOME")
    folder = os.path.join(base, "ipython") if base else get_ipython_dir()
    os.makedirs(folder, exist_ok=True)
    return folder


def get_ipython_package_dir() -> str:
    return os.path.dirname(os.path.abspath(__file__))


def get_ipython_module_path(module_str: str) -> str:
    """The file of a module. Raises ImportError where there is none."""
    from importlib import import_module

    return os.path.abspath(import_module(module_str).__file__ or "")


def locate_profile(profile: str = "default") -> str:
    """The folder of a profile. Raises OSError where there is none."""
    folder = os.path.join(get_ipython_dir(), f"profile_{profile}")
    if not os.path.isdir(folder):
        raise OSError(f"IPython profile {profile!r} not found: {folder}")
    return folder


def get_xdg_dir() -> str | None:
    """XDG_CONFIG_HOME where it is in use."""
    folder = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return folder if os.path.isdir(folder) else None


def _writable(folder: str) -> str:
    return folder if os.access(folder, os.W_OK) else tempfile.mkdtemp()
