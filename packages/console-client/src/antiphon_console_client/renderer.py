"""Outputs to the terminal: what a kernel says becomes text that is written, in the order it was said.

The renderer knows what it has written (`screen`) and so can go back to it (`live`); how one value looks is decided in
`rendering`, and pictures by whoever was given as `pictures`. It reads nothing and waits for nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from . import live, sgr
from .escapes import still
from .live import Live
from .outputs import Clear, Display, Error, Input, Output, Result, Stream
from .rendering import Look, choose
from .rendering.text import render_error
from .row import Row
from .screen import Screen

if TYPE_CHECKING:
    from .images import Pictures
    from .pictures.drawing import Drawing

_SIZE_SECONDS = 0.1  # so often the size of the terminal is looked at while a stream runs


class Prompts(NamedTuple):
    """What stands before inputs and results; `{count}` is the cell's number. Colours are SGR sequences of ours."""

    result: str = "\x1b[31mOut[\x1b[1m{count}\x1b[0;31m]: \x1b[0m"
    input: str = "\x1b[32mIn [\x1b[1m{count}\x1b[0;32m]: \x1b[0m"
    other: str = "Remote "


class Renderer:
    """`show` writes one output with as few calls of `write` as it has parts.

    `terminal` is False for a pipe or a file: nothing then moves the cursor. `preference` is an order of MIME types, or
    empty for the built-in one. `language` is what inputs of other clients are coloured as; what has an origin comes
    from them, and is marked.
    """

    def __init__(
        self,
        write: Callable[[str], Any],
        *,
        columns: Callable[[], int],
        rows: Callable[[], int],
        colour: bool = True,
        terminal: bool = True,
        pictures: Pictures | None = None,
        preference: Sequence[str] = (),
        look: Look | None = None,
        prompts: Prompts | None = None,
        language: str = "python",
    ) -> None:
        self.prompts = prompts or Prompts()
        self.preference = tuple(preference)
        self.language = language
        self._write = write
        self._columns, self._rows = columns, rows
        self._terminal = terminal
        self._pictures = pictures
        self._look = (look or Look())._replace(colour=colour, pictures=pictures is not None)
        self.screen = Screen(max(1, columns()), max(2, rows()), colour=colour, moves=terminal)
        self.live = Live(self.screen)
        self._origin: Hashable = ""
        self._clearing: set[Hashable] = set()
        self._parked: tuple[int, int, str] | None = None
        self._next_look = 0.0
        self._known: set[Hashable] = set()
        self.begin()

    @property
    def look(self) -> Look:
        """What values are shown with, for the pages of the pager."""
        return self._look

    def show(self, output: Output) -> None:
        """Write `output`, or what it changes of what is there."""
        if type(output) is Stream and output.origin == self._origin and not self._parked and not self._clearing:
            now = time.monotonic()
            if now >= self._next_look:
                self._next_look = now + _SIZE_SECONDS
                self._measure()
            text = self.screen.feed(output.text)
            if text:
                self._write(text)
            return
        self._measure()
        turned = output.origin != self._origin
        written = self._resume() + self._turn(output.origin)
        match output:
            case Clear(wait=True):
                self._clearing.add(output.origin)
            case Clear():
                written += self._clear(output.origin)
            case Display(update=True):
                written += self._update(output)
            case _:
                if output.origin in self._clearing:
                    self._clearing.discard(output.origin)
                    written += self._clear(output.origin)
                written += self._new(output, turned)
        if written:
            self._write(written)

    def begin(self, origin: Hashable = "") -> None:
        """The outputs that come from now on belong to a new cell of `origin`'s."""
        self._known.add(origin)
        self._clearing.discard(origin)
        self.live.begin(origin)
        self.screen.ceiling = self.screen.row

    def rest(self, below: int = 1) -> None:
        """Leave the cursor at the beginning of an empty row, where somebody else will draw up to `below` rows.

        What they draw they take away again (the next `show` goes on where it was), or they say so with `passed`.
        """
        if self._parked is None:
            place = (self.screen.row, self.screen.column, self.screen.style)
            written = self.screen.fresh()
            self._parked = place
            if written:
                self._write(written)
        self.screen.below(below)

    def passed(self, rows: int | None) -> None:
        """A prompt of `rows` rows was left standing (None: of unknown height), the cursor is at the beginning below."""
        self._parked = None
        self.screen.style = ""
        if rows is None:
            self.screen.newline()
            self.screen.forget()
            self.screen.column, self.screen.lost = 0, False
        else:
            self.screen.passed(rows)

    def _resume(self) -> str:
        parked, self._parked = self._parked, None
        return self.screen.back(*parked) if parked and self._terminal else ""

    def _measure(self) -> None:
        columns, rows = max(1, self._columns()), max(2, self._rows())
        if (columns, rows) != (self.screen.columns, self.screen.height):
            self.screen.resize(columns, rows)
        if columns != self._look.columns:
            self._look = self._look._replace(columns=columns)

    def _turn(self, origin: Hashable) -> str:
        """Somebody else speaks now: on a row of their own."""
        written = ""
        if origin != self._origin:
            self.screen.release()
            written = self.screen.fresh()
            self._origin = origin
        if origin not in self._known:
            self.begin(origin)
        return written

    def _new(self, output: Output, turned: bool) -> str:
        prefix = self.prompts.other if output.origin else ""
        match output:
            case Stream(_, text):
                return self.screen.feed(prefix if turned else "") + self.screen.feed(text)
            case Display(data, metadata, display_id, _):
                return self._display("", data, metadata, display_id)
            case Result(count, data, metadata):
                return self._display(prefix + self.prompts.result.format(count=count), data, metadata, None)
            case Error(ename, evalue, traceback):
                return self._text(prefix + render_error(ename, evalue, traceback, self._look))
            case Input(code, count):
                from .rendering.code import highlighted

                head = prefix + self.prompts.input.format(count=count)
                text = highlighted(code.rstrip("\n"), self.language, self._look).replace("\n", "\n" + self._hang(head))
                written = self.screen.fresh() + self._text(head + text)
                self.begin(output.origin)
                return written
        return ""

    def _hang(self, head: str) -> str:
        from .widths import visible_width

        size = visible_width(head)
        return "...: ".rjust(size) if size < self._look.columns // 2 else ""

    def _display(self, head: str, data: Mapping[str, Any], metadata: Mapping[str, Any], display_id: str | None) -> str:
        written = self.screen.fresh()
        first = self.screen.row
        drawing, text = self._form(data, metadata)
        if drawing is not None and (drawing.lines or not head):
            if head:
                written += self._text(head)
                first = self.screen.row
            rows = self._laid(drawing)
            if rows:
                self.screen.extend(rows)
                written += live.drawn(rows)
        elif text or head:
            written += self._text(head + "\n" * bool(head and "\n" in text) + text)
        if display_id:
            self.live.place(display_id, first, self.screen.row - first)
        return written

    def _form(self, data: Mapping[str, Any], metadata: Mapping[str, Any]) -> tuple[Drawing | None, str]:
        """A picture, or nothing and the text."""
        rendered = choose(data, metadata, self.preference, self._look)
        drawing = None
        if rendered.image is not None and self._pictures is not None:
            room = max(1, self.screen.height - 2)
            drawing = self._pictures.draw(data, rendered.mime, rendered.metadata or {}, self._look.columns, room)
        return drawing, rendered.text

    def _laid(self, drawing: Drawing) -> list[Row]:
        rows = []
        for line in drawing.lines:
            rows += self._laid_out(line)
        if rows:
            rows[0].picture, rows[0].wipe = drawing.picture, drawing.wipe
        return rows

    def _laid_out(self, text: str) -> list[Row]:
        """Text as the rows it takes, at most a few screens of them."""
        sheet = Screen(self.screen.columns, 4 * self.screen.height, colour=True)
        sheet.feed(text, links=self._look.links)
        return sheet.rows

    def _update(self, output: Display) -> str:
        drawing, text = self._form(output.data, output.metadata)
        rows = self._laid_out(text) if drawing is None else self._laid(drawing)
        written = self.live.update(output.display_id or "", rows) if self._terminal else None
        if written is None:
            return self._display("", output.data, output.metadata, output.display_id)
        return written

    def _clear(self, origin: Hashable) -> str:
        if self._terminal:
            return self.live.clear(origin)
        return ""

    def _text(self, text: str) -> str:
        """A block of text on rows of its own, below all that is there."""
        written = self.screen.fresh()
        written += self.screen.feed(text + "\n", links=self._look.links)
        if self.screen.style:
            written += sgr.RESET
            self.screen.style = ""
        self.screen.release()
        return written


def plain(text: str) -> str:
    """`text` of a kernel's for a message of ours, in one line."""
    return " ".join(still(text, colour=False).split())
