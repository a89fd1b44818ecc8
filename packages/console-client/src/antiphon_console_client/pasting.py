"""Prompts in pasted text: taken off, so that what was copied from a session or a page can be run."""

from __future__ import annotations

import re

_PYTHON = re.compile(r"^(\s*)(>>> ?|\.\.\. ?)")
_NUMBERED = re.compile(r"^\s*(\[(?:ins|nav)\] )?(In ?\[\d+\]: ?|\s*\.\.\.+: ?)")
_OUT = re.compile(r"^\s*Out ?\[\d+\]: ?")


def without_prompts(text: str) -> str:
    """`text` without the prompts of Python's or IPython's sessions; outputs among them go too.

    Text whose first line has no prompt is left as it is: its `...` mean something.
    """
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if _PYTHON.match(first) and any(line.strip() != "..." for line in lines if line.strip()):  # that is Python's too
        kept = [_PYTHON.sub(r"\1", line) for line in lines if _PYTHON.match(line) or not line.strip()]
    elif _NUMBERED.match(first):
        kept = [_NUMBERED.sub("", line) for line in lines if _NUMBERED.match(line) or not line.strip()]
    else:
        return text
    return "\n".join(kept).rstrip("\n") + "\n" * text.endswith("\n")
