"""How to connect to this kernel."""

from __future__ import annotations

import json
from typing import Any

from antiphon_ipython_facade.session import current


def get_connection_file(app: Any = None) -> str:
    """The path of the connection file. Raises RuntimeError outside of a kernel."""
    session = current()
    found = session.services.get("connection_file") if session is not None else None
    if not found:
        raise RuntimeError("this process is no kernel: it has no connection file")
    return str(found)


def get_connection_info(connection_file: str | None = None, unpack: bool = False) -> Any:
    """What the file says, as text, or with `unpack` as a dictionary."""
    with open(connection_file or get_connection_file(), encoding="utf-8") as file:
        text = file.read()
    if not unpack:
        return text
    fields = json.loads(text)
    fields["key"] = fields.get("key", "").encode("ascii")
    return fields
