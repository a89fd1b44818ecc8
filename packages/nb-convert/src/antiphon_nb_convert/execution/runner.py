"""`NotebookRunner`: one notebook on one kernel, cell by cell, on the running asyncio loop.

What has run can be had at any moment, whatever happens: `notebook` is the executed notebook so far. The notebook that
was given is never changed. A cell is over when its reply and its idle have both come, however long its output takes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Any, NamedTuple, Self

from antiphon_wire_protocol.client.execution import Execution as Request
from antiphon_wire_protocol.client.execution import OnInput
from antiphon_wire_protocol.client.mailbox import Mailbox
from antiphon_wire_protocol.errors import KernelDied, ProtocolError, RemoteProtocolError
from antiphon_wire_protocol.manager.manager import KernelManager
from antiphon_wire_protocol.message import content as c
from antiphon_wire_protocol.message.messages import Message

from ..conversion import Cell, Notebook
from ..errors import CellFailed, CellTimeout, ExecutionError, Interrupted, KernelLost, NoKernel
from ..notebook import tags
from . import events as e
from .hooks import NO_HOOKS, Hook, Hooks, fire
from .kernels import START_PROBLEMS, StartedKernel, order_for, start_problem
from .pool import KernelPool
from .results import Execution, Failure, Kind
from .settings import ExecutionSettings
from .transcript import Transcript

INTERRUPT_GRACE = 5.0
"""Seconds that an interrupted cell has to end."""
IDLE_PATIENCE = 4.0
"""Seconds after a reply until the kernel is asked something else, to see whether its idle was lost or is only late."""
SILENCE = 60.0
"""Seconds without any broadcast, after a reply, until they are given up."""

log = logging.getLogger(__name__)

_RAISED: dict[Kind, type[ExecutionError]] = {
    "error": CellFailed,
    "timeout": CellTimeout,
    "died": KernelLost,
    "interrupted": Interrupted,
    "no kernel": NoKernel,
}


class NotebookRunner:
    """Runs `notebook` (format 4.5, multi-line strings joined); further words are fields of `ExecutionSettings`.

    ``async with`` starts the kernel and ends it; `run` does so itself where that was not done. Instead of one of its
    own it uses a kernel of a `pool`, or that of a `manager` which is running and stays so. `on_event` is called with
    each of `events`, on the loop; `on_input(prompt, password)` answers questions of cells, which fail without it.
    `name` is what errors call the notebook. `cell_ended` is set with each cell, for one who waits and clears it.
    """

    def __init__(
        self,
        notebook: Notebook,
        *,
        name: str = "",
        hooks: Hooks = NO_HOOKS,
        on_event: Callable[[e.Event], object] | None = None,
        on_input: OnInput | None = None,
        pool: KernelPool | None = None,
        manager: KernelManager | None = None,
        **settings: Any,
    ) -> None:
        self.name = name
        self.settings = ExecutionSettings(**settings)
        self.execution: Execution | None = None
        self.cell_ended = asyncio.Event()
        self._source = notebook
        self._transcript = Transcript(notebook, self.settings)
        self._hooks = hooks
        self._on_event = on_event
        self._on_input = on_input
        self._pool = pool
        self._manager = manager
        self._kernel: StartedKernel | None = None
        self._used = False
        self._failures: list[Failure] = []
        self._numbered = 0
        self._done = 0
        self._began = time.monotonic()
        self._listening = contextlib.ExitStack()
        self._mailbox = Mailbox()
        self._pump: asyncio.Task[None] | None = None
        self._heard_any = False
        self._probe: tuple[str, asyncio.Future[None]] | None = None
        self._starting: asyncio.Task[StartedKernel] | None = None
        self._running: Request | None = None
        self._stopping = ""
        self._stuck = False
        self._interrupting: asyncio.Task[None] | None = None
        self._callback_error: Exception | None = None

    # ── what there is ────────────────────────────────────────────────────────────────────────────────────

    @property
    def notebook(self) -> Notebook:
        """The notebook with what has run so far. Cells that were not reached have no outputs."""
        return self._transcript.notebook()

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What went wrong so far."""
        return tuple(self._failures)

    # ── from start to end ────────────────────────────────────────────────────────────────────────────────

    async def __aenter__(self) -> Self:
        """Start the kernel. Raises `NoKernel`, or `Interrupted` when `stop` was called meanwhile."""
        if self._used:
            raise RuntimeError("a runner runs once: make another")
        self._used = True
        self._began = time.monotonic()
        if self._stopping:
            raise await self._refused("interrupted", self._stopping)
        self._starting = asyncio.ensure_future(self._start())
        try:
            self._kernel = await self._starting
            self._transcript.started(self._kernel.info)
        except asyncio.CancelledError:
            if not self._stopping:
                raise
            raise await self._refused("interrupted", self._stopping) from None
        except START_PROBLEMS as error:
            raise await self._refused("no kernel", start_problem(error)) from None
        finally:
            self._starting = None
        try:
            self._mailbox = self._listening.enter_context(self._kernel.client.broadcasts())
            self._pump = asyncio.create_task(self._hear())
            await self._tell(self._hooks.on_notebook_start)
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._end()
        await self._tell(self._hooks.on_notebook_complete)

    async def run(self) -> Execution:
        """Run all cells, on a fresh kernel where none was started.

        Raises `NoKernel`, and under ``on_error="abort"`` any other `ExecutionError`: what has run is its `notebook`.
        """
        if self._kernel is None:
            async with self:
                return await self.run()
        kernel = self._kernel.name
        self._emit(e.NotebookStarted(self.name, kernel, self._language(), self._transcript.total, self._elapsed()))
        try:
            for index in range(len(self._transcript.cells)):
                failure = await self.run_cell(index)
                if failure is not None and not self._goes_on(failure):
                    break
            await self._note_stop()
        finally:
            self._emit(e.NotebookDone(self.name, self._done, self.failures, self._elapsed()))
            self.execution = Execution(self.notebook, self.failures, kernel, self._done, self._elapsed(), self.name)
        self._raise_callback_error()
        if self._failures and self.settings.on_error == "abort":
            raise _RAISED[self._failures[0].kind](self._failures[0], self.execution.notebook)
        return self.execution

    async def events(self) -> AsyncIterator[e.Event]:
        """Run all cells as `run` does, and give each event as it comes; then raise what `run` would raise."""
        queue: asyncio.Queue[e.Event | None] = asyncio.Queue()
        before = self._on_event

        def told(event: e.Event) -> None:
            queue.put_nowait(event)
            if before is not None:
                before(event)

        self._on_event = told
        running = asyncio.ensure_future(self.run())
        running.add_done_callback(lambda _: queue.put_nowait(None))
        try:
            while (event := await queue.get()) is not None:
                yield event
            await running
        finally:
            self._on_event = before
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def run_cell(self, index: int) -> Failure | None:
        """Run one cell, if it is one that runs; why it failed, where that is not allowed. Raises nothing for it.

        The kernel must have been started.
        """
        if self._kernel is None:
            raise RuntimeError("the kernel is not started: enter the runner first")
        cell = self._transcript.cells[index]
        if self._stopping:
            return await self._note_stop()
        await fire(self._hooks.on_cell_start, cell=cell, cell_index=index)
        if not self._transcript.runs(cell):
            return None
        await fire(self._hooks.on_cell_execute, cell=cell, cell_index=index)
        self._numbered = number = self._numbered + 1
        began = time.monotonic()
        self._emit(e.CellStarted(self.name, number, index, cell["source"], self._elapsed()))
        reply: c.ExecuteReply | None = None
        failure: Failure | None = None
        forgiven = False
        try:
            reply, failure, forgiven = await self._reply(number, index, cell)
        except (KernelDied, ProtocolError) as error:
            reason, _, detail = str(error).partition("\n")
            failure = Failure("died", number, index, reason, detail=detail, name=self.name)
        except _Stopped as error:
            failure = Failure("interrupted", number, index, str(error), name=self.name)
        finally:
            self._drain()
            self._running = None
        self._raise_callback_error()
        ename = "" if reply is None or reply.status == "ok" else str(reply.ename or reply.status)
        await self._over(index, reply, ename)
        if failure is None and reply is not None and ename and not forgiven:
            failure = self._judged(number, index, cell, reply, ename)
        if failure is not None:
            self._failures.append(failure)
        self._done += 1
        self.cell_ended.set()
        count, seconds = self._transcript.count(index), time.monotonic() - began
        self._emit(e.CellDone(self.name, number, index, count, seconds, ename, self._elapsed()))
        if self._hooks.on_cell_complete is not None:
            await fire(self._hooks.on_cell_complete, cell=self._transcript.shown(index), cell_index=index)
        if failure is not None:
            await self._tell(self._hooks.on_notebook_error)
        self._raise_callback_error()
        return failure

    def stop(self, reason: str = "interrupted", *, now: bool = False) -> None:
        """End the run: the running cell is interrupted and none follows. Called again, or with `now`, the cell is not
        waited for any longer. To be called on the loop."""
        again, self._stopping = bool(self._stopping), self._stopping or reason
        if self._starting is not None and not again:
            self._starting.cancel()
        if self._running is not None and not self._running.over:
            if again or now:
                self._running.failed(_Stopped(reason))
            else:
                self._interrupting = asyncio.ensure_future(self._interrupt())

    # ── the kernel ───────────────────────────────────────────────────────────────────────────────────────

    async def _start(self) -> StartedKernel:
        settings = self.settings
        if self._manager is not None:
            client = await self._manager.client().open()
            try:
                return StartedKernel(self._manager, client, await client.ready(settings.startup_timeout))
            except BaseException:
                await client.close()
                raise
        order = order_for(self._source, settings)
        if self._pool is not None:
            return await self._pool.take(order)
        return await order.start(settings.startup_timeout)

    async def _refused(self, kind: Kind, reason: str) -> ExecutionError:
        self._failures.append(Failure(kind, None, None, reason, name=self.name))
        await self._tell(self._hooks.on_notebook_error)
        return _RAISED[kind](self._failures[-1], self.notebook)

    async def _end(self) -> None:
        kernel = self._kernel
        if self._pump is not None:
            self._pump.cancel()
        if self._interrupting is not None:
            self._interrupting.cancel()
        if kernel is not None:
            self._drain()
            self._listening.close()
            if self._manager is not None:
                await kernel.client.close()
            else:
                await kernel.close(now=self.settings.shutdown_kernel == "immediate")
            self._kernel = None

    async def _tell(self, hook: Hook | None) -> None:
        if hook is not None:
            await fire(hook, notebook=self.notebook)

    async def _interrupt(self) -> None:
        assert self._kernel is not None
        # Where the kernel has gone or does not answer, the cell's own end tells.
        with contextlib.suppress(KernelDied, ProtocolError, TimeoutError):
            async with asyncio.timeout(INTERRUPT_GRACE):
                await self._kernel.manager.interrupt()

    # ── one cell ─────────────────────────────────────────────────────────────────────────────────────────

    async def _reply(self, number: int, index: int, cell: Cell) -> _Ended:
        """Send the cell and wait until its reply and all output are there, or its time is over."""
        request = self._send(number, index, cell)
        limit = self.settings.limit(cell)
        try:
            async with asyncio.timeout(limit):
                return _Ended(await self._ended(request))
        except TimeoutError:
            pass
        failure = Failure("timeout", number, index, f"no end after {limit:g} s", name=self.name)
        if not self.settings.interrupt_on_timeout and self.settings.on_error != "continue":
            return _Ended(None, failure)
        if self.settings.interrupt_on_timeout and self.settings.error_on_timeout is None:
            log.warning("%s: interrupted", failure)  # nothing else tells
        await self._interrupt()
        try:
            async with asyncio.timeout(INTERRUPT_GRACE):
                reply = await self._ended(request)
        except TimeoutError:
            reason = f"{failure.reason}, nor {INTERRUPT_GRACE:g} s after an interrupt"
            self._stuck = True
            return _Ended(None, failure._replace(reason=reason))
        except KernelDied as error:
            end, _, detail = str(error).partition("\n")
            self._stuck = True
            return _Ended(None, failure._replace(reason=f"{failure.reason}; interrupted, and {end}", detail=detail))
        if not self.settings.interrupt_on_timeout:
            return _Ended(reply, failure)
        if self.settings.error_on_timeout is None:
            return _Ended(reply, forgiven=True)
        said = self.settings.error_on_timeout
        ename, evalue = str(said.get("ename", "")), str(said.get("evalue", ""))
        return _Ended(
            c.ExecuteReply(
                status="error",
                execution_count=reply.execution_count,
                ename=ename or "CellTimeout",
                evalue=evalue,
                traceback=[str(line) for line in said.get("traceback", ())],
            )
        )

    def _send(self, number: int, index: int, cell: Cell) -> Request:
        assert self._kernel is not None
        request = self._kernel.client.execute(
            cell["source"],
            store_history=self.settings.store_history,
            stop_on_error=self.settings.stops_kernel(tags(cell)),
            allow_stdin=self._on_input is not None,
            on_input=self._on_input or _nobody,
            metadata={"cellId": cell["id"]} if "id" in cell else None,
        )
        self._running = request
        self._transcript.begin(request.msg_id, number, index)
        return request

    async def _ended(self, request: Request) -> c.ExecuteReply:
        """Wait for reply and idle."""
        message = await request.reply()
        reply = message.content
        if not isinstance(reply, c.ExecuteReply):
            raise RemoteProtocolError(f"{message.msg_type} is no answer to an execute_request")
        if not request.over:
            await self._idle(request)
        self._transcript.replied(message, reply)
        return reply

    async def _idle(self, request: Request) -> None:
        """The reply is there, the idle is not. Late it may be; lost it is once the kernel was idle after it."""
        assert self._kernel is not None
        with contextlib.suppress(TimeoutError):
            await request.done(IDLE_PATIENCE)
            return
        probe = self._kernel.client.send(c.KernelInfoRequest())
        passed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._probe = (probe.msg_id, passed)
        finished = asyncio.ensure_future(request.done())
        try:
            while True:
                self._heard_any = False
                await asyncio.wait((finished, passed), timeout=SILENCE, return_when=asyncio.FIRST_COMPLETED)
                if finished.done():
                    finished.result()
                    return
                if passed.done():
                    log.warning("the kernel has not told that a cell has ended; it has, all the same")
                    return
                if not self._heard_any:
                    raise RemoteProtocolError(f"no end of its output, nor any of it, for {SILENCE:g} s after the reply")
        finally:
            self._probe = None
            finished.cancel()
            await asyncio.wait((finished,))
            if not finished.cancelled():
                finished.exception()

    async def _over(self, index: int, reply: c.ExecuteReply | None, ename: str) -> None:
        """All of the cell is there: what captured it is told to the kernel, and the hooks are called."""
        assert self._kernel is not None
        client = self._kernel.client
        if client.is_open:
            self._transcript.send_captured(client.comm_msg)
        if reply is None or (self._hooks.on_cell_executed is None and self._hooks.on_cell_error is None):
            return
        shown, said = self._transcript.shown(index), _as_dictionary(reply)
        await fire(self._hooks.on_cell_executed, cell=shown, cell_index=index, execute_reply=said)
        if ename:
            await fire(self._hooks.on_cell_error, cell=shown, cell_index=index, execute_reply=said)

    def _judged(self, number: int, index: int, cell: Cell, reply: c.ExecuteReply, ename: str) -> Failure | None:
        """The failure that this error is, unless it is allowed."""
        if self._stopping:
            return Failure("interrupted", number, index, self._stopping, ename=ename, name=self.name)
        if self.settings.allows(ename, tags(cell)):
            return None
        evalue = str(reply.evalue or "")
        lines = evalue.strip().splitlines()
        return Failure(
            "error",
            number,
            index,
            f"{ename}: {lines[0]}" if lines else ename,
            ename,
            evalue,
            "\n".join(reply.traceback or ()),
            self.name,
        )

    # ── what the kernel says ─────────────────────────────────────────────────────────────────────────────

    async def _hear(self) -> None:
        try:
            async for message in self._mailbox:
                self._take(message)
        except Exception as error:  # nobody awaits this task: the run does the raising
            self._broken(error)

    def _drain(self) -> None:
        """What has come and was not looked at yet."""
        while (message := self._mailbox.take()) is not None:
            self._take(message)

    def _take(self, message: Message) -> None:
        self._heard_any = True
        if self._running is not None:
            self._running.take()  # the same, that nobody iterates over: a long output would be held twice
        content = message.content
        if (
            self._probe is not None
            and message.parent_id == self._probe[0]
            and isinstance(content, c.Status)
            and content.execution_state == "idle"
        ):
            self._probe[1].set_result(None)
        heard = self._transcript.heard(message)
        if heard is not None and self._on_event is not None:
            number, index, (kind, output, captured, display_id), count = heard
            self._emit(
                e.CellOutput(self.name, number, index, kind, output, count, captured, display_id, self._elapsed())
            )

    def _emit(self, event: e.Event) -> None:
        """A callback that fails ends the run, and what it raised is raised there."""
        if self._on_event is None or self._callback_error is not None:
            return
        try:
            self._on_event(event)
        except Exception as error:
            self._broken(error)

    def _broken(self, error: Exception) -> None:
        """Something of ours or of the caller's failed between two messages."""
        self._callback_error = error
        if self._running is not None:
            self._running.failed(_Stopped("the run failed"))

    def _raise_callback_error(self) -> None:
        if self._callback_error is not None:
            raise self._callback_error

    def _language(self) -> str:
        assert self._kernel is not None
        return str(self._kernel.info.language_info.get("name", ""))

    def _elapsed(self) -> float:
        return time.monotonic() - self._began

    def _goes_on(self, failure: Failure) -> bool:
        return self.settings.on_error == "continue" and failure.kind in ("error", "timeout") and not self._stuck

    async def _note_stop(self) -> Failure | None:
        """A run that was stopped has a failure that says so."""
        if not self._stopping:
            return None
        if not any(failure.kind == "interrupted" for failure in self._failures):
            self._failures.append(Failure("interrupted", None, None, self._stopping, name=self.name))
            await self._tell(self._hooks.on_notebook_error)
        return self._failures[-1]


class _Ended(NamedTuple):
    """How a cell ended. `forgiven`: interrupted for its time, which is meant to be no error."""

    reply: c.ExecuteReply | None
    failure: Failure | None = None
    forgiven: bool = False


class _Stopped(Exception):
    """Nobody waits for this cell any more."""


async def _nobody(prompt: str, password: bool) -> str:
    """Answers a kernel that asks although it was told that nobody is there: otherwise it would wait for ever."""
    raise EOFError


def _as_dictionary(reply: c.ExecuteReply) -> dict[str, Any]:
    content: dict[str, Any] = {"status": reply.status, "execution_count": reply.execution_count}
    if reply.status != "ok":
        content.update(ename=reply.ename or "", evalue=reply.evalue or "", traceback=list(reply.traceback or ()))
    return {"msg_type": "execute_reply", "content": content}
