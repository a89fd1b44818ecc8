"""`Local`: a backend over exec-core in this very process and thread. Needs the extra `shell`.

`sys.stdout` and `sys.stderr` go through the console, so that it knows what stands on the screen; what children and C
code write goes to the terminal itself.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from antiphon_exec_core.cell import Cell
from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.outputs import ClearOutput, ErrorOutput
from antiphon_exec_core.outputs import Display as CoreDisplay
from antiphon_exec_core.outputs import Output as CoreOutput
from antiphon_exec_core.outputs import Result as CoreResult
from antiphon_exec_core.outputs import Stream as CoreStream

from .backend import About, Choice, Listener, Reply
from .outputs import Clear, Display, Error, Output, Result, Stream

if TYPE_CHECKING:
    from typing import TextIO

Show = Callable[[Output], None]


class Local:
    """`show` is given what is said outside of cells too, from whatever thread; unset, `start`'s listener is.

    `lend` is entered while a child has the terminal.
    """

    def __init__(self, interpreter: Interpreter, banner: str = "") -> None:
        self.owned = True
        self.here = True
        self.about = About(banner, "python", "python", ".py", "antiphon")
        self.show: Show | None = None
        self.lend: Callable[[], AbstractContextManager[None]] = nullcontext
        self._interpreter = interpreter
        self._outlet: ConsoleOutlet | None = None
        self._streams: tuple[TextIO, TextIO] | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop of the cells: their tasks go on while the prompt waits in it."""
        return self._interpreter.eventloop.loop

    def prompts(self) -> Any:
        """What users set as `get_ipython().prompts`, an object of IPython's interface; None where they did not."""
        face = vars(self._interpreter).get("face")
        return None if face is None else vars(face).get("prompts")

    async def start(self, listener: Listener) -> About:
        """See `Backend`."""
        show = self.show or listener.show
        self._outlet = ConsoleOutlet(show, self.lend)
        self._streams = sys.stdout, sys.stderr
        sys.stdout = ConsoleStream("stdout", sys.stdout, show)
        sys.stderr = ConsoleStream("stderr", sys.stderr, show)
        return self.about

    def run(self, code: str) -> Reply:
        """Run a cell, to its end."""
        assert self._outlet is not None, "start comes first"
        outcome = self._interpreter.run(Cell(code), self._outlet)
        sys.stdout.flush()
        return Reply("ok" if outcome.ok else "error", outcome.execution_count or 0, outcome.payload)

    async def submit(self, code: str, *, silent: bool = False, store_history: bool = True) -> Reply:
        """Not how cells run here."""
        raise RuntimeError("cells run here by `run`, while no loop runs")

    async def complete(self, code: str, cursor: int) -> Sequence[Choice]:
        """See `Backend`. In a thread, for some sources look at files; the completer keeps its own deadline."""
        found = await asyncio.to_thread(self._interpreter.complete, code, cursor)
        typed = found.metadata.get("_jupyter_types_experimental", ())
        return [
            Choice(
                one["text"],
                found.start,
                found.end,
                "" if one["type"] == "<unknown>" else one["type"],
                one.get("signature", ""),
            )
            for one in typed
        ]

    async def inspect(self, code: str, cursor: int, detail: int = 0) -> Mapping[str, Any] | None:
        """See `Backend`."""
        return self._interpreter.inspect(code, cursor, detail)

    async def is_complete(self, code: str) -> tuple[str, str]:
        """See `Backend`."""
        status, indent = self._interpreter.is_complete(code)
        return status, indent or ""

    async def history(self, count: int) -> Sequence[str]:
        """See `Backend`."""
        entries = await asyncio.to_thread(self._interpreter.history.tail, count)
        return [str(entry[2]) for entry in entries]

    async def interrupt(self) -> None:
        """Nothing runs while the loop does."""

    async def restart(self) -> None:
        """The process is what would have to begin anew."""

    async def close(self, keep: bool = False) -> None:
        """Give the streams back; the interpreter is closed by who made it."""
        if self._streams is not None:
            sys.stdout, sys.stderr = self._streams
            self._streams = None


class ConsoleOutlet:
    """exec-core's outlet: outputs to the console, questions to the terminal."""

    is_terminal = True

    def __init__(self, show: Show, lend: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        self._show = show
        self.lend = lend

    def emit(self, output: CoreOutput) -> None:
        """See exec-core's `Outlet`."""
        self._show(as_output(output))

    def ask(self, prompt: str, password: bool = False) -> str:
        """See exec-core's `Outlet`."""
        if password:
            from getpass import getpass

            return getpass(prompt)
        import readline  # noqa: F401  # lines can be edited from then on

        return input(prompt)


def as_output(output: CoreOutput) -> Output:
    """An output of exec-core's as one of a console's."""
    match output:
        case CoreStream(name, text):
            return Stream(name, text)
        case CoreResult(count, data, metadata):
            return Result(count, data, metadata)
        case CoreDisplay(data, metadata, display_id, update):
            return Display(data, metadata, display_id, update)
        case ErrorOutput(report):
            return Error(report.ename, report.evalue, report.traceback)
        case ClearOutput(wait):
            return Clear(wait)


class ConsoleStream(io.TextIOBase):
    """A standard stream that tells the console what is written; everything else is that of the stream it stands for."""

    def __init__(self, name: str, stream: TextIO, show: Show) -> None:
        self._name = name
        self._stream = stream
        self._show = show

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text:
            self._show(Stream(self._name, text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        self.write("".join(lines))

    def flush(self) -> None:
        self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def writable(self) -> bool:
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return self._stream.errors

    @property
    def buffer(self) -> Any:
        """Bytes go past the console."""
        return self._stream.buffer

    @property
    def name(self) -> str:
        return self._stream.name

    def close(self) -> None:
        """The terminal stays open."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
