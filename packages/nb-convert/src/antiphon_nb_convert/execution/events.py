"""What a run tells while it goes on: frozen values, enough to draw a progress bar or to follow the output.

Cells are counted as in `results.Failure`. `elapsed` are seconds since the run began.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

from .results import Failure


class NotebookStarted(NamedTuple):
    """The kernel is ready. `cells` are to run; `language` is the kernel's, by its own word."""

    name: str
    kernel: str
    language: str
    cells: int
    elapsed: float


class CellStarted(NamedTuple):
    """The cell's code goes to the kernel."""

    name: str
    number: int
    cell_index: int
    source: str
    elapsed: float


class CellOutput(NamedTuple):
    """A cell has one more output, or one more piece of a stream: `output`. The cell has `outputs` by now.

    `kind` is ``update`` where a display that was shown before has changed, ``clear`` where all were taken away.
    `captured`: it went into an Output widget. `display_id` is that of an update.
    """

    name: str
    number: int
    cell_index: int
    kind: Literal["output", "update", "clear"]
    output: dict[str, Any]
    outputs: int
    captured: bool
    display_id: str
    elapsed: float


class CellDone(NamedTuple):
    """The cell has ended and all of its output is there. `error` is the name of what it raised, be it allowed."""

    name: str
    number: int
    cell_index: int
    outputs: int
    seconds: float
    error: str
    elapsed: float


class NotebookDone(NamedTuple):
    """Nothing runs any more."""

    name: str
    cells: int
    failures: tuple[Failure, ...]
    elapsed: float


Event: TypeAlias = NotebookStarted | CellStarted | CellOutput | CellDone | NotebookDone
