"""`Remote`: a backend over a kernel in another process, one that we started or one that was there before us.

What our own cells say is shown in order before `submit` returns; what others' cells say comes when it comes, with the
session that caused it as its origin.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from typing import Any, Protocol

from antiphon_wire_protocol import KernelClient, KernelManager, Message
from antiphon_wire_protocol.errors import KernelDied, ProtocolError
from antiphon_wire_protocol.message import content as c

from .backend import About, Choice, Gone, Listener, Reply
from .outputs import Clear, Display, Error, Input, Output, Result, Stream

READY_SECONDS = 60.0
ANSWER_SECONDS = 5.0  # an attached kernel that says nothing for so long is taken for dead, or for one with another key
COMPLETE_SECONDS = 2.0
COMPLETENESS_SECONDS = 0.5
BEAT_SECONDS = 1.0
_LAST_WORDS = 5  # lines of what the process itself wrote, kept for the day it dies


class Way(Protocol):
    """What leads to a kernel that cannot be reached directly (`ssh.Tunnel`)."""

    def problem(self) -> str:
        """Why nothing comes through; empty where it is not the way's fault, or nobody knows."""

    async def ended(self) -> str:
        """Wait until nothing comes through any more; why."""

    def close(self) -> None:
        """End it."""


class Remote:
    """`manager` is the kernel's, started or not, where it is our own; else `client` speaks to one that runs.

    `way` is what the client's connection leads through, where it does; it is closed with us.
    """

    def __init__(
        self,
        *,
        manager: KernelManager | None = None,
        client: KernelClient | None = None,
        way: Way | None = None,
    ) -> None:
        if (manager is None) == (client is None):
            raise ValueError("a kernel of ours, or one that runs: exactly one of the two")
        self.owned = manager is not None
        self.here = False
        self.about = About("")
        self.keep_output: deque[bytes] = deque(maxlen=64)
        self._manager = manager
        self._way = way
        self._client = client
        self._starting: asyncio.Future[KernelManager] | None = None
        self._listener: Listener | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._stack = ExitStack()
        self._reason = ""
        self._speaker = ""  # the session that the kernel speaks in: one for each of its lives
        self._leaving = False
        self._is_busy = False
        self._unanswered = False  # a kernel that left is_complete_request unanswered is not asked again

    @property
    def client(self) -> KernelClient:
        if self._client is None:
            raise Gone("the kernel was not started")
        return self._client

    # -- life ------------------------------------------------------------------------------------------------------

    async def launch(self) -> None:
        """Start the process of a kernel of ours, without waiting for it: `start` does. Failures are told there too."""
        if self._manager is not None and self._starting is None and not self._manager.alive:
            self._starting = asyncio.ensure_future(self._manager.start())
            await asyncio.sleep(0)  # it has begun

    async def start(self, listener: Listener) -> About:
        """Start or reach the kernel. Raises `Gone` with the reason where it does not answer."""
        self._listener = listener
        try:
            if self._manager is not None:
                await self.launch()
                if self._starting is not None:
                    await self._starting
                self._client = self._manager.client()
            client = self.client
            await client.open()
            if self._manager is not None and not self._manager.alive:  # before there was a client to be told
                raise KernelDied(f"the kernel has ended: {await self._manager.wait()}")
            info = await client.ready(READY_SECONDS if self.owned else ANSWER_SECONDS)
        except KernelDied as error:
            await self.close()
            raise Gone(self._with_last_words(str(error))) from None
        except TimeoutError:
            silence = self._silence()
            await self.close()
            raise Gone(silence) from None
        self.about = about(info)
        others = self._stack.enter_context(client.broadcasts(self._is_others))
        self._spawn(self._hear(others))
        self._spawn(self._watch())
        if self._way is not None:
            self._spawn(self._watch_way(self._way))
        return self.about

    async def restart(self) -> None:
        """End the kernel and begin anew; one that is not ours is not restarted. Raises `Gone`."""
        if self._manager is None:
            raise Gone("this kernel is not ours to restart: `antiphon kernel restart` does it")
        try:
            await self._manager.restart(now=not self._manager.alive)
            await self.client.ready(READY_SECONDS)
        except (KernelDied, TimeoutError) as error:
            raise Gone(self._with_last_words(str(error))) from None
        self._reason = ""
        if self._listener is not None:
            self._listener.restarted()

    async def close(self, keep: bool = False) -> None:
        """Leave the kernel; one of ours is shut down, unless `keep`."""
        self._leaving = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._stack.close()
        if self._client is not None:
            await self._client.close()
        if self._manager is None:
            if self._way is not None:
                self._way.close()
            return
        if keep:
            self._manager.let_go()
            return
        with suppress(ProtocolError):  # it was never started
            await self._manager.shutdown()

    # -- cells -----------------------------------------------------------------------------------------------------

    async def submit(self, code: str, *, silent: bool = False, store_history: bool = True) -> Reply:
        """See `Backend`."""
        if self._reason:
            raise Gone(self._reason)
        listener = self._listener
        assert listener is not None, "start comes first"
        try:
            execution = self.client.execute(
                code, silent=silent, store_history=store_history, allow_stdin=True, stop_on_error=True
            )
            async for message in execution:
                self._speaker = message.header.session
                if isinstance(message.content, c.InputRequest):
                    self._spawn(self._answer(message, listener))
                elif (output := as_output(message)) is not None and not isinstance(output, Input):
                    listener.show(output)
                elif isinstance(message.content, c.Status):
                    self._status(message.content)
            reply = await execution.done()
        except KernelDied as error:
            raise Gone(self._reason or self._with_last_words(str(error))) from None
        except ProtocolError as error:
            raise Gone(str(error)) from None
        return Reply(reply.status, reply.execution_count or 0, tuple(reply.payload or ()))

    def run(self, code: str) -> Reply:
        """See `Backend`: a kernel is not here."""
        raise Gone("the cells of a kernel are submitted")

    async def interrupt(self) -> None:
        """By the way the kernelspec names where the kernel is ours, else by message."""
        with suppress(KernelDied, ProtocolError, TimeoutError):
            if self._manager is not None:
                await self._manager.interrupt()
            else:
                await self.client.interrupt(timeout=ANSWER_SECONDS)

    # -- questions -------------------------------------------------------------------------------------------------

    async def complete(self, code: str, cursor: int) -> Sequence[Choice]:
        """See `Backend`."""
        try:
            reply = await self.client.complete(code, cursor, timeout=COMPLETE_SECONDS)
        except (KernelDied, ProtocolError, TimeoutError, Gone):
            return ()
        return choices(reply)

    async def inspect(self, code: str, cursor: int, detail: int = 0) -> Mapping[str, Any] | None:
        """See `Backend`."""
        try:
            reply = await self.client.inspect(code, cursor, detail, timeout=COMPLETE_SECONDS)
        except (KernelDied, ProtocolError, TimeoutError, Gone):
            return None
        return reply.data if reply.found else None

    async def is_complete(self, code: str) -> tuple[str, str]:
        """See `Backend`; a kernel that is busy, or knows no answer, leaves it to a rule of thumb."""
        if self._is_busy or self._unanswered or self._reason:
            return completeness(code, self.about.language)
        try:
            reply = await self.client.is_complete(code, timeout=COMPLETENESS_SECONDS)
        except TimeoutError:
            self._unanswered = not self._is_busy
            return completeness(code, self.about.language)
        except (KernelDied, ProtocolError, Gone):
            return completeness(code, self.about.language)
        if reply.status == "unknown":
            return completeness(code, self.about.language)
        return reply.status, reply.indent

    async def history(self, count: int) -> Sequence[str]:
        """See `Backend`."""
        try:
            reply = await self.client.history("tail", n=count, timeout=COMPLETE_SECONDS)
        except (KernelDied, ProtocolError, TimeoutError, Gone):
            return ()
        return [entry[2] if isinstance(entry[2], str) else str(entry[2][0]) for entry in reply.history]

    # -- what comes by itself --------------------------------------------------------------------------------------

    def _is_others(self, message: Message) -> bool:
        return message.parent_header is None or message.parent_header.session != self.client.session.session_id

    async def _hear(self, messages: Any) -> None:
        async for message in messages:
            if self._listener is None:
                continue
            if isinstance(message.content, c.Status):
                self._status(message.content)
                continue
            output = as_output(message, origin=message.parent_header.session if message.parent_header else "kernel")
            if output is not None:
                if not self._is_busy:  # we came while it was at work
                    self._status(c.Status(execution_state="busy"))
                self._listener.show(output)

    def _status(self, status: c.Status) -> None:
        self._is_busy = status.execution_state == "busy"
        if self._listener is not None:
            self._listener.busy(self._is_busy)

    async def _answer(self, question: Message, listener: Listener) -> None:
        asked = question.content
        assert isinstance(asked, c.InputRequest)
        try:
            value = await listener.ask(asked.prompt, asked.password)
        except EOFError:
            value = "\x04"
        except KeyboardInterrupt:
            await self.interrupt()
            return
        with suppress(KernelDied, ProtocolError):
            self.client.input_reply(value, question)

    async def _watch(self) -> None:
        """Tell of the kernel's end: by its process where it is ours, else by its heart."""
        if self._manager is not None:
            while True:
                end = await self._manager.died()
                if end is None or self._leaving:
                    return
                self._ended(self._with_last_words(f"the kernel has ended: {end}"))
                while not self._manager.alive:  # until somebody restarts it
                    await asyncio.sleep(BEAT_SECONDS / 4)
        else:
            from antiphon_wire_protocol.client.heartbeat import Heartbeat

            heart = Heartbeat(self.client.connection)
            try:
                heard = False
                async for alive in heart.watch(BEAT_SECONDS):
                    if alive:
                        heard = True
                        if self._reason:
                            await self._reach_again()
                    elif heard and not self._reason:
                        stopped = "the kernel's heart has stopped: it ended, or cannot be reached any more"
                        self._ended((self._way.problem() if self._way else "") or stopped)
            finally:
                heart.close()

    async def _reach_again(self) -> None:
        """Go on with a kernel whose heart beats again: the one we knew, or one that was put in its place."""
        client = self.client
        await client.reopen()
        while True:
            with suppress(TimeoutError):
                await client.ready(ANSWER_SECONDS)
                info = await client.request(c.KernelInfoRequest(), "control", timeout=ANSWER_SECONDS)
                break
        self._reason = ""
        if self._listener is not None:
            if info.header.session == self._speaker:
                self._listener.back()
            else:
                self._listener.restarted()

    async def _watch_way(self, way: Way) -> None:
        self._ended(await way.ended())

    def _ended(self, reason: str) -> None:
        self._reason = reason
        self._is_busy = False
        if not self.owned and self._client is not None:
            self._client.lose(KernelDied(reason))
        if self._listener is not None:
            self._listener.gone(reason)

    def _with_last_words(self, reason: str) -> str:
        lines = b"".join(self.keep_output).decode(errors="replace").strip().splitlines()
        words = lines[-1].strip() if lines else ""
        return f"{reason}; it last said: {words}" if words and words not in reason else reason

    def _silence(self) -> str:
        if self.owned:
            return self._with_last_words(f"the kernel does not answer after {READY_SECONDS:.0f} s")
        if self._way is not None and (problem := self._way.problem()):
            return problem
        at = self.client.connection.url("shell")
        return f"the kernel at {at} does not answer: it ended, is not there, or its key is another than this file's"

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def about(info: c.KernelInfoReply) -> About:
    """What a console uses of `kernel_info_reply`."""
    language = info.language_info or {}
    lexer = language.get("pygments_lexer") or language.get("name") or "text"
    return About(
        info.banner,
        str(language.get("name", "")),
        str(lexer),
        str(language.get("file_extension", ".txt")),
        info.implementation,
    )


def as_output(message: Message, origin: str = "") -> Output | None:
    """A broadcast as a console's output; None for those that show nothing."""
    match message.content:
        case c.Stream(name=name, text=text):
            return Stream(name, text, origin)
        case c.ExecuteResult(execution_count=count, data=data, metadata=metadata):
            return Result(count or 0, data, metadata, origin)
        case c.DisplayData(data=data, metadata=metadata, transient=transient):
            return Display(data, metadata, (transient or {}).get("display_id"), False, origin)
        case c.UpdateDisplayData(data=data, metadata=metadata, transient=transient):
            return Display(data, metadata, (transient or {}).get("display_id"), True, origin)
        case c.Error(ename=ename, evalue=evalue, traceback=traceback):
            return Error(ename, evalue, traceback, origin)
        case c.ClearOutput(wait=wait):
            return Clear(wait, origin)
        case c.ExecuteInput(code=code, execution_count=count):
            return Input(code, count, origin)
    return None


def choices(reply: c.CompleteReply) -> list[Choice]:
    """The matches of a `complete_reply`, with their types where the kernel tells them."""
    typed = {
        str(one.get("text")): one
        for one in (reply.metadata or {}).get("_jupyter_types_experimental", ())
        if isinstance(one, dict)
    }
    found = []
    for text in reply.matches:
        more = typed.get(text, {})
        kind = str(more.get("type") or "")
        found.append(
            Choice(
                text,
                reply.cursor_start,
                reply.cursor_end,
                "" if kind == "<unknown>" else kind,
                str(more.get("signature") or ""),
            )
        )
    return found


def completeness(code: str, language: str) -> tuple[str, str]:
    """A rule of thumb for a text that nobody else judges: open brackets, a colon or a backslash at the end go on.

    A blank line ends what is indented, as at Python's own prompt.
    """
    lines = code.split("\n")
    last = lines[-1]
    if code.count("(") > code.count(")") or code.count("[") > code.count("]") or code.count("{") > code.count("}"):
        return "incomplete", _margin(last) + ("    " if len(lines) == 1 else "")
    if last.endswith("\\"):
        return "incomplete", _margin(last)
    if language == "python":
        if last.rstrip().endswith(":"):
            return "incomplete", _margin(last) + "    "
        if len(lines) > 1 and last.strip() and last[:1].isspace():
            return "incomplete", _margin(last)
    return "complete", ""


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
