"""What a stretch of code writes and displays, kept instead of shown: `%%capture`, and `capture_output()` for users."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .outputs import ClearOutput, Display, Outlet, Output, Result, Stream, current_outlet, use_outlet


class RichOutput:
    """One captured display; shown again by `display()`, or as itself at the end of a cell."""

    def __init__(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        transient: dict[str, Any] | None = None,
        update: bool = False,
    ) -> None:
        self.data = data
        self.metadata = metadata or {}
        self.transient = transient or {}
        self.update = update

    def display(self) -> None:
        """Show it where this is called; an update replaces what is shown under its id."""
        current_outlet().emit(Display(self.data, self.metadata, self.transient.get("display_id"), self.update))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.data, self.metadata


class Captured:
    """Captured text and displays. Calling it shows everything; `str()` is what went to stdout."""

    def __init__(self) -> None:
        self._out = io.StringIO()
        self._err = io.StringIO()
        self.outputs: list[RichOutput] = []

    @property
    def stdout(self) -> str:
        return self._out.getvalue()

    @property
    def stderr(self) -> str:
        return self._err.getvalue()

    def show(self) -> None:
        """Write and display all of it again."""
        sys.stdout.write(self.stdout)
        sys.stderr.write(self.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
        for output in self.outputs:
            output.display()

    __call__ = show

    def __str__(self) -> str:
        return self.stdout


class _Capturing:
    """An outlet that keeps what is captured and passes on the rest."""

    def __init__(self, captured: Captured, outer: Outlet, stdout: bool, stderr: bool, display: bool) -> None:
        self._captured, self._outer = captured, outer
        self._streams = {"stdout": captured._out if stdout else None, "stderr": captured._err if stderr else None}
        self._display = display

    def emit(self, output: Output) -> None:
        if isinstance(output, Stream) and (target := self._streams.get(output.name)) is not None:
            target.write(output.text)
        elif self._display and isinstance(output, Result):
            self._captured.outputs.append(RichOutput(output.data, output.metadata))
        elif self._display and isinstance(output, Display):
            transient = {"display_id": output.display_id} if output.display_id else None
            self._captured.outputs.append(RichOutput(output.data, output.metadata, transient, output.update))
        elif not (self._display and isinstance(output, ClearOutput)):
            self._outer.emit(output)

    def ask(self, prompt: str, password: bool = False) -> str:
        return self._outer.ask(prompt, password)


@contextmanager
def capture_output(stdout: bool = True, stderr: bool = True, display: bool = True) -> Iterator[Captured]:
    """`with capture_output() as captured: ...`; each flag tells whether that kind is kept or shown as ever."""
    captured = Captured()
    former = sys.stdout, sys.stderr
    if stdout:
        sys.stdout = captured._out
    if stderr:
        sys.stderr = captured._err
    try:
        with use_outlet(_Capturing(captured, current_outlet(), stdout, stderr, display)):
            yield captured
    finally:
        sys.stdout, sys.stderr = former
