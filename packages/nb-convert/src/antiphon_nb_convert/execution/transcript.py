"""A notebook while it is executed: what the kernel says goes in, the notebook so far comes out. No I/O, no clock.

The notebook that was given is never changed, and what was handed out does not change later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from antiphon_wire_protocol.message import content as c
from antiphon_wire_protocol.message.messages import Message

from ..conversion import Cell, Notebook
from ..notebook import tags
from .outputs import Change, Output, OutputArea, Recorder
from .settings import ExecutionSettings
from .widgets import VIEW_MIME


class Heard(NamedTuple):
    """What a message changed: in which cell (its number among those that run, its place), which has `outputs` now."""

    number: int
    cell_index: int
    change: Change
    outputs: int


class Transcript:
    """`cells` are the working copies. Those that are to run begin without outputs, the others stay as they are."""

    def __init__(self, notebook: Notebook, settings: ExecutionSettings) -> None:
        self.cells = [self._fresh(cell, settings) for cell in notebook["cells"]]
        self._notebook = notebook
        self._settings = settings
        self._keeps_widgets = any(map(_shows_widget, self.cells))
        self._recorder = Recorder()
        self._areas: dict[int, OutputArea] = {}
        self._places: dict[str, tuple[int, int]] = {}  # msg_id to number and index of its cell
        self._info: c.KernelInfoReply | None = None

    def runs(self, cell: Cell) -> bool:
        """Whether a cell is one to run: code, not empty, not tagged to be skipped."""
        return (
            cell["cell_type"] == "code"
            and bool(cell["source"].strip())
            and self._settings.skip_cells_with_tag not in tags(cell)
        )

    @property
    def total(self) -> int:
        """How many cells run."""
        return sum(map(self.runs, self.cells))

    def started(self, info: c.KernelInfoReply) -> None:
        """The kernel is there, and says this of itself."""
        self._info = info

    def begin(self, msg_id: str, number: int, index: int) -> None:
        """The request `msg_id` runs this cell."""
        self._places[msg_id] = (number, index)
        self._areas[index] = self._recorder.begin(msg_id)
        if self._settings.record_timing:
            self.cells[index]["metadata"]["execution"] = {}

    def heard(self, message: Message) -> Heard | None:
        """Take in a broadcast; None when it changed no cell that we know."""
        content = message.content
        place = self._places.get(message.parent_id)
        if isinstance(content, c.Status):
            self._time(place, f"iopub.status.{content.execution_state}", message)
            return None
        if isinstance(content, c.ExecuteInput):
            self._time(place, "iopub.execute_input", message)
            if place is not None:
                self.cells[place[1]]["execution_count"] = content.execution_count
            return None
        change = self._recorder.heard(message)
        if change is None or place is None:
            return None
        return Heard(*place, change, self.count(place[1]))

    def replied(self, message: Message, reply: c.ExecuteReply) -> None:
        """Take in the reply to the request of a cell."""
        place = self._places[message.parent_id]
        self._time(place, "shell.execute_reply", message)
        if reply.execution_count is not None:
            self.cells[place[1]]["execution_count"] = reply.execution_count

    def send_captured(self, send: Callable[[str, dict[str, Any]], object]) -> None:
        """As `Recorder.send_captured`."""
        self._recorder.send_captured(send)

    def count(self, index: int) -> int:
        """How many outputs a cell has by now."""
        return len(self._areas[index]) if index in self._areas else 0

    def shown(self, index: int) -> Cell:
        """The working cell with its outputs."""
        cell = self.cells[index]
        cell["outputs"] = self._outputs(index)
        return cell

    def notebook(self) -> Notebook:
        """The notebook with what has run so far."""
        metadata = {**self._notebook["metadata"]}
        if self._info is not None:
            if self._info.language_info:
                metadata["language_info"] = self._info.language_info
            self._put_widgets(metadata)
        cells = [
            {**cell, "outputs": self._outputs(index)} if index in self._areas else {**cell}
            for index, cell in enumerate(self.cells)
        ]
        return {**self._notebook, "metadata": metadata, "cells": cells}

    def _outputs(self, index: int) -> list[Output]:
        area = self._areas.get(index)
        return [] if area is None else area.outputs(self._settings.coalesce_streams)

    def _fresh(self, cell: Cell, settings: ExecutionSettings) -> Cell:
        """A cell of our own; one that is to run, without what is left of an earlier run."""
        metadata = {**cell.get("metadata", {})}
        if cell["cell_type"] != "code" or settings.skip_cells_with_tag in tags(cell):
            return {**cell, "metadata": metadata}
        metadata.pop("execution", None)
        return {**cell, "metadata": metadata, "outputs": [], "execution_count": None}

    def _time(self, place: tuple[int, int] | None, what: str, message: Message) -> None:
        if self._settings.record_timing and place is not None:
            self.cells[place[1]]["metadata"]["execution"][what] = message.header.date

    def _put_widgets(self, metadata: dict[str, Any]) -> None:
        """The run's widgets in place of the former ones, which stay only where a skipped cell still shows one."""
        before = metadata.pop("widgets", None)
        state = self._recorder.widget_state() if self._settings.store_widget_state else None
        if before is not None and self._keeps_widgets:
            state = _merged(before, state)
        if state is not None:
            metadata["widgets"] = state


def _shows_widget(cell: Cell) -> bool:
    """Whether an output that was there before the run shows a widget: the cells that run are empty by then."""
    return any(VIEW_MIME in output.get("data", ()) for output in cell.get("outputs", ()))


def _merged(before: Any, state: dict[str, Any] | None) -> Any:
    if state is None or not isinstance(before, dict):
        return before if state is None else state
    ((mime, found),) = state.items()
    models = before.get(mime, {}).get("state", {})
    return {**before, mime: {**found, "state": {**models, **found["state"]}}}
