"""File names: in strings that look like a path, behind `!`, and behind magics that take a file or folder."""

from __future__ import annotations

import os
import re

from ..expressions import Cursor
from . import Candidates

_SHELL = ("ls", "ll", "lf", "lk", "ldir", "lx", "cat", "mkdir", "rmdir", "rm", "mv", "cp", "sx", "system", "bash", "sh")
_READ = ("run", "load", "loadpy", "pycat", "pfile", "more", "less", "edit", "ed")
_WRITTEN = ("save", "writefile", "file", "logstart", "notebook")
_TAKES_FILES = frozenset([*_SHELL, *_READ, *_WRITTEN, "cd", "pushd"])
_FOLDERS_ONLY = ("cd", "rmdir", "pushd", "ldir")
_SUFFIXES = {"run": (".py", ".ipy", ".ipynb")}
_LIMIT = 1000


def files(cursor: Cursor, magic: str) -> Candidates | None:
    """Entries of the folder that the typed text names; folders end with a slash. `magic` is the one being called."""
    shell = bool(re.match(r"\s*(?:\w+\s*=\s*)?!", cursor.line))
    magic = magic if magic in _TAKES_FILES else ""
    if cursor.string_start is not None and not shell and not magic:
        typed = cursor.text[cursor.string_start : cursor.position]
        if "\n" in typed:
            return None
        inside_key = cursor.brackets and cursor.text[cursor.brackets[-1]] == "[" and not re.search(r"[/\\~.]", typed)
        if inside_key:
            return None
        return _entries(typed, cursor.position, escape=False, only_folders=False)
    if not shell and not magic:
        return None
    typed = re.split(r"""(?<!\\)[\s"'=:;|<>&]""", cursor.line)[-1]
    if not magic and typed.startswith("!"):
        return None
    quoted = cursor.string_start is not None
    suffixes = _SUFFIXES.get(magic, ()) if len(cursor.line.split()) <= 2 - cursor.line[-1:].isspace() else ()
    only_folders = magic in _FOLDERS_ONLY
    return _entries(typed, cursor.position, escape=not quoted, only_folders=only_folders, suffixes=suffixes)


def _entries(
    typed: str, position: int, *, escape: bool, only_folders: bool, suffixes: tuple[str, ...] = ()
) -> Candidates | None:
    plain = typed.replace("\\ ", " ") if escape else typed
    folder, word = os.path.split(plain)
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:
            found = []
            for entry in entries:
                if not entry.name.startswith(word) or (entry.name[0] == "." and not word.startswith(".")):
                    continue
                is_folder = entry.is_dir()
                if not is_folder and (only_folders or (suffixes and not entry.name.endswith(suffixes))):
                    continue
                found.append(entry.name + ("/" if is_folder else ""))
                if len(found) >= _LIMIT:
                    break
    except (OSError, ValueError):
        return None
    before = plain[: len(plain) - len(word)]
    texts = sorted(before + name for name in found)
    if escape:
        texts = [text.replace(" ", "\\ ") for text in texts]
    return Candidates(position - len(typed), [(text, "path", "") for text in texts], exclusive=bool(texts))
