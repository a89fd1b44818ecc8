"""The way back to whoever made a request.

A `Frontend` is bound to one request and handed along as an argument. It is stored in one context variable, for
code that was given no argument: user threads, and file objects such as ``sys.stdout``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, TypeAlias

from antiphon_wire_protocol.message.content import (
    ClearOutput,
    Content,
    DisplayData,
    Error,
    ExecuteInput,
    ExecuteRequest,
    ExecuteResult,
    UpdateDisplayData,
)
from antiphon_wire_protocol.message.messages import Buffer, Message


class InputNotAllowed(RuntimeError):
    """A cell asked for input, and the frontend that sent it has said that it cannot give any."""


class StreamRun:
    """Text written to one stream without anything else between: it leaves as one message, or a few.

    Any thread appends; the publisher's owner takes. `queued` is cleared *before* the text is taken, so a writer
    either gets its text in or sees that the run has to be queued again: nothing is lost, and no lock is needed.
    """

    __slots__ = ("name", "parent", "parts", "queued", "settled")

    def __init__(self, name: str, parent: Message | None) -> None:
        self.name = name
        self.parent = parent
        self.parts: deque[str] = deque()
        self.queued = False
        self.settled = False

    def ends_line(self) -> bool:
        """Whether the text so far ends with a line's end; called by the publisher's owner only."""
        parts = self.parts
        return bool(parts) and parts[-1].endswith("\n")

    def take(self) -> str:
        """All the text so far; called by the publisher's owner only."""
        self.queued = self.settled = False
        parts = self.parts
        taken = []
        try:
            while True:
                taken.append(parts.popleft())
        except IndexError:
            return "".join(taken)


class Outbox(Protocol):
    """Where a frontend's messages go."""

    def publish(
        self,
        content: Content,
        parent: Message | None,
        *,
        metadata: dict[str, Any] | None = None,
        buffers: Sequence[Buffer] = (),
    ) -> None:
        """Broadcast on iopub. Any thread. Raises `LocalProtocolError` for content without a JSON form."""

    def stream(self, run: StreamRun) -> None:
        """Have the text of `run` broadcast soon: at once when none went out lately, else with what follows."""


Ask: TypeAlias = "Callable[[Message, str, bool], str]"
"""Ask the frontend that sent a request for a line: (request, prompt, password) to the answer."""


class Frontend:
    """One request's way back: output goes out as its children, questions go to its sender."""

    __slots__ = ("_ask", "_outbox", "request", "run")

    def __init__(self, request: Message | None, outbox: Outbox, ask: Ask | None = None) -> None:
        self.request = request
        self._outbox = outbox
        self._ask = ask
        self.run: StreamRun | None = None

    def stream(self, name: str, text: str) -> None:
        """Append to ``stdout`` or ``stderr``. Order against all other output of this request is kept."""
        run = self.run
        if run is None or run.name != name:
            run = self.begin(name)
        run.parts.append(text)
        if not run.queued:
            self.queue(run)

    def begin(self, name: str) -> StreamRun:
        """Begin a new run of text: what was written before stays before it."""
        self._end_run()
        run = self.run = StreamRun(name, self.request)
        return run

    def _end_run(self) -> None:
        """Whatever follows is not gathered with the text so far. An interrupt may have hit between a piece of text and
        its queueing: it is put in line now."""
        run, self.run = self.run, None
        if run is not None and run.parts and not run.queued:
            self.queue(run)

    def queue(self, run: StreamRun) -> None:
        """Have a run's text sent."""
        self._outbox.stream(run)

    def publish(
        self, content: Content, *, metadata: dict[str, Any] | None = None, buffers: Sequence[Buffer] = ()
    ) -> None:
        """Broadcast any iopub message as a child of this request."""
        self._end_run()
        self._outbox.publish(content, self.request, metadata=metadata, buffers=buffers)

    def execute_input(self, code: str, execution_count: int) -> None:
        """Tell every frontend what is about to run."""
        self.publish(ExecuteInput(code=code, execution_count=execution_count))

    def display(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        display_id: str | None = None,
        update: bool = False,
    ) -> None:
        """Show a MIME bundle; with `update`, replace every display of that `display_id`."""
        kind = UpdateDisplayData if update else DisplayData
        transient = {} if display_id is None else {"display_id": display_id}
        self.publish(kind(data=data, metadata=metadata or {}, transient=transient))

    def result(self, data: dict[str, Any], metadata: dict[str, Any] | None, execution_count: int | None) -> None:
        """Show the value of a cell."""
        self.publish(ExecuteResult(execution_count=execution_count, data=data, metadata=metadata or {}))

    def error(self, ename: str, evalue: str, traceback: Sequence[str] = ()) -> None:
        """Show an error: `traceback` is lines of text, ANSI colours allowed."""
        self.publish(Error(ename=ename, evalue=evalue, traceback=list(traceback)))

    def clear(self, wait: bool = False) -> None:
        """Clear what this request has shown; with `wait`, when the next output comes."""
        self.publish(ClearOutput(wait=wait))

    @property
    def allows_input(self) -> bool:
        """Whether `ask` has somebody to ask."""
        content = None if self.request is None else self.request.content
        return self._ask is not None and isinstance(content, ExecuteRequest) and content.allow_stdin

    def ask(self, prompt: str = "", password: bool = False) -> str:
        """Ask for a line of input and wait for it.

        Raises `InputNotAllowed` when the request came with `allow_stdin` false, `EOFError` for an end of file,
        `KeyboardInterrupt` when the cell is interrupted meanwhile.
        """
        if self.request is None or self._ask is None or not self.allows_input:
            raise InputNotAllowed("this cell asked for input, but its frontend does not answer input requests")
        self.run = None
        return self._ask(self.request, prompt, password)


_current: ContextVar[Frontend | None] = ContextVar("antiphon_frontend", default=None)
_newest: Frontend | None = None


def current_frontend() -> Frontend | None:
    """The frontend of the request being handled; in a thread that inherited none, the newest one."""
    return _current.get() or _newest


@contextmanager
def use_frontend(frontend: Frontend) -> Iterator[None]:
    """Make `frontend` the current one for the block. It stays the newest afterwards."""
    global _newest
    _newest = frontend
    token = _current.set(frontend)
    try:
        yield
    finally:
        _current.reset(token)
