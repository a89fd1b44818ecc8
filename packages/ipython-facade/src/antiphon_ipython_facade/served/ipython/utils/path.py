"""Paths."""

from __future__ import annotations

import os

from IPython.paths import get_ipython_cache_dir, get_ipython_dir, get_ipython_module_path, get_ipython_package_dir

__all__ = [
    "HomeDirError",
    "ensure_dir_exists",
    "expand_path",
    "filefind",
    "get_home_dir",
    "get_ipython_cache_dir",
    "get_ipython_dir",
    "get_ipython_module_path",
    "get_ipython_package_dir",
    "get_py_filename",
]


class HomeDirError(Exception):
    """There is no home folder."""


def get_home_dir(require_writable: bool = False) -> str:
    """The user's home. Raises HomeDirError where it cannot be written to, if that is required."""
    home = os.path.realpath(os.path.expanduser("~"))
    if require_writable and not os.access(home, os.W_OK):
        raise HomeDirError(f"{home} is not a writable dir, set $HOME environment variable to override")
    return home


def ensure_dir_exists(path: str, mode: int = 0o755) -> None:
    os.makedirs(path, mode, exist_ok=True)


def expand_path(s: str) -> str:
    """With `~` and variables replaced."""
    return os.path.expandvars(os.path.expanduser(s))


def get_py_filename(name: str) -> str:
    """The name, or with .py, of a file that is there. Raises OSError."""
    path = os.path.expanduser(name)
    if os.path.isfile(path):
        return path
    if not path.endswith(".py") and os.path.isfile(path + ".py"):
        return path + ".py"
    raise OSError(f"File `{path!r}` not found.")


def filefind(filename: str, path_dirs: object = None) -> str:
    """The first such file in some folders. Raises OSError."""
    folders = [path_dirs] if isinstance(path_dirs, str) else list(path_dirs or ("",))  # type: ignore[call-overload]
    for folder in folders:
        path = expand_path(os.path.join(os.getcwd() if folder == "." else folder, filename))
        if os.path.isfile(path):
            return os.path.abspath(path)
    raise OSError(f"File {filename!r} does not exist in any of the search paths: {tuple(folders)!r}")
