"""`Policy`: what a conversion may do, one value for the command, the server and the viewer.

Whoever reads a file, writes one or opens an address asks it first; nobody else decides.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from .errors import NotebookError, Refused


class Policy(NamedTuple):
    """The defaults are for notebooks of strangers.

    `trusted`: HTML, SVG and JavaScript of the notebook go into the result as they are. `may_fetch`: images and pages
    may be loaded from elsewhere. `roots`: folders below which files may be read. Limits: `max_bytes` of a notebook,
    `max_cells`, `max_depth` of its JSON, `max_image_bytes` of one picture, `seconds` for one conversion (0: no limit).
    """

    trusted: bool = False
    may_fetch: bool = False
    roots: tuple[str, ...] = ()
    max_bytes: int = 512 * 1024 * 1024
    max_cells: int = 200_000
    max_depth: int = 100
    max_image_bytes: int = 64 * 1024 * 1024
    seconds: float = 0.0

    def readable(self, path: str | os.PathLike[str]) -> Path:
        """The real path of a file that may be read. Raises `Refused` for one outside of `roots`, links followed."""
        real = Path(os.path.realpath(path))
        if any(real.is_relative_to(os.path.realpath(root)) for root in self.roots):
            return real
        raise Refused(f"{path}: outside of the folders that may be read")

    def check_size(self, size: int, name: str) -> None:
        """Raises `NotebookError` for a notebook of more than `max_bytes`."""
        if size > self.max_bytes:
            raise NotebookError(f"{name}: {size:,} bytes; notebooks of up to {self.max_bytes:,} are read")


def confined(path: str) -> str:
    """A relative POSIX path for a file of the result. Raises `Refused` where it would lead out of the folder."""
    parts = path.replace("\\", "/").split("/")
    kept = [part for part in parts if part not in ("", ".")]
    if not kept or path.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in path:
        raise Refused(f"{path!r}: not a file below the folder of the result")
    return "/".join(kept)
