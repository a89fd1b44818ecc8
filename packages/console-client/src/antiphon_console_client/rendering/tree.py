"""application/json as a tree: one line a value, children below their parent; long trees are cut and say so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..escapes import still
from .look import Look
from .wrapping import fitted

_LINES = 500
_DEPTH = 20


def render_json(value: object, look: Look) -> str | None:
    """`value` is what JSON holds; text that is not parsed is looked at as JSON first."""
    if isinstance(value, str):
        import json

        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    lines: list[str] = []
    for line in _walk("", value, "", "", 0, look):
        if len(lines) == _LINES:
            lines.append(look.paint("rule", "…"))
            break
        lines.append(fitted(line, look.columns).rstrip(" "))
    return "\n".join(lines)


def _walk(name: str, value: Any, lead: str, follow: str, depth: int, look: Look) -> Iterator[str]:
    label = look.paint("key", f"{name}:") + " " if name else ""
    children: list[tuple[str, Any]] | None = None
    if isinstance(value, dict):
        children = [(_flat(str(key)), item) for key, item in value.items()]
        shown = "{" + str(len(value)) + "}" if value else "{}"
    elif isinstance(value, list):
        children = [(str(at), item) for at, item in enumerate(value)]
        shown = f"[{len(value)}]" if value else "[]"
    else:
        shown = _leaf(value, look)
    if children is not None:
        shown = look.paint("rule", shown + (" …" if children and depth >= _DEPTH else ""))
    yield look.paint("rule", lead) + label + shown
    if children and depth < _DEPTH:
        for at, (key, item) in enumerate(children, 1):
            final = at == len(children)
            turn, down = ("└─ ", "   ") if final else ("├─ ", "│  ")
            yield from _walk(key, item, follow + turn, follow + down, depth + 1, look)


def _leaf(value: Any, look: Look) -> str:
    if isinstance(value, str):
        return look.paint("string", f'"{_flat(value)}"')
    if value is None or isinstance(value, bool):
        return look.paint("word", {None: "null", True: "true", False: "false"}[value])
    return look.paint("number", str(value))


def _flat(text: str) -> str:
    return still(text[:2000].replace("\n", "⏎"), colour=False).replace("\n", "⏎")
