"""What a backend has to say, as values: the seven kinds of output a console shows.

`origin` is empty for our own cells; else it names the client whose cell said it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Stream:
    """Text written to `stdout` or `stderr`."""

    name: str
    text: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Display:
    """A MIME bundle to show; with `update` it replaces what was shown under the same `display_id`."""

    data: Mapping[str, Any]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    display_id: str | None = None
    update: bool = False
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """The value of the last expression of cell `count`, as a MIME bundle."""

    count: int
    data: Mapping[str, Any]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Error:
    """The cell raised."""

    ename: str
    evalue: str
    traceback: Sequence[str] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Clear:
    """Wipe the outputs of this cell; with `wait`, only when the next one comes."""

    wait: bool = False
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """Code that another client has sent to the kernel."""

    code: str
    count: int
    origin: str = ""


Output = Stream | Display | Result | Error | Clear | Input
