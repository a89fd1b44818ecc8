"""Magics about the current folder: cd, pwd, dhist, pushd, popd, dirs, bookmark."""

from __future__ import annotations

import json
import os
from typing import Any

from ..errors import UsageError
from ..magic_options import read_options, unquote
from ..profile import home


def pwd(line: str) -> str:
    """`%pwd`: the current folder."""
    return os.getcwd()


def cd(line: str, namespace: Any) -> None:
    """`%cd [-q] folder`: change the current folder and print it; -q is quiet.

    No folder means home, `-` the previous one, `-3` number 3 of `%dhist`, `--foo` the last visited that has foo in it,
    -b the folder of a bookmark.
    """
    visited: list[str] = namespace.directories
    word = line.strip()
    quiet = False
    while word.startswith("-q"):
        quiet, word = True, word[2:].strip()
    if word.startswith("-b"):
        name = word[2:].strip()
        if name not in _bookmarks():
            raise UsageError(f"Bookmark '{name}' not found.  Use '%bookmark -l' to see your bookmarks.")
        word = _bookmarks()[name]
        print(f"(bookmark:{name}) -> {word}")
    elif word and not os.path.isdir(os.path.expanduser(unquote(word))) and word in _bookmarks():
        print(f"(bookmark:{word}) -> {_bookmarks()[word]}")
        word = _bookmarks()[word]
    here = os.getcwd()
    if not visited:
        visited.append(here)
    if word == "-":
        if len(visited) < 2:
            raise UsageError("No previous directory to change to.")
        target = visited[-2]
    elif word.startswith("--"):
        target = next((folder for folder in reversed(visited) if word[2:] in folder), "")
        if not target:
            raise UsageError(f"No matching directory found for '{word[2:]}'")
    elif word.startswith("-") and word[1:].isdigit():
        try:
            target = visited[int(word[1:])]
        except IndexError:
            raise UsageError("Requested directory does not exist in history.") from None
    else:
        target = os.path.expanduser(unquote(word)) if word else os.path.expanduser("~")
    try:
        os.chdir(target)
    except OSError as error:
        print(error)
    else:
        now = os.getcwd()
        if now != here or not visited:
            visited.append(now)
    if not quiet:
        print(os.getcwd())


def dhist(line: str, namespace: Any) -> None:
    """`%dhist [n] [from to]`: the folders visited, numbered for `%cd -N`."""
    visited: list[str] = namespace.directories or [os.getcwd()]
    try:
        numbers = [int(word) for word in line.split()]
    except ValueError:
        raise UsageError("%dhist expects numbers") from None
    first, last = 0, len(visited)
    if len(numbers) == 1:
        first = max(len(visited) - numbers[0], 0)
    elif len(numbers) == 2:
        first, last = numbers[0], min(numbers[1] + 1, len(visited))
    print("Directory history (kept in _dh)")
    for number in range(first, last):
        print(f"{number}: {visited[number]}")


def pushd(line: str, namespace: Any) -> list[str]:
    """`%pushd [folder]`: remember the current folder on a stack and go to another one."""
    here = os.getcwd()
    namespace.directory_stack.insert(0, here.replace(os.path.expanduser("~"), "~"))
    if line.strip():
        cd(line, namespace)
    return dirs("", namespace)


def popd(line: str, namespace: Any) -> None:
    """`%popd`: go back to the folder that was remembered last."""
    if not namespace.directory_stack:
        raise UsageError("%popd on empty stack")
    cd(namespace.directory_stack.pop(0), namespace)


def dirs(line: str, namespace: Any) -> list[str]:
    """`%dirs`: the stack of folders."""
    stack: list[str] = namespace.directory_stack
    return stack


def bookmark(line: str) -> None:
    """`%bookmark [-l] [-r] [-d name] [name [folder]]`: give a folder (the current one) a name for `%cd -b name`.

    -l lists all, -d forgets one, -r all.
    """
    options, rest = read_options(line, "lrd")
    words = rest.split(None, 1)
    marks = _bookmarks()
    if "l" in options:
        print("Current bookmarks:")
        width = max(map(len, marks), default=0)
        for name in sorted(marks):
            print(f"{name:<{width}} -> {marks[name]}")
        return
    if "r" in options:
        marks = {}
    elif "d" in options:
        if not words or words[0] not in marks:
            raise UsageError(f"%bookmark -d: Can't delete bookmark {words[0] if words else ''!r}")
        del marks[words[0]]
    elif not words:
        raise UsageError("%bookmark: You must specify the bookmark name")
    else:
        marks[words[0]] = os.path.abspath(os.path.expanduser(words[1])) if len(words) > 1 else os.getcwd()
    path = _bookmark_file()
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        json.dump(marks, file, indent=1)
    os.replace(f"{path}.new", path)


def _bookmark_file() -> str:
    return os.path.join(home(), "profile_default", "bookmarks.json")


def _bookmarks() -> dict[str, str]:
    try:
        with open(_bookmark_file(), encoding="utf-8") as file:
            marks = json.load(file)
    except (OSError, ValueError):
        return {}
    return dict(marks) if isinstance(marks, dict) else {}
