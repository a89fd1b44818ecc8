"""HTML attributes, every value escaped: what a user writes into one cannot leave it."""

from __future__ import annotations

from html import escape
from typing import Any


def attributes(**values: Any) -> str:
    """`name="value"` for each; None and False leave one out, True writes its bare name."""
    parts = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        name = name.rstrip("_")
        parts.append(name if value is True else f'{name}="{escape(str(value), quote=True)}"')
    return " ".join(parts)
