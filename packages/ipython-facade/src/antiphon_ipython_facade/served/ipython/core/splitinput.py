"""A line in its parts."""

from __future__ import annotations

import re

_LINE = re.compile(r"^(\s*)([,;/%]|!!?|\?\??)?\s*([\w.*]*)(.*)$", re.S)


def split_user_input(line: str, pattern: object = None) -> tuple[str, str, str, str]:
    """`(leading blanks, escape, name, rest)`."""
    found = _LINE.match(line)
    assert found is not None
    return found[1], found[2] or "", found[3], found[4].lstrip()
