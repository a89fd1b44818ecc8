"""`%edit`: code in an editor; the frontend opens it."""

from __future__ import annotations

import os
import tempfile
from typing import Any

from ..errors import UsageError
from ..magic_options import read_options


def edit(line: str, history: Any, namespace: Any, payload: Any, run_code: Any) -> None:
    """`%edit [-x] [-p] [-r] [-n line] [file|range|name]`: write code in your editor, and run it when it is closed.

    -x does not run it, -n begins at that line, -p takes the file of the last time, -r what was typed as it was.
    """
    from .sources import find_code

    options, rest = read_options(line, "prxn:")
    what, number = rest.strip(), options.number("n", 0)
    if "p" in options and not what:
        what = str(namespace.user_ns.get("_last_edited", ""))
    path, text = "", ""
    if what:
        candidate = os.path.expanduser(what)
        value = namespace.user_ns.get(what)
        if os.path.isfile(candidate) or (candidate.endswith((".py", ".ipy", ".txt")) and value is None):
            path = candidate
        elif callable(value):
            path, number = _place(value, number)
        if not path:
            try:
                text = find_code(what, history, namespace, raw="r" in options)
            except (ValueError, OSError) as error:
                raise UsageError(str(error)) from None
    if not path:
        handle, path = tempfile.mkstemp(".py", "antiphon_edit_")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    elif not os.path.exists(path):
        with open(path, "w", encoding="utf-8"):
            pass
    namespace.push({"_last_edited": path}, hidden=True)
    payload.append({"source": "edit_magic", "filename": path, "line_number": number, "execute": "x" not in options})


def _place(value: Any, number: int) -> tuple[str, int]:
    """The file and line of an object; nothing for one that has none, or whose file is a cell."""
    import inspect

    try:
        path = inspect.getsourcefile(value) or ""
        first = inspect.getsourcelines(value)[1]
    except (OSError, TypeError):
        return "", number
    return (path, number or first) if os.path.isfile(path) else ("", number)
