"""What keys do at the prompt, beyond prompt_toolkit's own Emacs and vi bindings: one table."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from prompt_toolkit.application.current import get_app, set_app
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import (
    Condition,
    Filter,
    emacs_insert_mode,
    emacs_mode,
    has_completions,
    has_focus,
    has_selection,
    is_searching,
    vi_insert_mode,
    vi_navigation_mode,
)
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.key_binding.key_processor import KeyPress, KeyProcessor
from prompt_toolkit.keys import Keys

from .pasting import without_prompts

if TYPE_CHECKING:
    from prompt_toolkit.buffer import Buffer

T = TypeVar("T")
Completeness = Callable[[str], Awaitable[tuple[str, str]]]
INDENT = "    "


def bindings(
    *,
    is_complete: Completeness,
    interrupt: Callable[[], bool],
    edit: Callable[[Buffer], object],
    editor_key: bool = False,
    auto_match: bool = False,
    complete: Callable[[Buffer], Awaitable[None]] | None = None,
) -> KeyBindings:
    """The bindings. `interrupt` is asked at Ctrl-C over an empty line; False means that nothing was running.

    `edit` opens what was typed in the editor; `editor_key` gives it vi's `v` too, which else selects. With `complete`
    there is no menu: Tab waits for it.
    """
    keys = KeyBindings()
    at_prompt = has_focus(DEFAULT_BUFFER)
    inserting = vi_insert_mode | emacs_insert_mode

    @Condition
    def before_is_blank() -> bool:
        return not get_app().current_buffer.document.current_line_before_cursor.strip()

    @Condition
    def has_no_menu() -> bool:
        return complete is not None

    @Condition
    def is_menu_chosen() -> bool:
        state = get_app().current_buffer.complete_state
        return state is not None and state.current_completion is not None

    @keys.add("enter", filter=at_prompt & ~has_selection & inserting & ~is_menu_chosen & ~is_searching)
    def _(event: KeyPressEvent) -> None:
        """Run what is complete, go on to the next line of what is not."""
        buffer = event.current_buffer
        text = buffer.text
        if buffer.document.line_count > 1 and buffer.document.text_after_cursor.strip():
            _newline(buffer)
        elif not text.strip():
            buffer.validate_and_handle()
        else:
            _decide(event, is_complete)

    @keys.add("enter", filter=at_prompt & is_menu_chosen & ~is_searching)
    def _(event: KeyPressEvent) -> None:
        """Take what is chosen in the menu."""
        event.current_buffer.complete_state = None

    @keys.add("escape", "enter", filter=at_prompt & ~is_searching)
    def _(event: KeyPressEvent) -> None:
        """Run it as it is."""
        event.current_buffer.validate_and_handle()

    @keys.add("c-o", filter=at_prompt & emacs_insert_mode)
    def _(event: KeyPressEvent) -> None:
        """A new line, complete or not."""
        _newline(event.current_buffer)

    @keys.add("tab", filter=at_prompt & ~has_selection & inserting & before_is_blank & ~has_completions)
    def _(event: KeyPressEvent) -> None:
        """Indent."""
        column = event.current_buffer.document.cursor_position_col
        event.current_buffer.insert_text(INDENT[column % len(INDENT) :])

    @keys.add("tab", filter=at_prompt & ~has_selection & inserting & ~before_is_blank & has_no_menu)
    def _(event: KeyPressEvent) -> None:
        """Complete as far as all choices agree, else list them."""
        assert complete is not None
        _wait(event, complete(event.current_buffer), lambda _: None)

    @keys.add("backspace", filter=at_prompt & ~has_selection & inserting & before_is_blank)
    def _(event: KeyPressEvent) -> None:
        """Back to the indent before."""
        buffer = event.current_buffer
        column = buffer.document.cursor_position_col
        is_indent = column and buffer.document.current_line_before_cursor.isspace()
        buffer.delete_before_cursor((column - 1) % len(INDENT) + 1 if is_indent else 1)

    @keys.add("c-c", filter=at_prompt)
    @keys.add("<sigint>", filter=at_prompt)
    def _(event: KeyPressEvent) -> None:
        """Give up the line; over an empty one, interrupt what runs."""
        if event.current_buffer.text or not interrupt():
            event.app.exit(exception=KeyboardInterrupt, style="class:aborting")

    @keys.add(Keys.BracketedPaste, filter=at_prompt)
    def _(event: KeyPressEvent) -> None:
        """Pasted text loses the prompts it was copied with."""
        text = event.data.replace("\r\n", "\n").replace("\r", "\n").expandtabs(len(INDENT))
        event.current_buffer.insert_text(without_prompts(text))

    @keys.add("f2", filter=at_prompt)
    @keys.add("c-x", "c-e", filter=at_prompt & emacs_mode & ~has_selection)
    @keys.add("v", filter=at_prompt & vi_navigation_mode & Condition(lambda: editor_key))
    def _(event: KeyPressEvent) -> None:
        """Edit it in the editor."""
        edit(event.current_buffer)

    if auto_match:
        _match(keys, at_prompt & inserting & ~has_selection)
    return keys


_PAIRS = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'"}


def _match(keys: KeyBindings, typing: Filter) -> None:
    """What is opened is closed too, where nothing but space or a closing sign follows."""

    def opens(event: KeyPressEvent) -> None:
        buffer, sign = event.current_buffer, event.data
        before, after = buffer.document.current_line_before_cursor, buffer.document.current_line_after_cursor
        if sign == after[:1] and sign in "\"'":
            buffer.cursor_right()
            return
        is_free = not after or after[0] in ")]} ,:"
        is_word = sign in "\"'" and (before[-1:].isalnum() or before[-1:] == sign)
        if not is_free or is_word:
            buffer.insert_text(sign)
            return
        buffer.insert_text(sign + _PAIRS[sign], move_cursor=False)
        buffer.cursor_right()

    def closes(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.current_char == event.data:
            buffer.cursor_right()
        else:
            buffer.insert_text(event.data)

    @Condition
    def is_between() -> bool:
        document = get_app().current_buffer.document
        return _PAIRS.get(document.char_before_cursor) == document.current_char != ""

    for sign in _PAIRS:
        keys.add(sign, filter=typing)(opens)
    for sign in ")]}":
        keys.add(sign, filter=typing)(closes)

    @keys.add("backspace", filter=typing & is_between)
    def _(event: KeyPressEvent) -> None:
        """Both go."""
        event.current_buffer.delete()
        event.current_buffer.delete_before_cursor()


def _newline(buffer: Buffer, indent: str | None = None) -> None:
    if indent is None:
        line = buffer.document.current_line_before_cursor
        indent = line[: len(line) - len(line.lstrip())]
    buffer.insert_text("\n" + indent, move_cursor=True)


def _decide(event: KeyPressEvent, is_complete: Completeness) -> None:
    """Ask whether the text is complete."""
    buffer = event.current_buffer

    def decided(answer: tuple[str, str] | None) -> None:
        status, indent = answer or ("complete", "")
        if status == "incomplete":
            buffer.cursor_position = len(buffer.text)
            _newline(buffer, indent)
        else:
            buffer.validate_and_handle()

    _wait(event, is_complete(buffer.text), decided)


def _wait(event: KeyPressEvent, question: Awaitable[T], then: Callable[[T | None], None]) -> None:
    """Go on with the answer, or None where there is none. What is typed meanwhile waits, and is typed after it."""
    app, processor = event.app, event.key_processor
    assert isinstance(processor, PatientKeys)
    answering = asyncio.ensure_future(question)
    waiting = processor.hold()

    def answered(answer: asyncio.Future[T]) -> None:
        found = None if answer.cancelled() or answer.exception() else answer.result()
        if not processor.release(waiting):
            return  # the prompt was taken away meanwhile
        with set_app(app):
            then(found)
            processor.process_keys()
            app.invalidate()

    answering.add_done_callback(answered)


class PatientKeys(KeyProcessor):
    """Keys that come between `hold` and `release` are kept, in their order."""

    _waiting: list[KeyPress] | None = None

    def hold(self) -> list[KeyPress]:
        """No key is processed from here on; those that wait already are what is returned."""
        self._waiting = list(self.input_queue)
        self.input_queue.clear()
        return self._waiting

    def release(self, waiting: list[KeyPress]) -> bool:
        """The next `process_keys` goes on with them; False where another hold, or none, is in force."""
        if self._waiting is not waiting:
            return False
        self.feed_multiple(waiting, first=True)
        self._waiting = None
        return True

    def process_keys(self) -> None:
        """See prompt_toolkit's `KeyProcessor`."""
        if self._waiting is None:
            super().process_keys()

    def empty_queue(self) -> list[KeyPress]:
        """See prompt_toolkit's `KeyProcessor`: what is left belongs to the next prompt."""
        if self._waiting is not None:
            self.release(self._waiting)
        return super().empty_queue()

    def reset(self) -> None:
        """See prompt_toolkit's `KeyProcessor`."""
        self._waiting = None
        super().reset()
