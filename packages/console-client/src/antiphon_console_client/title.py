"""The title of the terminal's window: set while we are at the prompt, the former one given back at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

_WITHOUT = ("dumb", "linux", "cons25", "emacs", "vt")


class Title:
    """`form` is a format of {cwd}; an empty one leaves the title alone."""

    def __init__(self, form: str, write: Callable[[str], object], environ: Mapping[str, str]) -> None:
        has_title = not environ.get("TERM", "dumb").startswith(_WITHOUT)
        self._form = form if has_title else ""
        self._write = write
        self._shown = ""

    def show(self) -> None:
        """Write it, where it is not what it was."""
        if not self._form:
            return
        text = self._form.format(cwd=_folder())
        text = "".join(sign for sign in text if sign.isprintable())
        if text != self._shown:
            keep = "" if self._shown else "\x1b[22;0t"
            self._shown = text
            self._write(f"{keep}\x1b]0;{text}\x07")

    def give_back(self) -> None:
        """The title that was there before."""
        if self._shown:
            self._shown = ""
            self._write("\x1b]0;\x07\x1b[23;0t")


def _folder() -> str:
    try:
        folder = os.getcwd()
    except OSError:  # it was removed
        return "?"
    user = os.path.expanduser("~")
    return "~" + folder.removeprefix(user) if folder == user or folder.startswith(user + os.sep) else folder
