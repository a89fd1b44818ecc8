"""Answers in JSON, read with the suspicion that all from outside deserves: fields of another type are not there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..errors import UpstreamFailed
from ..fetching import Fetched


def loaded(fetched: Fetched) -> Any:
    """What an answer says. Raises `UpstreamFailed` for one that is not JSON."""
    try:
        return json.loads(fetched.data)
    except (ValueError, RecursionError):
        raise UpstreamFailed(f"{fetched.url}: the other side's answer is not understood") from None


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: object, *path: str) -> str:
    """The text at a path of names; empty where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
