"""Transforms of users' that look for a token: classes with `find(tokens_by_line)` and `transform(lines)`.

The text is tokenized anew after each change, since what one transform writes another may look for; of several that
find something the earliest place counts, and at one place the lower `priority`.
"""

from __future__ import annotations

import io
import tokenize
from typing import Any

Lines = list[str]
ROUNDS = 500  # changes in one cell; more is a transform that finds its own work again


def tokens_by_line(lines: Lines) -> list[list[tokenize.TokenInfo]]:
    """The tokens of each logical line; as far as they go, where the text is no Python (yet)."""
    found: list[list[tokenize.TokenInfo]] = [[]]
    depth = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO("".join(lines)).readline):
            found[-1].append(token)
            if token.type == tokenize.OP:
                depth += (token.string in ("(", "[", "{")) - (token.string in (")", "]", "}"))
            if token.type == tokenize.NEWLINE or (token.type == tokenize.NL and depth <= 0):
                found.append([])
    except (tokenize.TokenError, SyntaxError):
        pass
    return found if found[-1] else found[:-1]


def apply(transforms: list[Any], lines: Lines) -> Lines:
    """The lines after every change that the transforms ask for. Raises RuntimeError when that does not end."""
    for _ in range(ROUNDS):
        tokens = tokens_by_line(lines)
        found = [each for each in (transform.find(tokens) for transform in transforms) if each]
        if not found:
            return lines
        first = min(found, key=lambda each: (each.start_line, each.start_col, each.priority))
        changed = first.transform(lines)
        if changed == lines:
            break
        lines = changed
    names = ", ".join(sorted({type(each).__name__ for each in found}))
    raise RuntimeError(f"the input transforms do not come to an end: {names} found the same again")
