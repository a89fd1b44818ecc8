"""Refuse calls of `get_ipython()` in the packages: global access is for users, our code is given what it needs."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def calls(path: Path) -> list[int]:
    """The lines of a file that call it."""
    tree = ast.parse(path.read_text())
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get_ipython"
    ]


def main() -> int:
    found = [
        f"{path.relative_to(ROOT)}:{line}: get_ipython() is for users: take what is needed as an argument"
        for path in sorted(ROOT.glob("packages/*/src/**/*.py"))
        if path.name != "compat.py" and "served" not in path.parts  # written for users and their libraries
        for line in calls(path)
    ]
    print(*found, sep="\n", end="\n" if found else "")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
