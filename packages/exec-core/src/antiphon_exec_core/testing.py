"""The bench: an outlet that remembers, and `run("1+1")` for tests of one line."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOBase
from typing import Any

from .cell import Cell, Outcome
from .interpreter import Interpreter
from .outputs import Display, ErrorOutput, Output, Result, Stream, current_outlet
from .settings import Settings

SETTINGS = Settings(history_enabled=False, colour=False, own_main=False)


class RecordingOutlet:
    """Keeps every output in `outputs`, neighbouring streams joined; answers questions from `answers`.

    The answer `^C` is an interrupt.
    """

    def __init__(self, answers: Iterable[str] = ()) -> None:
        self.outputs: list[Output] = []
        self.answers = list(answers)
        self.questions: list[str] = []

    @property
    def asks_for_children(self) -> bool:
        """What child processes read is answered too, while there are answers."""
        return bool(self.answers)

    def emit(self, output: Output) -> None:
        last = self.outputs[-1] if self.outputs else None
        if isinstance(output, Stream) and isinstance(last, Stream) and last.name == output.name:
            self.outputs[-1] = Stream(last.name, last.text + output.text)
        else:
            self.outputs.append(output)

    def ask(self, prompt: str, password: bool = False) -> str:
        self.questions.append(prompt)
        if not self.answers:
            raise EOFError(f"nobody answers {prompt!r}")
        answer = self.answers.pop(0)
        if answer == "^C":
            raise KeyboardInterrupt
        return answer

    def text(self, name: str = "stdout") -> str:
        """All that was written to one stream."""
        return "".join(output.text for output in self.outputs if isinstance(output, Stream) and output.name == name)


class OutletStream(TextIOBase):
    """A file that writes to the outlet of the cell in which it is written to."""

    def __init__(self, name: str) -> None:
        self._name = name

    def write(self, text: str) -> int:
        if text:
            current_outlet().emit(Stream(self._name, text))
        return len(text)

    def writable(self) -> bool:
        return True


@contextmanager
def streams_to_outlet() -> Iterator[None]:
    """`sys.stdout` and `sys.stderr` write to the outlet inside the block."""
    former = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = OutletStream("stdout"), OutletStream("stderr")
    try:
        yield
    finally:
        sys.stdout, sys.stderr = former


@contextmanager
def interpreter(settings: Settings = SETTINGS, **options: Any) -> Iterator[Interpreter]:
    """An interpreter for one test: no history file, no colours; closed at the end."""
    made = Interpreter(settings, **options)
    try:
        yield made
    finally:
        made.close()


def run_in(made: Interpreter, code: str, answers: Iterable[str] = (), **options: Any) -> tuple[Outcome, list[Output]]:
    """Run a cell in an interpreter; its outcome and its outputs."""
    outlet = RecordingOutlet(answers)
    with streams_to_outlet():
        outcome = made.run(Cell(code, **options), outlet)
    return outcome, outlet.outputs


def said(made: Interpreter, code: str, *answers: str) -> str:
    """What a cell writes as one text: streams, `Out: ` before values, and the last line of an error."""
    text = ""
    for output in run_in(made, code, answers)[1]:
        if isinstance(output, Stream):
            text += output.text
        elif isinstance(output, (Result, Display)):
            text += f"Out: {output.data.get('text/plain')}\n"
        elif isinstance(output, ErrorOutput):
            text += f"{output.report.ename}: {output.report.evalue}\n"
    return text


def talk(made: Interpreter, code: str, *answers: str) -> tuple[str, Outcome]:
    """Run a cell that asks; what it wrote to stdout, and its outcome. Every answer must have been asked for."""
    outlet = RecordingOutlet(answers)
    with streams_to_outlet():
        outcome = made.run(Cell(code), outlet)
    assert outlet.answers == [], f"not asked for: {outlet.answers}; said: {outlet.text()}"
    return outlet.text(), outcome


def run(*cells: str, answers: Iterable[str] = (), settings: Settings = SETTINGS) -> tuple[Outcome, list[Output]]:
    """Run cells one after another in a fresh interpreter; outcome and outputs of the last one."""
    outcome = Outcome()
    outputs: list[Output] = []
    with interpreter(settings) as made:
        for code in cells:
            outcome, outputs = run_in(made, code, answers)
    return outcome, outputs
