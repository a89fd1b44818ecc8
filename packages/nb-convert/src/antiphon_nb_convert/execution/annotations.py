"""What a run may leave in the notebook beside outputs, under papermill's names: times and status of each cell, and a
banner that leads to the cell that failed. Pure but for the clock that `Notes` is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from ..conversion import Cell, Notebook
from ..notebook import tags
from . import events as e
from .results import Failure

KEY = "papermill"
BANNER = "papermill-error-cell-tag"
ANCHOR = "papermill-error-cell"


class Notes:
    """A listener (`on_event`) that notes when each cell began and ended, and how."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._began: datetime | None = None
        self._cells: dict[int, dict[str, Any]] = {}
        self._end: dict[str, Any] = {}

    def __call__(self, event: e.Event) -> None:
        match event:
            case e.NotebookStarted(elapsed=elapsed):
                self._began = self._now() - timedelta(seconds=elapsed)
            case e.CellStarted(cell_index=index):
                self._cells[index] = _note(self._at(event.elapsed), None, None, "running")
            case e.CellDone(cell_index=index, error=error, seconds=seconds):
                began = self._at(event.elapsed - seconds)
                status = "failed" if error else "completed"
                self._cells[index] = _note(began, self._at(event.elapsed), bool(error), status)
            case e.NotebookDone(failures=failures):
                self._end = _note(self._at(0), self._at(event.elapsed), bool(failures), "")
                del self._end["status"]

    def put_into(
        self, notebook: Notebook, parameters: Mapping[str, Any] | None = None, paths: tuple[str, str] = ("", "")
    ) -> Notebook:
        """The notebook with these notes in the metadata, in place of those of an earlier run. Cells that did not run
        are pending. `paths` are where it came from and where it goes."""
        cells: list[Cell] = []
        for index, cell in enumerate(notebook["cells"]):
            note = self._cells.get(index)
            if note is None and cell["cell_type"] == "code":
                note = _note(None, None, None, "pending")
            metadata = {key: value for key, value in cell["metadata"].items() if key != KEY}
            cells.append({**cell, "metadata": {**metadata, KEY: note} if note is not None else metadata})
        end = self._end or _note(self._began, None, None, "")
        whole = {**end, "parameters": dict(parameters or {}), "input_path": paths[0], "output_path": paths[1]}
        whole.pop("status", None)
        return {**notebook, "cells": cells, "metadata": {**notebook["metadata"], KEY: whole}}

    def _at(self, elapsed: float) -> datetime:
        return (self._began or self._now()) + timedelta(seconds=elapsed)


def with_banner(notebook: Notebook, failure: Failure) -> Notebook:
    """The notebook with a line at its top that names the failure and leads to another before the cell; the lines of an
    earlier run are gone. A failure of no cell has the first line only."""
    plain = without_banner(notebook)
    place = _place(notebook, failure)
    line = f"**Stopped**: {escape(str(failure), quote=False)}"
    if place is None:
        return {**plain, "cells": [_prose("top", line), *plain["cells"]]}
    top = _prose("top", f'{line} — <a href="#{ANCHOR}">the cell</a>')
    here = _prose("here", f'<span id="{ANCHOR}"></span>**The run stopped here.**')
    cells = plain["cells"]
    return {**plain, "cells": [top, *cells[:place], here, *cells[place:]]}


def without_banner(notebook: Notebook) -> Notebook:
    """The notebook without the lines that `with_banner`, or papermill, has put in."""
    return {**notebook, "cells": [cell for cell in notebook["cells"] if BANNER not in tags(cell)]}


def _place(notebook: Notebook, failure: Failure) -> int | None:
    """Where the cell that failed stands once the earlier lines are gone."""
    if failure.cell_index is None:
        return None
    return sum(BANNER not in tags(cell) for cell in notebook["cells"][: failure.cell_index])


def _prose(name: str, source: str) -> Cell:
    return {"cell_type": "markdown", "id": f"{ANCHOR}-{name}", "metadata": {"tags": [BANNER]}, "source": source}


def _note(began: datetime | None, ended: datetime | None, exception: bool | None, status: str) -> dict[str, Any]:
    return {
        "start_time": None if began is None else began.isoformat(),
        "end_time": None if ended is None else ended.isoformat(),
        "duration": None if began is None or ended is None else round((ended - began).total_seconds(), 6),
        "exception": exception,
        "status": status,
    }
