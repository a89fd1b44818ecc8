"""The place where one types: `In [3]: `, its keys, menus and hints. It knows the backend only to ask it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.application.current import set_app
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, get_common_complete_suffix
from prompt_toolkit.cursor_shapes import ModalCursorShapeConfig
from prompt_toolkit.document import Document
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import ANSI, StyleAndTextTuples
from prompt_toolkit.history import DummyHistory, History
from prompt_toolkit.input import Input, create_input
from prompt_toolkit.layout.processors import HighlightMatchingBracketProcessor, PasswordProcessor
from prompt_toolkit.output import ColorDepth, Output, create_output
from prompt_toolkit.shortcuts import CompleteStyle
from prompt_toolkit.styles import BaseStyle, DynamicStyle, merge_styles
from prompt_toolkit.utils import get_cwidth

from .backend import Backend
from .completion import BackendCompleter, in_columns
from .echo import echo
from .editor import NotEdited, edit_text
from .keys import PatientKeys, bindings
from .lexing import LateLexer
from .plain_lines import PlainLines
from .settings import Settings
from .signature import hint, open_call, parts
from .theme import chosen, code_style, style

_LATE_SECONDS = 0.03  # after the first prompt: what was typed by then is on the screen before it gets its colours
_STYLE_OF = {"Token.Prompt": "class:prompt", "Token.PromptNum": "class:prompt.number"}
_STYLES = {
    "multicolumn": CompleteStyle.MULTI_COLUMN,
    "column": CompleteStyle.COLUMN,
    "readlinelike": CompleteStyle.READLINE_LIKE,
}


class Suspended(Exception):
    """The prompt was taken away by us; what was typed is kept, and comes back with the next `read`."""


class BackendHistory(History):
    """What the backend remembers, asked for once, when the first prompt is there."""

    def __init__(self, backend: Backend, length: int) -> None:
        super().__init__()
        self._backend = backend
        self._length = length

    async def load(self) -> AsyncGenerator[str, None]:
        """The newest first."""
        if not self._loaded:
            self._loaded = True
            earlier = await self._backend.history(self._length)
            self._loaded_strings += list(dict.fromkeys(reversed(list(earlier))))
        for text in list(self._loaded_strings):
            yield text

    def load_history_strings(self) -> Iterable[str]:
        return ()

    def store_string(self, string: str) -> None:
        """The backend keeps it."""


class Prompt:
    """Reads cells and answers. `number()` is the next cell's; `is_busy()` tells whether the kernel works."""

    def __init__(
        self,
        backend: Backend,
        settings: Settings,
        *,
        number: Callable[[], int],
        is_busy: Callable[[], bool],
        interrupt: Callable[[], bool],
        say: Callable[[str], object],
        prompts: Callable[[], Any] = lambda: None,
        input: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self._backend = backend
        self._settings = settings
        self._number = number
        self._is_busy = is_busy
        self._say = say
        self._prompts = prompts
        self._broken: Any = None  # the user's prompts that have failed
        self._input = input or create_input()
        self._output = output or create_output()
        self._theme = chosen(settings.theme if settings.colour else "none", os.environ)
        self._depth = ColorDepth.MONOCHROME if self._theme == "none" else ColorDepth.from_env()
        if settings.true_color and self._depth is None:
            self._depth = ColorDepth.TRUE_COLOR
        self._lines = PlainLines(self._write_plain) if settings.simple else None
        self._plain_style = style(self._theme)
        self._code_style: BaseStyle | None = None
        highlights = settings.highlight and self._theme != "none"
        self._lexer = LateLexer(backend.about.lexer) if highlights else None
        self._is_ready = False
        self._completer = BackendCompleter(backend)
        self._hinted = ""
        self._asking: asyncio.Task[None] | None = None
        self._kept: Document | None = None
        self._active: PromptSession[str] | None = None
        self._question: PromptSession[str] | None = None
        self.session = self._session(interrupt)

    def _session(self, interrupt: Callable[[], bool]) -> PromptSession[str]:
        settings = self._settings
        highlights = self._lexer is not None
        session: PromptSession[str] = PromptSession(
            message=self._message,
            prompt_continuation=self._continuation,
            rprompt=self._right,
            multiline=True,
            lexer=self._lexer,
            completer=self._completer,
            complete_style=_STYLES[settings.completions],
            complete_while_typing=settings.complete_while_typing,
            history=BackendHistory(self._backend, settings.history_length),
            enable_history_search=settings.history_search and not settings.complete_while_typing,
            auto_suggest=AutoSuggestFromHistory() if settings.suggestions else None,
            editing_mode=EditingMode.VI if settings.editing_mode == "vi" else EditingMode.EMACS,
            mouse_support=settings.mouse,
            key_bindings=bindings(
                is_complete=self._backend.is_complete,
                interrupt=interrupt,
                edit=lambda buffer: session.app.create_background_task(self._edit(buffer)),
                editor_key=settings.editor_shortcuts,
                auto_match=settings.auto_match,
                complete=self._complete if settings.completions == "readlinelike" else None,
            ),
            include_default_pygments_style=False,
            style=DynamicStyle(self._style),
            color_depth=self._depth,
            reserve_space_for_menu=settings.menu_rows,
            cursor=ModalCursorShapeConfig() if settings.modal_cursor and settings.editing_mode == "vi" else None,
            input_processors=[HighlightMatchingBracketProcessor()] if settings.brackets and highlights else None,
            input=self._input,
            output=self._output,
        )
        session.app.key_processor = PatientKeys(session.app.key_processor._bindings)
        session.app.timeoutlen, session.app.ttimeoutlen = settings.key_seconds, settings.escape_seconds
        session.app.after_render += self._drawn
        session.default_buffer.on_text_insert += self._typed
        session.default_buffer.on_cursor_position_changed += self._moved
        return session

    # -- reading ---------------------------------------------------------------------------------------------------

    @property
    def is_active(self) -> bool:
        """Whether a prompt or a question stands on the screen."""
        return self._active is not None

    @property
    def is_reading(self) -> bool:
        """Whether a prompt for a cell does."""
        return self._active is self.session

    async def read(self, default: str = "", pre_run: Callable[[], None] | None = None) -> str:
        """A cell. Raises EOFError (Ctrl-D), KeyboardInterrupt (Ctrl-C), `Suspended`.

        `pre_run` is called when everything is ready, before the terminal is taken.
        """
        if self._lines is not None:
            if pre_run is not None:
                pre_run()
            width = self._width()
            return await self._lines.cell(self._text(), "...: ".rjust(width), self._backend.is_complete)
        kept, self._kept = self._kept, None
        start = kept if kept is not None and not default else Document(default)
        self._set_hint([])
        self._hinted = ""
        return await self._run(self.session, default=start, set_exception_handler=False, pre_run=pre_run)

    async def ask(self, question: str, password: bool = False) -> str:
        """A line for `input()`, or one that is not seen. Raises EOFError, KeyboardInterrupt."""
        if self._lines is not None:
            return await self._lines.line(question)
        if self._question is None:
            self._question = PromptSession(
                input=self._input, output=self._output, style=self._plain_style, color_depth=self._depth
            )
        session = self._question
        session.input_processors = [PasswordProcessor(char="")] if password else []
        answered = session.default_buffer.history
        if password:
            session.default_buffer.history = DummyHistory()
        try:
            return await self._run(session, ANSI(question), default="", set_exception_handler=False)
        finally:
            session.default_buffer.history = answered

    async def confirm(self, question: str, default: bool, *, insists: bool = False) -> bool:
        """A yes or no. Ctrl-D takes the default, as shells have it; Ctrl-C is a no, or asked again with `insists`."""
        while True:
            try:
                answer = (await self.ask(question)).strip().lower()
            except EOFError:
                return default
            except KeyboardInterrupt:
                if insists:
                    continue
                return False
            if answer in ("", "y", "yes", "n", "no"):
                return default if not answer else answer.startswith("y")

    async def _run(self, session: PromptSession[str], *arguments: Any, **options: Any) -> str:
        app = session.app
        app.erase_when_done = False
        self._active = session
        try:
            return await session.prompt_async(*arguments, handle_sigint=self._backend.here, **options)
        finally:
            self._active = None

    def suspend(self) -> None:
        """Take the prompt away; what was typed is kept."""
        session = self._active
        if session is None or not session.app.is_running or session.app.is_done:
            return
        if session is self.session:
            self._kept = session.default_buffer.document
        session.app.erase_when_done = True
        session.app.exit(exception=Suspended)

    def abort(self) -> None:
        """As Ctrl-C does."""
        if self._lines is not None:
            self._lines.abort()
        session = self._active
        if session is not None and session.app.is_running and not session.app.is_done:
            session.app.exit(exception=KeyboardInterrupt)

    async def above(self, write: Callable[[], None]) -> None:
        """Write above the prompt."""
        session = self._active
        if session is None or not session.app.is_running or session.app.is_done:
            write()
            return
        with set_app(session.app):
            await run_in_terminal(write)

    def redraw(self) -> None:
        """What the prompt shows has changed."""
        if self._active is not None:
            self._active.app.invalidate()

    def put(self, text: str) -> bool:
        """Put text into the prompt that stands there; False where none does, or something was typed already."""
        if self._active is not self.session or self.session.default_buffer.text:
            return False
        self.session.default_buffer.document = Document(text)
        return True

    def rows(self, text: str, columns: int) -> int:
        """How many rows `text` takes with the prompts before its lines, which those that are broken are indented by.

        As prompt_toolkit reckons: at the end of each line stands a place for the cursor; that a wide character may
        leave a cell free at the end of a row is not looked at.
        """
        room = max(1, columns - self._width())
        return sum(get_cwidth(line) // room + 1 for line in text.split("\n"))

    async def _edit(self, buffer: Buffer) -> None:
        """What was typed, in the editor."""
        suffix, wanted = self._backend.about.file_extension, self._settings.editor
        try:
            text = await run_in_terminal(lambda: edit_text(buffer.text, suffix, wanted), in_executor=True)
        except NotEdited as error:
            self._say(str(error))
        else:
            buffer.document = Document(text)

    # -- what is late ----------------------------------------------------------------------------------------------

    def _style(self) -> BaseStyle:
        """With the colours of code once there is code: the first prompt is on the screen before they are known."""
        if self._code_style is None and self._lexer is not None and self._lexer.is_ready:
            code = code_style(self._theme, self._settings.code_style, self._settings.code_overrides)
            self._code_style = merge_styles([code, self._plain_style]) if code else self._plain_style
        return self._code_style or self._plain_style

    def _drawn(self, _: Any) -> None:
        if self._lexer is not None and not self._is_ready:
            self._is_ready = True
            asyncio.get_running_loop().call_later(_LATE_SECONDS, self._colour)

    def _colour(self) -> None:
        assert self._lexer is not None
        self.session.lexer = self._lexer.ready()  # another object: what is drawn already is lexed again
        self.redraw()

    # -- what is seen ----------------------------------------------------------------------------------------------

    def _own(self, part: str, **options: Any) -> StyleAndTextTuples | None:
        """A prompt of the user's making; None where there is none, or it fails, which is told once."""
        prompts = self._prompts()
        if prompts is None or prompts is self._broken:
            return None
        try:
            found = getattr(prompts, part)(**options)
            return [(_STYLE_OF.get(str(token), ""), str(text)) for token, text in found]
        except Exception as error:
            self._broken = prompts
            self._say(f"{type(prompts).__name__}.{part} is not used: {type(error).__name__}: {error}".splitlines()[0])
            return None

    def _message(self) -> StyleAndTextTuples:
        own = self._own("in_prompt_tokens")
        if own is not None:
            return own
        mode: StyleAndTextTuples = []
        if self._settings.editing_mode == "vi" and self._settings.shows_mode and self._lines is None:
            navigates = self.session.app.vi_state.input_mode.value == "vi-navigation"
            mode = [("class:prompt", "[nav] " if navigates else "[ins] ")]
        return [
            *mode,
            ("class:prompt", "In ["),
            ("class:prompt.number", str(self._number())),
            ("class:prompt", "]: "),
        ]

    def _text(self) -> str:
        return "".join(text for _, text, *_ in self._message())

    def _width(self) -> int:
        return len(self._text())

    def _write_plain(self, text: str) -> None:
        self._output.write_raw(text)
        self._output.flush()

    def _continuation(self, width: int, line_number: int, wrap_count: int) -> StyleAndTextTuples:
        if wrap_count:
            return [("", " " * width)]
        own = self._own("continuation_prompt_tokens", width=width)
        return own if own is not None else [("class:continuation", "...: ".rjust(width))]

    def _right(self) -> StyleAndTextTuples:
        is_seen = self._active is self.session and not self.session.app.is_done
        return [("class:busy", "busy")] if is_seen and self._is_busy() else []

    async def _complete(self, buffer: Buffer) -> None:
        """Type what all choices share, or list them above the prompt."""
        asked = buffer.document
        event = CompleteEvent(completion_requested=True)
        found = [one async for one in self._completer.get_completions_async(asked, event)]
        if buffer.document != asked:
            return
        if len(found) == 1:
            buffer.apply_completion(found[0])
        elif shared := get_common_complete_suffix(asked, found):
            buffer.insert_text(shared)
        elif found:
            self._say(in_columns([one.display_text for one in found], self._output.get_size().columns))

    # -- hints -----------------------------------------------------------------------------------------------------

    def _typed(self, _: Any) -> None:
        if self._active is self.session:
            echo(self.session.app, self.session.default_buffer, self._width())
        self._moved(_)

    def _moved(self, _: Any) -> None:
        if not self._settings.signatures or self._active is not self.session:
            return
        document = self.session.default_buffer.document
        before = document.text_before_cursor
        call = open_call(before) if "(" in before and len(before) < 20_000 else None
        if call is None:
            self._set_hint([])
            self._hinted = ""
            return
        at, argument = call
        key = before[:at]
        if key == self._hinted.partition("\0")[0] and self._hinted:
            self._show_hint(self._hinted.partition("\0")[2], argument)
            return
        if self._is_busy():
            return
        self._hinted = f"{key}\0"
        if self._asking is not None:
            self._asking.cancel()
        self._asking = asyncio.ensure_future(self._ask_hint(key, document.text, at))

    async def _ask_hint(self, key: str, text: str, at: int) -> None:
        data = await self._backend.inspect(text, at)
        found = hint(str((data or {}).get("text/plain", "")))
        self._hinted = f"{key}\0{found}"
        call = open_call(self.session.default_buffer.document.text_before_cursor)
        if found and call is not None and call[0] == at:
            self._show_hint(found, call[1])
            self.redraw()

    def _show_hint(self, signature: str, argument: int) -> None:
        before, active, after = parts(signature, argument)
        self._set_hint([] if not signature else [("", before), ("class:signature.active", active), ("", after)])

    def _set_hint(self, text: StyleAndTextTuples) -> None:
        self.session.bottom_toolbar = text or None  # where there is nothing to say, there is no bar

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._asking is not None:
            self._asking.cancel()
        with contextlib.suppress(OSError, ValueError):
            self._output.flush()
