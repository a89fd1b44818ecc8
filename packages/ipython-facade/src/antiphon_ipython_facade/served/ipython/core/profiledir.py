"""The folder of a profile."""

from __future__ import annotations

import os
from typing import Any

from IPython.paths import get_ipython_dir


class ProfileDirError(Exception):
    """There is no such profile."""


class ProfileDir:
    def __init__(self, shell: Any = None, location: str | None = None, **_: Any) -> None:
        self.location = location or os.path.join(get_ipython_dir(), "profile_default")

    @property
    def startup_dir(self) -> str:
        return os.path.join(self.location, "startup")

    @property
    def security_dir(self) -> str:
        return os.path.join(self.location, "security")

    @property
    def log_dir(self) -> str:
        return os.path.join(self.location, "log")

    @classmethod
    def find_profile_dir_by_name(cls, ipython_dir: str, name: str = "default", config: Any = None) -> ProfileDir:
        """Raises ProfileDirError where there is none."""
        location = os.path.join(ipython_dir, f"profile_{name}")
        if not os.path.isdir(location):
            raise ProfileDirError(f"Profile directory not found in paths: profile_{name}")
        return cls(location=location)
