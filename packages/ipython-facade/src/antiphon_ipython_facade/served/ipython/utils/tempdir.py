"""Temporary folders."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

__all__ = ["NamedFileInTemporaryDirectory", "TemporaryDirectory", "TemporaryWorkingDirectory"]


class NamedFileInTemporaryDirectory:
    """A file of that name in a folder of its own."""

    def __init__(self, filename: str, mode: str = "w+b", **options: Any) -> None:
        self._folder = TemporaryDirectory(**options)
        encoding = None if "b" in mode else "utf-8"
        self.file = open(Path(self._folder.name) / filename, mode, encoding=encoding)  # noqa: SIM115

    def __enter__(self) -> Any:
        return self.file

    def __exit__(self, *_: object) -> None:
        self.cleanup()

    def cleanup(self) -> None:
        self.file.close()
        self._folder.cleanup()


class TemporaryWorkingDirectory(TemporaryDirectory[str]):
    """A folder that is the current one inside the block."""

    def __enter__(self) -> str:
        self._former = os.getcwd()
        os.chdir(self.name)
        return super().__enter__()

    def __exit__(self, *about: Any) -> None:
        os.chdir(self._former)
        super().__exit__(*about)
