"""The user's editor: which program it is, how it is told to open a file at a line, and what is said when that fails.

The settings name it, else $VISUAL, else $EDITOR, else the first that is there of a few.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

_KNOWN = ("vi", "nano", "emacs", "editor")
_AT = {"code": "-g", "code-insiders": "-g", "codium": "-g", "cursor": "-g", "subl": "", "zed": "", "hx": ""}
"""Editors that take FILE:LINE, and the option before it; the others take +LINE FILE."""


class NotEdited(Exception):
    """Why a file was not edited, in a line."""


def command(path: str, line: int, wanted: str, environ: Mapping[str, str]) -> list[str]:
    """The words that open `path` at `line` (0: wherever). Raises `NotEdited` where no editor is known."""
    import shlex
    from shutil import which

    named = wanted or environ.get("VISUAL") or environ.get("EDITOR") or ""
    try:
        words = shlex.split(named)
    except ValueError as error:
        raise NotEdited(f"the editor {named!r} is no command: {error}") from None
    if not words:
        found = "notepad" if os.name == "nt" else next((name for name in _KNOWN if which(name)), "")
        if not found:
            raise NotEdited(
                f"there is no editor ({', '.join(_KNOWN)} were looked for): set EDITOR to the name of yours"
            )
        words = [found]
    option = _AT.get(os.path.basename(words[0]))
    if not line:
        return [*words, path]
    if option is not None:
        return [*words, *([option] if option else []), f"{path}:{line}"]
    return [*words, f"+{line}", path]


def edit(path: str, line: int, wanted: str, run: Callable[[Sequence[str]], int]) -> None:
    """Edit a file by `run(words)`, which gives the exit code. Raises `NotEdited`: then nothing is to be run either."""
    words = command(path, line, wanted, os.environ)
    try:
        code = run(words)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise NotEdited(
            f"the editor {words[0]!r} cannot be started: {reason}; set EDITOR to the name of yours"
        ) from None
    if code:
        ended = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        raise NotEdited(f"the editor {words[0]!r} {ended}: what it left is not used")


def wait_for(words: Sequence[str]) -> int:
    """Run a program that has the terminal, and leave the terminal as it was; its exit code."""
    import subprocess

    try:
        import termios

        before = termios.tcgetattr(0)
    except (ImportError, OSError, termios.error):
        return subprocess.call(words)
    try:
        return subprocess.call(words)
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)


def edit_text(text: str, suffix: str, wanted: str) -> str:
    """`text` as the user left it in the editor, without the newline at its end. Raises `NotEdited`."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="antiphon_") as folder:
        path = os.path.join(folder, f"cell{suffix}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        edit(path, 0, wanted, wait_for)
        try:
            with open(path, encoding="utf-8") as file:
                return file.read().removesuffix("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise NotEdited(f"what the editor left cannot be read: {error}") from None
