"""How a running kernel is shown: as a line of a table, as a paragraph, as JSON. Values in, text out."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from typing import Any

from antiphon_wire_protocol.manager.survey import Seen

_COLOURS = {"idle": "32", "busy": "33", "silent": "31", "dead": "31", "unclear": "35", "starting": "36"}
_UNITS = ((86_400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))


def colour() -> bool:
    """Whether standard output is to be coloured: a terminal, and nobody said NO_COLOR."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def fields(one: Seen) -> dict[str, Any]:
    """A kernel as JSON; times in seconds since 1970, memory in bytes, null for what is not known. Never its key."""
    connection = one.file.connection
    return {
        "name": one.file.name,
        "state": one.state,
        "reason": one.reason,
        "kernel_name": connection.kernel_name if connection else "",
        "session": connection.jupyter_session if connection else "",
        "language": one.info.language_info.get("name", "") if one.info else "",
        "language_version": one.info.language_info.get("version", "") if one.info else "",
        "implementation": one.info.implementation if one.info else "",
        "implementation_version": one.info.implementation_version if one.info else "",
        "protocol_version": one.info.protocol_version if one.info else "",
        "pid": one.pid,
        "since": one.since,
        "memory": one.memory,
        "attached": list(one.attached) if one.attached is not None else None,
        "started_by": one.started_by,
        "shell": connection.url("shell") if connection else "",
        "connection_file": one.file.path,
    }


def table(seen: Sequence[Seen], all_names: Sequence[str], now: float, *, colour: bool = False) -> list[str]:
    """Lines, the first a heading. Names are cut to what tells them from `all_names`; `now` is seconds since 1970."""
    names = short_names(all_names)
    rows = [("NAME", "KERNEL", "STATE", "SINCE", "MEMORY", "ATTACHED")]
    for one in seen:
        rows.append(
            (
                names[one.file.name],
                kernel_name(one),
                one.state,
                "" if one.since is None else _duration(now - one.since),
                "" if one.memory is None else _bytes(one.memory),
                _attached(one) if one.runs else one.reason,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for number, row in enumerate(rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        if number and colour:
            cells[2] = _coloured(cells[2], row[2])
        lines.append("  ".join(cells).rstrip())
    return lines


def description(one: Seen, *, colour: bool = False) -> list[str]:
    """All that is known, line by line; what is not known is left out."""
    known = fields(one)
    state = one.state + (f": {one.reason}" if one.reason else "")
    since = "" if one.since is None else time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(one.since))
    rows = {
        "kernel": kernel_name(one),
        "state": _coloured(state, one.state) if colour else state,
        "implementation": f"{known['implementation']} {known['implementation_version']}".strip(),
        "language": f"{known['language']} {known['language_version']}".strip(),
        "protocol": known["protocol_version"],
        "document": known["session"],
        "process": "" if one.pid is None else str(one.pid),
        "started by": one.started_by,
        "since": since,
        "memory": "" if one.memory is None else _bytes(one.memory),
        "attached": _attached(one),
        "address": known["shell"],
        "file": one.file.path,
        "to attach": f"antiphon console --existing {one.file.name}" if one.runs else "",
    }
    return [one.file.name, *(f"  {name:<15} {value}" for name, value in rows.items() if value)]


def kernel_name(one: Seen) -> str:
    named = one.file.connection.kernel_name if one.file.connection else ""
    return named or (one.info.implementation if one.info else "") or "?"


def short_names(names: Sequence[str]) -> dict[str, str]:
    """The shortest beginnings, of eight characters or more, that tell the names apart."""
    for length in range(8, max(map(len, names), default=8) + 1):
        if len({name[:length] for name in names}) == len(names):
            return {name: name[:length] for name in names}
    return {name: name for name in names}


def _duration(seconds: float) -> str:
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{int(seconds / size)} {unit}"
    return "0 s"


def _bytes(count: float) -> str:
    unit = 0
    while count >= 1000 and unit < 4:
        count, unit = count / 1000, unit + 1
    return f"{count:.{0 if count >= 10 or not unit else 1}f} {('B', 'kB', 'MB', 'GB', 'TB')[unit]}"


def _attached(one: Seen) -> str:
    if one.attached is None:
        return "unknown" if one.runs else ""
    return ", ".join(one.attached) or "nobody"


def _coloured(text: str, state: str) -> str:
    return f"\x1b[{_COLOURS[state]}m{text}\x1b[0m"
