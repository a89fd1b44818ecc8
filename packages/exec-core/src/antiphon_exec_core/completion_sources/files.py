"""File names: in strings that look like a path, behind `!`, and behind magics that take a file or folder."""

from __future__ import annotations

import os
import re

from ..expressions import Cursor
from . import Candidates

_MAGIC = re.compile(
    r"\s*%%?(cd|run|load|save|writefile|file|ls|ll|cat|mkdir|rmdir|rm|mv|cp|pycat|edit|sx|system|bash)\s"
)
_LIMIT = 1000


def files(cursor: Cursor) -> Candidates | None:
    """Entries of the folder that the typed text names; folders end with a slash."""
    shell = bool(re.match(r"\s*(?:\w+\s*=\s*)?!", cursor.line))
    magic = _MAGIC.match(cursor.line)
    if cursor.string_start is not None and not shell and magic is None:
        typed = cursor.text[cursor.string_start : cursor.position]
        if "\n" in typed:
            return None
        inside_key = cursor.brackets and cursor.text[cursor.brackets[-1]] == "[" and not re.search(r"[/\\~.]", typed)
        if inside_key:
            return None
        return _entries(typed, cursor.position, escape=False, only_folders=False)
    if not shell and magic is None:
        return None
    typed = re.split(r"""(?<!\\)[\s"'=:;|<>&]""", cursor.line)[-1]
    if magic is None and typed.startswith("!"):
        return None
    only_folders = magic is not None and magic[1] in ("cd", "rmdir")
    quoted = cursor.string_start is not None
    return _entries(typed, cursor.position, escape=not quoted, only_folders=only_folders)


def _entries(typed: str, position: int, *, escape: bool, only_folders: bool) -> Candidates | None:
    plain = typed.replace("\\ ", " ") if escape else typed
    folder, word = os.path.split(plain)
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:
            found = []
            for entry in entries:
                if not entry.name.startswith(word) or (entry.name[0] == "." and not word.startswith(".")):
                    continue
                is_folder = entry.is_dir()
                if only_folders and not is_folder:
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
