"""`$name` and `{expression}` in the line of a magic or a shell command, replaced by the user's values.

Expansion never fails: what cannot be evaluated is left as it was typed, since `awk '{print $1}'` is no expression.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any

_DOLLAR = re.compile(r"\$(\$(?=[\w.])|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)")


def expand(text: str, names: dict[str, Any], local_names: Mapping[str, Any]) -> str:
    """Expand `text` with `local_names` over `names`.

    `$$HOME` gives `$HOME`, the shell's own variable; a `$$` before no name stays (the shell's number), and so does
    `$name` inside single quotes. `{{` and `}}` give braces as in str.format.
    """
    try:
        parts = list(Formatter().parse(text))
    except ValueError:  # unbalanced braces
        return _dollars(text, names, local_names)
    out: list[str] = []
    try:
        for literal, expression, spec, conversion in parts:
            out.append(_dollars(literal, names, local_names))
            if expression is None:
                continue
            if spec or conversion:
                out.append(_formatted(expression, spec or "", conversion, names, local_names))
            else:
                out.append(str(eval(expression, names, dict(local_names))))
    except Exception:  # one brace that is no expression: then none of them is meant for us
        return _dollars(text, names, local_names)
    return "".join(out)


def _formatted(
    expression: str, spec: str, conversion: str | None, names: dict[str, Any], local_names: Mapping[str, Any]
) -> str:
    """`{x!r:>5}`; a colon may as well belong to the expression itself, as in `{d[1:2]}`."""
    try:
        value = eval(expression, names, dict(local_names))
    except SyntaxError:
        return str(eval(f"{expression}:{spec}", names, dict(local_names)))
    if conversion:
        value = repr(value) if conversion == "r" else ascii(value) if conversion == "a" else str(value)
    return format(value, spec)


def _dollars(text: str, names: Mapping[str, Any], local_names: Mapping[str, Any]) -> str:
    if "$" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        path = match[1]
        if text.count("'", match.end()) % 2:  # as in the shell, nothing is expanded inside single quotes
            return match[0]
        if path == "$":
            return "$"
        first, *rest = path.split(".")
        if first in local_names:
            found = local_names[first]
        elif first in names:
            found = names[first]
        else:
            return match[0]
        used = first
        for name in rest:  # `$file.txt` is the value of file, followed by .txt
            try:
                found = getattr(found, name)
            except AttributeError:
                break
            used += "." + name
        return str(found) + path[len(used) :]

    return _DOLLAR.sub(value, text)
