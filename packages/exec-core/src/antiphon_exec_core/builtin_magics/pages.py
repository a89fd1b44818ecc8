"""Files in the pager: pycat, less, more, man."""

from __future__ import annotations

import os
import subprocess
from typing import Any

from ..errors import UsageError
from ..magic_options import unquote
from .sources import find_code


def pycat(line: str, history: Any, namespace: Any, page: Any, settings: Any) -> None:
    """`%pycat file|url|range|name`: Python code in the pager, coloured."""
    if not line.strip():
        raise UsageError("Missing filename, URL, input history range, or macro.")
    try:
        text = find_code(line, history, namespace)
    except (ValueError, OSError) as error:
        print(f"Error: no such file or variable: {error}")
        return
    if settings.current.colour:
        from ..inspector import highlight

        text = highlight(text)
    page(text)


def less(line: str, page: Any) -> None:
    """`%less file`: a file in the pager."""
    path = os.path.expanduser(unquote(line.strip()))
    if not path:
        raise UsageError("Missing filename.")
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            page(file.read())
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None


def man(line: str, page: Any) -> None:
    """`%man topic`: a page of the manual in the pager."""
    if not line.strip():
        raise UsageError("What manual page do you want?")
    try:
        done = subprocess.run(
            ["man", *line.split()],
            capture_output=True,
            text=True,
            errors="replace",
            env={**os.environ, "MANPAGER": "cat", "PAGER": "cat"},
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except FileNotFoundError:
        raise UsageError("there is no program `man` here") from None
    if done.returncode:
        raise UsageError(done.stderr.strip() or f"No manual entry for {line.strip()}")
    page(done.stdout)
