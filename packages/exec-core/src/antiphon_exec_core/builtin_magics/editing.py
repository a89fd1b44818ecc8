"""`%edit`: code in an editor, run when it is closed.

Where the session has an editor of its own (a service `editor(path, line)`, at a terminal) all of it happens here. Else
the frontend is asked to open the file, and to run it then: the payload's `then` is the code for that, the file's own
text where there is no `then`.
"""

from __future__ import annotations

import os
import tempfile
from typing import Any, NamedTuple

from ..errors import UsageError
from ..magic_options import read_options
from .macros import Macro


class _Subject(NamedTuple):
    """What is edited: a file, from `line` on; the user's own, or one made for `text`. `macro` is the name of one."""

    path: str = ""
    line: int = 0
    text: str = ""
    macro: str = ""


def edit(line: str, history: Any, namespace: Any, payload: Any, run_code: Any, magics: Any, editor: Any = None) -> Any:
    """`%edit [-x] [-p] [-r] [-n line] [file|range|name]`: write code in your editor, and run it when it is closed.

    A range of cells, a text, or an object made in a cell is edited in a file of its own, and the text is the result;
    a file, or an object's file, is run as %run -i does; a macro is exchanged. -x does not run it, -n begins at that
    line, -p takes what was edited last, -r takes cells as they were typed and runs the text as a cell.
    """
    options, rest = read_options(line, "prxn:")
    what = rest.strip()
    if "p" in options and not what:
        kept = namespace.user_ns.get("_last_edited")
        subject = _Subject(path=str(kept)) if kept else _Subject()
    else:
        subject = _subject(what, history, namespace, "r" in options)
    is_own = bool(subject.path) and os.path.basename(subject.path).startswith(_PREFIX)
    if not subject.path:
        handle, path = tempfile.mkstemp(".py", _PREFIX)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(subject.text)
        subject, is_own = subject._replace(path=path), True
    elif not os.path.exists(subject.path):
        _make(subject.path)
    at = options.number("n", subject.line)
    runs = "x" not in options
    namespace.push({"_last_edited": subject.path}, hidden=True)
    if editor is None:
        payload.append(_request(subject, at, runs, is_own))
        return None
    editor(subject.path, at)
    text = _read(subject.path)
    if subject.macro:
        namespace.push({subject.macro: Macro(text)})
        return None
    if runs and "r" in options and is_own:
        run_code(text)
    elif runs:
        magics.run_line("run", _run_line(subject.path))
    return text if is_own else None


_PREFIX = "antiphon_edit_"


def _subject(what: str, history: Any, namespace: Any, raw: bool) -> _Subject:
    from .sources import find_code

    if not what:
        return _Subject()
    value = _value(what, namespace)
    if isinstance(value, Macro):
        return _Subject(text=value.value, macro=what)
    path = os.path.expanduser(what)
    if os.path.isfile(path) or (value is None and path.endswith((".py", ".ipy", ".txt"))):
        return _Subject(path)
    if value is not None and not isinstance(value, str):
        path, line = _place(value)
        if path:
            return _Subject(path, line)
        if "." in what:
            return _Subject(text=_source(value, what))
    try:
        return _Subject(text=find_code(what, history, namespace, raw=raw))
    except (ValueError, OSError) as error:
        raise UsageError(str(error)) from None


def _value(what: str, namespace: Any) -> Any:
    """The object that a dotted name means, None where it means none."""
    head, *names = what.split(".")
    if not all(name.isidentifier() for name in (head, *names)):
        return None
    value = namespace.user_ns.get(head)
    for name in names:
        value = getattr(value, name, None)
    return value


def _place(value: Any) -> tuple[str, int]:
    """The file and line of an object; nothing for one that has none, or whose file is a cell."""
    import inspect

    try:
        path = inspect.getsourcefile(value) or ""
        first = inspect.getsourcelines(value)[1]
    except (OSError, TypeError):
        return "", 0
    return (path, first) if os.path.isfile(path) else ("", 0)


def _source(value: Any, what: str) -> str:
    import inspect

    try:
        return inspect.getsource(value)
    except (OSError, TypeError) as error:
        raise UsageError(f"{what} has no source to edit: {error}") from None


def _make(path: str) -> None:
    try:
        with open(path, "w", encoding="utf-8"):
            pass
    except OSError as error:
        raise UsageError(f"{path} cannot be made: {error.strerror}") from None


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _request(subject: _Subject, line: int, runs: bool, is_own: bool) -> dict[str, Any]:
    """The payload for a frontend."""
    asked = {"source": "edit_magic", "filename": os.path.abspath(subject.path), "line_number": line, "execute": runs}
    if subject.macro:
        asked |= {"then": f"%macro -q {subject.macro} {subject.path}", "execute": True}
    elif not is_own:
        asked["then"] = f"%run {_run_line(os.path.abspath(subject.path))}"
    return asked


def _run_line(path: str) -> str:
    import shlex

    return f"-i {shlex.quote(path)}"
