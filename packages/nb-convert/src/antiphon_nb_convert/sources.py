"""Which notebooks are meant: files, folders and patterns on a command line; and where their results go."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from .errors import ConversionError

SUFFIX = ".ipynb"
_SKIPPED = {".ipynb_checkpoints", ".git", "node_modules", "__pycache__", ".venv"}


class Source(NamedTuple):
    """A notebook file, and the folder that was named when it was found: its place below that is kept."""

    path: Path
    base: Path


class Target(NamedTuple):
    """Where a result is written: `folder` / `name` + the extension that the exporter decides."""

    folder: Path
    name: str

    def path(self, extension: str) -> Path:
        """The file."""
        return self.folder / f"{self.name}{extension}"


def found(words: Sequence[str], recursive: bool = False) -> list[Source]:
    """The notebooks that these paths and patterns mean, each once, in their order.

    A folder means all notebooks below it. A path without its ending is taken with it, as nbconvert does. Raises
    `ConversionError` for a word that means nothing.
    """
    sources: dict[Path, Source] = {}
    for word in words:
        for source in _meant(word, recursive):
            sources.setdefault(source.path.absolute(), source)
    return list(sources.values())


def _meant(word: str, recursive: bool) -> Iterable[Source]:
    path = Path(word)
    if path.is_dir():
        below = sorted(_below(path))
        if not below:
            raise ConversionError(f"{word}: no notebooks below this folder")
        return [Source(each, path) for each in below]
    if path.exists():
        return [Source(path, path.parent)]
    with_suffix = Path(f"{word}{SUFFIX}")
    if with_suffix.is_file():
        return [Source(with_suffix, with_suffix.parent)]
    matches = sorted(Path(each) for each in glob.glob(word, recursive=recursive or "**" in word))
    if not matches:
        raise ConversionError(f"{word}: no such file, and no file of this pattern")
    found: list[Source] = []
    for match in matches:
        if match.is_dir():
            found += [Source(each, match) for each in sorted(_below(match))]
        elif match.suffix == SUFFIX or not glob.has_magic(Path(word).name):
            found.append(Source(match, match.parent))
    if not found:
        raise ConversionError(f"{word}: no notebooks among the files of this pattern")
    return found


def _below(folder: Path) -> Iterable[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        yield from (Path(root) / name for name in files if name.endswith(SUFFIX))


def target(source: Source, output: str = "", output_dir: str = "") -> Target:
    """Where the result of a notebook goes: beside it, or in `output_dir` at the same place below its base.

    `output` is the name of the result, `{notebook_name}` in it that of the notebook; it may have folders.
    """
    name = output.replace("{notebook_name}", source.path.stem) if output else source.path.stem
    if output_dir:
        folder = Path(output_dir) / os.path.relpath(source.path.parent, source.base)
    else:
        folder = source.path.parent if not os.path.dirname(name) else Path()
    return Target(folder / os.path.dirname(name), os.path.basename(name))


class Rewriter(NamedTuple):
    """Called with the address of a link: one to a notebook that is converted too becomes one to its result.

    `targets`: absolute path of a notebook to that of its result.
    """

    base: Path
    folder: Path
    targets: Mapping[Path, Path]

    def __call__(self, url: str) -> str:
        path, sign, fragment = url.partition("#")
        if not path.endswith(SUFFIX) or "?" in path:
            return url
        meant = Path(os.path.normpath(self.base.absolute() / unquote(path)))
        result = self.targets.get(meant)
        if result is None:
            return url
        return quote(Path(os.path.relpath(result, self.folder.absolute())).as_posix()) + sign + fragment
