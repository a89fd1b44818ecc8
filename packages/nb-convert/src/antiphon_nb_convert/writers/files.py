"""Results as files: each is written whole beside its place and moved there, so that no half of one is ever seen."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import ConversionError
from ..policy import Policy, confined


def write(path: Path, content: bytes, files: Mapping[str, bytes] | None = None) -> list[Path]:
    """Write a result and the files that go with it, these below its folder. All that was written, the result last.

    Side files come first: a result that is there has everything it shows. Raises `ConversionError`.
    """
    written = [_write(path.parent.joinpath(*confined(name).split("/")), data) for name, data in (files or {}).items()]
    return [*written, _write(path, content)]


def copy(sources: Iterable[Path], folder: Path, base: Path, policy: Policy) -> list[Path]:
    """Copy files that the notebook uses, keeping where they are relative to `base`. Raises `Refused` for others."""
    copied = []
    for source in sources:
        real = policy.readable(source)
        target = folder / os.path.relpath(source, base)
        if not target.resolve().is_relative_to(folder.resolve()):
            target = folder / source.name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if not (target.exists() and os.path.samefile(real, target)):
                shutil.copyfile(real, target)
        except OSError as error:
            raise ConversionError(f"{target}: {(error.strerror or str(error)).lower()}") from None
        copied.append(target)
    return copied


def _write(path: Path, content: bytes) -> Path:
    temporary = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(temporary, "xb") as file:
                file.write(content)
                with contextlib.suppress(FileNotFoundError):
                    os.fchmod(file.fileno(), path.stat().st_mode & 0o7777)
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConversionError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    return path
