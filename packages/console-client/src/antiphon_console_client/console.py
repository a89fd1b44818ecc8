"""The loop of a console: read a cell, submit it, show what comes; whatever runs the cells.

A kernel's cells run beside the prompt, which comes back after a moment: what is said then is written above it. Cells
that run here (`backend.here`) have the terminal for themselves.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from . import pager
from .backend import Backend, Gone, Reply
from .early_prompt import EarlyPrompt
from .editor import NotEdited, edit, wait_for
from .images import ImageHandler, TerminalPictures
from .outputs import Error, Input, Output, Stream
from .prompt import Prompt, Suspended
from .renderer import Prompts, Renderer
from .settings import Settings
from .theme import chosen
from .title import Title

_GATHER_SECONDS = 0.03  # outputs that come while a prompt stands there are written together
_FAREWELLS = ("exit", "quit")
_TWICE_SECONDS = 3.0  # a second Ctrl-C within this time offers a restart


class _Question(NamedTuple):
    """What a cell asks, and where its answer goes."""

    prompt: str
    password: bool
    answer: asyncio.Future[str]


class Console:
    """`open`, then `talk`, is the whole life of it."""

    def __init__(
        self,
        backend: Backend,
        settings: Settings,
        loop: asyncio.AbstractEventLoop,
        write: Callable[[str], Any],
        early: EarlyPrompt | None = None,
    ) -> None:
        self._backend = backend
        self._settings = settings
        self._loop = loop
        self._write = write
        self._count = 1
        self._running: set[asyncio.Task[None]] = set()
        self._is_busy = False
        self._questions: deque[_Question] = deque()
        self._waiting: list[Output] = []
        self._flushing: asyncio.Task[None] | None = None
        self._pages: deque[Mapping[str, Any]] = deque()
        self._edits: deque[Mapping[str, Any]] = deque()
        self._is_lent = False
        self._title = Title("" if settings.simple else settings.title, write, os.environ)
        self._next_text = ""
        self._patient_until = 0.0
        self._interrupted_at = -_TWICE_SECONDS
        self._offers_restart = False
        self._gone = ""
        self._told_gone = False
        self._leaving = False
        self._early = early  # the banner and an empty row stand above it
        self._is_spaced = early is not None
        self._keeps = False
        self._exit_code = 0
        self._something: asyncio.Event = asyncio.Event()
        self._lock = threading.RLock()
        self.prompt: Prompt | None = None
        colour = chosen(settings.theme if settings.colour else "none", os.environ) != "none"
        prompts = Prompts() if colour else Prompts(result="Out[{count}]: ", input="In [{count}]: ")
        self._renderer = Renderer(
            write,
            columns=lambda: _size().columns,
            rows=lambda: _size().lines,
            colour=colour,
            pictures=self._pictures(),
            preference=settings.mime_preference,
            prompts=prompts._replace(other=settings.other_prefix),
        )

    def _pictures(self) -> Any:
        kind = self._settings.image_handler
        if kind == "none":
            return None
        if kind:
            settings = self._settings
            return ImageHandler(kind, settings.image_stream, settings.image_tempfile, settings.image_function)
        from .pictures.probe import probe

        return TerminalPictures(lambda: probe(0, 1, self._write, os.environ)[0])

    # -- life ------------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Be ready to talk. Raises `Gone` where the backend could not be started."""
        about = self._loop.run_until_complete(self._backend.start(self))
        self._renderer.language = about.lexer
        self.prompt = Prompt(
            self._backend,
            self._settings,
            number=lambda: self._count + len(self._running),
            is_busy=lambda: bool(self._running) or (self._is_busy and not self._backend.here),
            interrupt=self._interrupt,
            say=self._say,
            prompts=getattr(self._backend, "prompts", lambda: None),
        )
        if self._settings.banner and about.banner and self._early is None:
            self.show(Stream("stdout", about.banner.rstrip("\n") + "\n"))
        if not self._backend.here:
            self._listen_to_signals()
            self._loop.create_task(self._learn_number())

    def talk(self, first: str = "") -> int:
        """Until the user leaves; the exit code. `first` is a cell for the kernel before there is a prompt."""
        run = self._loop.run_until_complete
        try:
            if first:
                self._submit(first)
            while (text := run(self._next())) is not None:
                if self._backend.here:
                    self._renderer.begin()
                    self._finished(self._backend.run(text))
                elif text.strip().removesuffix("()") in _FAREWELLS:
                    break  # the console is left; the kernel ends if it is ours
                else:
                    self._submit(text)
        finally:
            with suppress(KeyboardInterrupt):
                run(self._end())
        return self._exit_code

    async def _learn_number(self) -> None:
        with suppress(Gone):
            while (reply := await self._backend.submit("", silent=True, store_history=False)).status == "aborted":
                pass  # a cell of somebody else's failed before it
            self._count = max(self._count, reply.number + 1)
            if self.prompt is not None:
                self.prompt.redraw()

    def _listen_to_signals(self) -> None:
        def leave() -> None:
            self._leaving = True
            self._wake()

        def interrupt() -> None:
            if not self._interrupt() and self.prompt is not None:
                self.prompt.abort()

        with suppress(NotImplementedError, RuntimeError):
            self._loop.add_signal_handler(signal.SIGINT, interrupt)
            self._loop.add_signal_handler(signal.SIGTERM, leave)
            self._loop.add_signal_handler(signal.SIGHUP, leave)

    async def _end(self) -> None:
        self._flush_now()
        for task in [*self._running, *([self._flushing] if self._flushing else [])]:
            task.cancel()
        if self.prompt is not None:
            self.prompt.close()
        self._title.give_back()
        await self._backend.close(self._keeps)

    # -- reading ---------------------------------------------------------------------------------------------------

    async def _next(self) -> str | None:
        """The next cell; None when the user leaves. Questions, pages and news are dealt with on the way."""
        prompt = self.prompt
        assert prompt is not None
        while not self._leaving:
            self._something.clear()
            if self._questions:
                await self._answer(self._questions.popleft())
                self._be_patient()
            elif self._pages:
                self._flush_now()
                self._page(self._pages.popleft())
            elif self._edits:
                if (code := await self._edit(self._edits.popleft())) is not None and code.strip():
                    return code
            elif self._offers_restart:
                self._offers_restart = False
                await self._offer_restart("It was interrupted twice. Restart the kernel? (y/[n]) ")
            elif self._gone and not self._told_gone:
                await self._tell_gone()
            elif self._running and (patience := self._patient_until - self._loop.time()) > 0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(patience):
                        await self._something.wait()
            else:
                text = await self._read(prompt)
                if text is not None:
                    return text
        return None

    async def _read(self, prompt: Prompt) -> str | None:
        """One prompt; None where it gave no cell."""
        self._flush_now()
        text, self._next_text = self._next_text, ""
        self._rest()
        self._title.show()
        try:
            code = await prompt.read(text, self._give_way)
        except Suspended:
            return None
        except KeyboardInterrupt:
            self._passed(prompt.session.default_buffer.text)
            self._flush_now()
            return None
        except EOFError:
            self._passed("")
            await self._ask_to_leave()
            return None
        self._passed(code)
        self._flush_now()
        return code if code.strip() else None

    def _give_way(self) -> None:
        early, self._early = self._early, None
        if early is not None:
            early.give_way()

    def _rest(self) -> None:
        """Make room for a prompt, with an empty row above it where no cell is about to say more."""
        self._renderer.rest(8)
        if not self._running and not self._is_spaced:
            self._is_spaced = True
            self._write("\n")
            self._renderer.passed(1)
            self._renderer.rest(8)

    def _passed(self, text: str) -> None:
        assert self.prompt is not None
        self._is_spaced = False
        self._renderer.passed(self.prompt.rows(text, _size().columns))

    async def _answer(self, question: _Question) -> None:
        assert self.prompt is not None
        if question.answer.done():
            return
        self._flush_now()
        # What was written without an end of line is the first part of the question.
        self._renderer.rest(2)
        try:
            # Nothing is seen of a password, so its question has to be: some kernels ask without one.
            answer = await self.prompt.ask(question.prompt or "Password: " * question.password, question.password)
        except Suspended:
            self._questions.appendleft(question)
            return
        except (EOFError, KeyboardInterrupt) as error:
            self._renderer.passed(None)
            if not question.answer.done():
                question.answer.set_exception(error if isinstance(error, EOFError) else _Interrupted())
            return
        self._renderer.passed(None)
        if not question.answer.done():
            question.answer.set_result(answer)

    async def _ask_to_leave(self) -> None:
        asks = self._settings.confirm_exit and not self._gone
        if not asks or await self._confirm("Do you really want to exit ([y]/n)? ", True):
            self._leaving = True

    async def _confirm(self, question: str, default: bool, *, insists: bool = False) -> bool:
        assert self.prompt is not None
        while not self._leaving:
            self._renderer.rest(2)
            with suppress(Suspended):
                agreed = await self.prompt.confirm(question, default, insists=insists)
                self._renderer.passed(None)
                return agreed
        return default

    # -- submitting ------------------------------------------------------------------------------------------------

    def _submit(self, code: str) -> None:
        self._renderer.begin()
        self._be_patient()
        task = self._loop.create_task(self._submitted(code))
        self._running.add(task)
        task.add_done_callback(self._done)

    async def _submitted(self, code: str) -> None:
        was_told = self._told_gone and self._gone
        try:
            reply = await self._backend.submit(code)
        except Gone as error:
            if was_told:
                self._say(str(error))
            else:
                self._be_gone(str(error))
            return
        self._finished(reply)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._say(f"the console failed: {task.exception()!r}")
        self._something.set()
        if not self._running:
            self._flush_soon()  # the prompt that stands there gets its empty row above
        if self.prompt is not None:
            self.prompt.redraw()

    def _finished(self, reply: Reply) -> None:
        self._count = max(self._count, reply.number + 1) if not self._backend.here else reply.number + 1
        if reply.status == "aborted":
            self._say("not run, since the cell before it failed")
        for item in reply.payload:
            match item.get("source"):
                case "page":
                    self._pages.append(item)
                    self._wake()
                case "set_next_input":
                    text = str(item.get("text", ""))
                    if self.prompt is None or not self.prompt.put(text):
                        self._next_text = text
                case "ask_exit":
                    self._keeps = bool(item.get("keepkernel"))
                    self._leaving = True
                    self._wake()
                case "edit" | "edit_magic":
                    self._edits.append(item)
                    self._wake()

    def _be_patient(self) -> None:
        self._patient_until = self._loop.time() + self._settings.patience

    def _wake(self) -> None:
        self._something.set()
        if self.prompt is not None:
            self.prompt.suspend()

    async def _edit(self, item: Mapping[str, Any]) -> str | None:
        """Open a file in the editor; the cell that is to be run then, if one is."""
        path = str(item.get("filename", ""))
        if not os.path.isfile(path):
            self._say(f"{path} is not to be edited here: it is a file of the kernel's machine")
            return None
        self._flush_now()
        try:
            with self.lend():
                await asyncio.to_thread(edit, path, int(item.get("line_number") or 0), self._settings.editor, wait_for)
            if not item.get("execute"):
                return None
            if "then" in item:
                return str(item["then"])
            with open(path, encoding="utf-8") as file:
                return file.read()
        except NotEdited as error:
            self._say(str(error))
        except (OSError, UnicodeDecodeError) as error:
            self._say(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}")
        return None

    @contextmanager
    def lend(self) -> Iterator[None]:
        """Somebody else has the terminal inside the block; what is said meanwhile is shown after it."""
        self._is_lent = True
        try:
            yield
        finally:
            self._is_lent = False
            if self._renderer.screen.moves:  # a program may leave a line without its end: go to the next one then
                self._write(" " * _size().columns + "\r\x1b[K")
            self._renderer.passed(None)
            self._is_spaced = False
            self._flush_now()

    # -- interrupts and ends ---------------------------------------------------------------------------------------

    def _interrupt(self) -> bool:
        """Stop what runs; False when nothing does. The second time in a row a restart is offered instead."""
        if not (self._running or self._is_busy) or self._gone:
            return False
        now = time.monotonic()
        again, self._interrupted_at = now - self._interrupted_at < _TWICE_SECONDS, now
        if again and self._backend.owned:
            self._offers_restart = True
            self._wake()
        else:
            self._loop.create_task(self._backend.interrupt())
        return True

    async def _offer_restart(self, question: str) -> None:
        self._flush_now()
        # Who presses Ctrl-C again and again has not seen the question yet.
        if await self._confirm(question, False, insists=True):
            try:
                await self._backend.restart()
            except Gone as error:
                if self._gone:
                    self._say(str(error))
                else:
                    self._be_gone(str(error))
        self._interrupted_at = -_TWICE_SECONDS

    async def _tell_gone(self) -> None:
        self._told_gone = True
        self._say(self._gone)
        if self._backend.owned:
            await self._offer_restart("Restart it? (y/[n]) ")
        if self._gone:
            self._say("Nothing runs cells now; Ctrl-D leaves." if self._backend.owned else "Ctrl-D leaves.")

    def _be_gone(self, reason: str) -> None:
        if not self._gone:
            self._gone, self._told_gone = reason, False
            self._is_busy = False
            self._wake()

    # -- what the backend says (`Listener`) ------------------------------------------------------------------------

    def show(self, output: Output) -> None:
        """See `Listener`."""
        if isinstance(output, Input):
            self._count = max(self._count, output.number + 1)
        if self._backend.here and isinstance(output, Error) and output.ename == "KeyboardInterrupt":
            self._renderer.show(Stream("stderr", "\n"))  # the terminal has written ^C itself
        if output.origin and not self._settings.others:
            return
        if self._is_lent:
            self._waiting.append(output)
        elif self.prompt is not None and self.prompt.is_active:
            self._waiting.append(output)
            self._flush_soon()
        else:
            self._flush_now()
            with self._lock:
                self._renderer.show(output)

    def show_from_anywhere(self, output: Output) -> None:
        """`show`, from any thread: what is said while a prompt stands there is written above it."""
        if self.prompt is not None and self.prompt.is_active and threading.current_thread() is not _MAIN:
            self._loop.call_soon_threadsafe(self.show, output)
        else:
            self.show(output)

    async def ask(self, prompt: str, password: bool) -> str:
        """See `Listener`."""
        question = _Question(prompt, password, self._loop.create_future())
        self._questions.append(question)
        self._wake()
        try:
            return await question.answer
        except _Interrupted:
            raise KeyboardInterrupt from None

    def busy(self, is_busy: bool) -> None:
        """See `Listener`."""
        if is_busy != self._is_busy:
            self._is_busy = is_busy
            if self.prompt is not None:
                self.prompt.redraw()

    def restarted(self) -> None:
        """See `Listener`."""
        self._gone = ""
        self._count = 1
        self._is_busy = False
        for question in self._questions:
            question.answer.cancel()
        self._questions.clear()
        self._say("The kernel was restarted: its names are gone.")
        self._wake()

    def back(self) -> None:
        """See `Listener`."""
        self._gone = ""
        self._say("The kernel answers again.")
        self._wake()

    def gone(self, reason: str) -> None:
        """See `Listener`."""
        for question in self._questions:
            question.answer.cancel()
        self._questions.clear()
        self._be_gone(reason)

    # -- writing ---------------------------------------------------------------------------------------------------

    def _flush_soon(self) -> None:
        if self._flushing is None:
            self._flushing = self._loop.create_task(self._flush())

    async def _flush(self) -> None:
        await asyncio.sleep(_GATHER_SECONDS)
        self._flushing = None
        if self.prompt is None or self._is_lent:
            return
        if self._waiting or (self.prompt.is_reading and not (self._running or self._is_spaced)):
            await self.prompt.above(self._write_waiting)

    def _write_waiting(self) -> None:
        self._flush_now()
        if self.prompt is not None and self.prompt.is_reading:
            self._rest()
        else:
            self._renderer.rest(8)

    def _flush_now(self) -> None:
        waiting, self._waiting = self._waiting, []
        with self._lock:
            for output in joined(waiting):
                self._renderer.show(output)

    def _say(self, text: str) -> None:
        """A line of our own."""
        self.show(Stream("stderr", f"{text}\n"))

    def _page(self, item: Mapping[str, Any]) -> None:
        size = _size()
        text = pager.page_text(item.get("data") or {}, self._renderer.look)
        pager.page(
            text,
            write=lambda part: self._renderer.show(Stream("stdout", part)),
            rows=size.lines,
            columns=size.columns,
            interactive=sys.stdin.isatty(),
            start=int(item.get("start") or 0),
        )


def _size() -> os.terminal_size:
    """The terminal's own; COLUMNS and LINES may be those of another one, and count only where there is none."""
    try:
        return os.get_terminal_size(1)
    except (OSError, ValueError):
        return shutil.get_terminal_size()


class _Interrupted(Exception):
    """The user answered a question with Ctrl-C. (A future cannot carry KeyboardInterrupt through a loop.)"""


_MAIN = threading.main_thread()


def joined(outputs: Sequence[Output]) -> list[Output]:
    """Neighbouring pieces of one stream as one."""
    found: list[Output] = []
    parts: list[str] = []
    for output in outputs:
        last = found[-1] if found else None
        if (
            isinstance(output, Stream)
            and isinstance(last, Stream)
            and (last.name, last.origin) == (output.name, output.origin)
        ):
            parts.append(output.text)
            continue
        if parts and isinstance(last, Stream):
            found[-1] = Stream(last.name, last.text + "".join(parts), last.origin)
            parts = []
        found.append(output)
    if parts and isinstance(found[-1], Stream):
        found[-1] = Stream(found[-1].name, found[-1].text + "".join(parts), found[-1].origin)
    return found
