"""Magics about the current folder: cd, pwd, dhist."""

from __future__ import annotations

import os
from typing import Any

from ..errors import UsageError
from ..magic_options import unquote


def pwd(line: str) -> str:
    """`%pwd`: the current folder."""
    return os.getcwd()


def cd(line: str, namespace: Any) -> None:
    """`%cd [-q] folder`: change the current folder and print it; -q is quiet.

    No folder means home, `-` the previous one, `-3` number 3 of `%dhist`, `--foo` the last visited that has foo in it.
    """
    visited: list[str] = namespace.directories
    word = line.strip()
    quiet = False
    while word.startswith("-q"):
        quiet, word = True, word[2:].strip()
    if word.startswith("-b"):
        raise UsageError(f"Bookmark '{word[2:].strip()}' not found.")
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
