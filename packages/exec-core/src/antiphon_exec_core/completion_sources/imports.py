"""Module names behind `import` and `from`, and names behind `from module import`; nothing is imported to find them."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections.abc import Iterable
from typing import Any

from ..expressions import Cursor
from ..static_lookup import attribute_kind, attribute_names
from . import Candidates

_IMPORT = re.compile(r"\s*import\s+(?:[\w.]+(?:\s+as\s+\w+)?\s*,\s*)*([\w.]*)$")
_FROM = re.compile(r"\s*from\s+([\w.]*)$")
_FROM_IMPORT = re.compile(r"\s*from\s+([\w.]+)\s+import\s+\(?\s*(?:\w+(?:\s+as\s+\w+)?\s*,\s*)*(\w*)$")
_FROM_DONE = re.compile(r"\s*from\s+[\w.]+\s+(i|im|imp|impo|impor)?$")
_SUFFIXES = (".py", ".so", ".pyd")
_listings: dict[str, tuple[float, list[str]]] = {}


def imports(cursor: Cursor, deadline: Any) -> Candidates | None:
    """None where the line is no import statement or the cursor stands behind a complete one."""
    if match := _FROM_IMPORT.match(cursor.line):
        return _imported_names(match[1], match[2], cursor.position)
    if _FROM_DONE.match(cursor.line):
        return Candidates(cursor.word_start, [("import ", "keyword", "")], exclusive=True)
    match = _IMPORT.match(cursor.line) or _FROM.match(cursor.line)
    if match is None:
        return None
    package, _, word = match[1].rpartition(".")
    names = _submodules(package) if package else _top_level(deadline)
    found = sorted({name for name in names if name.startswith(word) and (word or name[:1] != "_")})
    return Candidates(cursor.position - len(word), [(name, "module", "") for name in found], exclusive=True)


def _imported_names(module: str, word: str, position: int) -> Candidates:
    found: dict[str, str] = {}
    loaded = sys.modules.get(module)
    if loaded is not None:
        for name in attribute_names(loaded):
            found[name] = attribute_kind(loaded, name)
    else:
        found.update(dict.fromkeys(_defined_names(module), ""))
    for name in _submodules(module):
        found.setdefault(name, "module")
    items = [
        (name, kind, "")
        for name, kind in found.items()
        if name.startswith(word) and (word.startswith("_") or name[:1] != "_") and name.isidentifier()
    ]
    return Candidates(position - len(word), items, exclusive=True)


class _Search:
    """One look through the folders of `sys.path`, in a thread: a slow disk is waited for only as long as Tab may take.

    It goes on for the next Tab, but no longer than `_GIVE_UP`; what was found stays, folder by folder.
    """

    def __init__(self, folders: list[str]) -> None:
        self.folders = folders
        self.done = threading.Event()
        self._end = time.monotonic() + _GIVE_UP
        threading.Thread(target=self._look, name="module names", daemon=True).start()

    def _look(self) -> None:
        for folder in self.folders:
            if time.monotonic() > self._end:
                break
            _modules_in(folder)
        self.done.set()


_GIVE_UP = 20.0  # seconds
_search: _Search | None = None


def _top_level(deadline: Any) -> Iterable[str]:
    """Names of modules: those that are known at once, and what the folders say by the deadline."""
    global _search
    yield from sys.builtin_module_names
    yield from sys.stdlib_module_names
    folders = [folder or "." for folder in sys.path]
    if _search is None or _search.done.is_set() or _search.folders != folders:
        _search = _Search(folders)
    _search.done.wait(max(deadline.left(), 0.0))
    for folder in folders:
        yield from _listings.get(folder, (0.0, ()))[1]


def _submodules(package: str) -> list[str]:
    found = [name for folder in _folders(package) for name in _modules_in(folder) if name != "__init__"]
    inside = package + "."
    loaded = (name[len(inside) :] for name in list(sys.modules) if name.startswith(inside))
    return found + [name for name in loaded if "." not in name]


def _folders(package: str) -> list[str]:
    """Where the modules of a package stand, imported or not."""
    loaded = sys.modules.get(package)
    path = getattr(loaded, "__path__", None) if loaded is not None else None
    if path is not None:
        return [str(folder) for folder in path]
    relative = package.replace(".", os.sep)
    return [found for folder in sys.path if os.path.isdir(found := os.path.join(folder or ".", relative))]


def _modules_in(folder: str) -> list[str]:
    """Names that could be imported from a folder, kept until the folder changes."""
    try:
        changed = os.stat(folder).st_mtime
        known = _listings.get(folder)
        if known is not None and known[0] == changed:
            return known[1]
        names = []
        with os.scandir(folder) as entries:
            for entry in entries:
                name, dot, _ = entry.name.partition(".")
                if not name.isidentifier() or name == "__pycache__":
                    continue
                if (dot and entry.name.endswith(_SUFFIXES)) or (not dot and entry.is_dir()):
                    names.append(name)
    except OSError:
        return []
    _listings[folder] = (changed, names)
    return names


def _defined_names(module: str) -> list[str]:
    """Names a module file binds at its top level, read from its text."""
    import ast

    relative = module.replace(".", os.sep)
    for folder in sys.path:
        base = os.path.join(folder or ".", relative)
        for path in (os.path.join(base, "__init__.py"), base + ".py"):
            try:
                if os.path.getsize(path) > 500_000:
                    return []
                with open(path, encoding="utf-8", errors="replace") as file:
                    tree = ast.parse(file.read())
            except (OSError, SyntaxError, ValueError):
                continue
            return [name for node in tree.body for name in _bound(node)]
    return []


def _bound(node: object) -> list[str]:
    import ast

    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [(alias.asname or alias.name).partition(".")[0] for alias in node.names if alias.name != "*"]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []
