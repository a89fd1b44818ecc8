"""What a backend has to say, as values: the seven kinds of output a console shows.

`origin` is empty for our own cells; else it names the client whose cell said it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Stream(NamedTuple):
    """Text written to `stdout` or `stderr`."""

    name: str
    text: str
    origin: str = ""


class Display(NamedTuple):
    """A MIME bundle to show; with `update` it replaces what was shown under the same `display_id`."""

    data: Mapping[str, Any]
    metadata: Mapping[str, Any] = _NOTHING
    display_id: str | None = None
    update: bool = False
    origin: str = ""


class Result(NamedTuple):
    """The value of the last expression of cell `number`, as a MIME bundle."""

    number: int
    data: Mapping[str, Any]
    metadata: Mapping[str, Any] = _NOTHING
    origin: str = ""


class Error(NamedTuple):
    """The cell raised."""

    ename: str
    evalue: str
    traceback: Sequence[str] = ()
    origin: str = ""


class Clear(NamedTuple):
    """Wipe the outputs of this cell; with `wait`, only when the next one comes."""

    wait: bool = False
    origin: str = ""


class Input(NamedTuple):
    """Code that another client has sent to the kernel."""

    code: str
    number: int
    origin: str = ""


Output = Stream | Display | Result | Error | Clear | Input
