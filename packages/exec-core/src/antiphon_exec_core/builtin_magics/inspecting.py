"""Magics about objects: pinfo, pinfo2, psearch, pdoc, pdef, psource, pfile."""

from __future__ import annotations

import fnmatch
import re
from typing import Any

from ..errors import UsageError
from ..inspector import Inspector, ObjectInfo, as_mime, highlight
from ..magic_options import read_options
from ..magics import verbatim
from ..static_lookup import attribute_names, evaluate, instance_dict


@verbatim
def pinfo(line: str, inspector: Any, settings: Any, page: Any = None) -> None:
    """`%pinfo name`, or `name?`: what an object is."""
    _pinfo(line, 0, inspector, settings, page)


@verbatim
def pinfo2(line: str, inspector: Any, settings: Any, page: Any = None) -> None:
    """`%pinfo2 name`, or `name??`: what an object is, with its source."""
    _pinfo(line, 1, inspector, settings, page)


def _pinfo(line: str, detail_level: int, inspector: Inspector, settings: Any, page: Any) -> None:
    info = _known(line, inspector, detail_level)
    if info is None:
        return
    _page(as_mime(info, detail_level, colour=settings.current.coloured()), page)


def _page(bundle: dict[str, str], page: Any) -> None:
    """Show in the frontend's pager if there is one, else below the cell."""
    if page is not None:
        page(bundle)
    else:
        print(bundle["text/plain"])


def _known(line: str, inspector: Inspector, detail_level: int = 0) -> ObjectInfo | None:
    """What is known of the object that a line names; where it is nothing, that is said."""
    info = inspector.info(line.strip(), detail_level) if line.strip() else None
    if info is None:
        print(f"Object `{line.strip()}` not found.")
    return info


@verbatim
def pdoc(line: str, inspector: Any) -> None:
    """`%pdoc name`: the docstring of an object."""
    info = _known(line, inspector)
    if info is None:
        return
    titles = ("Class docstring", info.docstring), ("Init docstring", info.init_docstring)
    for title, text in (*titles, ("Call docstring", info.call_docstring)):
        if text or title == "Class docstring":
            print(f"{title}:\n    " + (text or "<no docstring>").replace("\n", "\n    "))


@verbatim
def pdef(line: str, inspector: Any) -> None:
    """`%pdef name`: how a callable is called."""
    info = _known(line, inspector)
    if info is not None:
        print(info.signature or info.init_signature or f"No definition header found for {line.strip()}")


@verbatim
def psource(line: str, inspector: Any, settings: Any, page: Any = None) -> None:
    """`%psource name`: the source of an object."""
    if not line.strip():
        raise UsageError("Missing object name.")
    info = _known(line, inspector, 1)
    if info is None:
        return
    if not info.source:
        print(f"No source found for {line.strip()}")
        return
    _page({"text/plain": highlight(info.source) if settings.current.coloured() else info.source}, page)


@verbatim
def pfile(line: str, inspector: Any, page: Any = None) -> None:
    """`%pfile name`: the file in which an object is defined; a file's own name will do."""
    import linecache
    import os

    name = line.strip()
    if not name:
        raise UsageError("Missing the name of an object or a file.")
    if os.path.isfile(os.path.expanduser(name)):
        file = name
    else:
        info = _known(name, inspector)
        if info is None:
            return
        file = info.file
    lines = linecache.getlines(os.path.expanduser(file)) if file else []
    if not lines:
        print(f"No file found for {line.strip()}")
        return
    _page({"text/plain": "".join(lines)}, page)


@verbatim
def psearch(line: str, namespace: Any) -> None:
    """`%psearch [-a] [-c] [-i] pattern [type]`, or `pattern?` with a `*` in it: names that match.

    `*` stands for anything; -a shows names with a leading underscore too, -c minds the case (-i does not).
    `os.*path` searches in an object.
    """
    options, rest = read_options(line, "cias:e:")
    words = rest.split()
    if not words:
        raise UsageError("usage is '%psearch [options] pattern [type]'")
    pattern, wanted = words[0], words[1] if len(words) > 1 else ""
    owner, dot, last = pattern.rpartition(".")
    if dot:
        try:
            value = evaluate(owner, namespace.user_ns)
        except Exception:
            print()
            return
        found = {name: instance_dict(value).get(name) for name in attribute_names(value)}
    else:
        import builtins

        found = {**vars(builtins), **namespace.user_ns}
    expression = re.compile(fnmatch.translate(last), re.IGNORECASE if "i" in options else 0)
    hidden = "a" in options or last.startswith("_")
    names = sorted(
        name
        for name, value in found.items()
        if expression.match(name)
        and (hidden or not name.startswith("_"))
        and (not wanted or type(value).__name__ == wanted)
    )
    print("\n".join(owner + dot + name for name in names))
