"""The part of the screen that is ours: which rows were written, what stands in them, where the cursor is.

Text goes through `feed`, which says what to write and keeps the model in step; everything that later goes back up
(progress bars, displays that are updated, outputs that are cleared) asks the model whether the place is still there.
Rows have numbers that are never used twice and only the last screenful is kept. A terminal does not tell where it has
scrolled to, so `visible` is a promise, not a measure: rows from there on are certainly on the screen.
"""

from __future__ import annotations

from . import escapes, sgr, widths
from .row import END_LINK, Row

_LONGEST = 20_000  # characters of a run that are measured one by one, where they are not ASCII


class Screen:
    """`row` and `column` are the cursor's; `column` may equal `columns` (the next character wraps).

    `bottom` is the last row there is. Without `moves` (a pipe, a file) nothing that moves the cursor is let through.
    """

    def __init__(self, columns: int, height: int, *, colour: bool = True, moves: bool = True) -> None:
        self.moves = moves
        self.columns = columns
        self.height = height
        self.colour = colour
        self.rows: list[Row] = [Row()]
        self.row = self.bottom = 0
        self.column = 0
        self.style = ""
        self._link = ""
        self.lost = False
        """The line in hand is too long and too mixed to say where in it the cursor is."""
        self.ceiling = 0
        """The row above which running code may not climb."""
        self._floor = 0
        self._held = ""

    @property
    def top(self) -> int:
        """The first row that is kept."""
        return self.bottom - len(self.rows) + 1

    @property
    def visible(self) -> int:
        """The first row that is certainly on the screen."""
        return max(self._floor, self.bottom - self.height + 1, 0)

    def at(self, row: int) -> Row:
        """A kept row by its number."""
        return self.rows[row - self.top]

    def feed(self, text: str, *, links: bool = False) -> str:
        """Take text as it came from a kernel (with `links`: as we made it); gives what to write for it."""
        if not self._held and escapes.plain(text):
            self._put(text)
            return text
        return self._careful(text, links)

    def release(self) -> None:
        """No more is coming: half an escape sequence is given up."""
        self._held = ""

    def resize(self, columns: int, height: int) -> None:
        """A terminal may lay everything out anew: what is above the cursor is out of reach from now on."""
        if columns != self.columns or height < self.height:
            self.forget()
        self.columns, self.height = columns, height

    def forget(self) -> None:
        """Nothing above the cursor's row is where it was."""
        self._floor = self.bottom = self.row
        self.rows = [self.rows[self.row - self.top] if self.top <= self.row else Row()]
        self.lost = self.lost or self.column > 0

    def below(self, rows: int) -> None:
        """Somebody else draws `rows` rows from the cursor's row on, and takes them away again."""
        self._floor = max(self._floor, self.row + rows - self.height)

    def passed(self, rows: int) -> None:
        """Somebody else wrote `rows` rows here, and they stay; the cursor stands below them."""
        for _ in range(min(rows, self.height + 1)):
            self.rows[-1] = Row(fixed=True)
            self._append()
        self.row, self.column, self.lost = self.bottom, 0, False

    def splice(self, first: int, count: int, rows: list[Row]) -> int:
        """Put `rows` in place of `count` rows from `first` on; what is below moves. Gives by how many rows."""
        start = first - self.top
        delta = len(rows) - count
        self._floor = self.visible
        self.rows[start : start + count] = rows
        self.bottom += delta
        if self.row >= first + count:
            self.row += delta
        self.row = min(self.row, self.bottom)
        return delta

    def trim(self) -> None:
        """Only a screenful is kept."""
        del self.rows[: max(0, len(self.rows) - self.height)]

    def extend(self, rows: list[Row]) -> None:
        """The cursor stood at the beginning of the last row; `rows` were written, and it is below them."""
        self.rows[-1:] = [*rows, Row()]
        self.bottom += len(rows)
        self.row, self.column = self.bottom, 0
        self.trim()

    def cut(self, first: int) -> None:
        """The rows from `first` on were erased, and the cursor is at the beginning of it."""
        self.row, self.column, self.lost = first, 0, False
        self._cut_below()
        self.rows[-1] = Row()

    def fresh(self) -> str:
        """Go to the beginning of a row below everything that is there, in the plain style; gives what to write."""
        written = sgr.RESET * bool(self.style)
        self.style = ""
        here = self.row - self.top
        used = [number for number, row in enumerate(self.rows[here:], self.row) if not row.empty]
        if not used and not self.column and not self.lost:
            self._cut_below()
            return written
        target = max(used, default=self.row) + 1
        steps = min(target, self.bottom) - self.row
        written += f"\x1b[{steps}B" if steps > 0 else ""
        self.row += max(steps, 0)
        if target > self.bottom:
            self.newline()
            return written + "\n"
        self.column = 0
        self._cut_below()
        return written + "\r"

    def back(self, row: int, column: int, style: str) -> str:
        """Return to a place above, where text was left unfinished."""
        self.style = style
        steps = self.row - row
        if row < self.visible or not (steps or column):
            return style
        self.row, self.column = row, column
        up = (f"\x1b[{steps}A" if steps else "") + "\r"
        if column >= self.columns:  # only its last character brings the cursor behind a full row
            return up + self.at(row).text() + style
        return up + (f"\x1b[{column}C" if column else "") + style

    def _cut_below(self) -> None:
        self._floor = self.visible  # what has scrolled away does not come back
        del self.rows[self.row - self.top + 1 :]
        self.bottom = self.row

    def _append(self) -> None:
        self.bottom += 1
        self.rows.append(Row())
        if len(self.rows) > self.height:
            del self.rows[0]

    def newline(self) -> None:
        """The cursor goes to the first cell of the next row."""
        self.row += 1
        self.column = 0
        self.lost = False
        if self.row > self.bottom:
            self._append()

    def _put(self, text: str) -> None:
        """Characters and newlines, in the style that is set."""
        if "\n" not in text:
            self._run(text)
            return
        lines = text.split("\n", 3 * self.height)
        if len(lines) > 3 * self.height:  # so much that all there was scrolls away
            lines = text.rsplit("\n", 2 * self.height)[1:]
            self._scroll(self.height)
        if lines[0]:
            self._run(lines[0])
        for line in lines[1:]:
            self.newline()
            if line:
                self._run(line)

    def _run(self, text: str) -> None:
        """Characters without a newline."""
        if self.lost:
            return
        if text.isascii():
            cells = len(text)
        elif len(text) > _LONGEST:
            self._lose()
            return
        else:
            cells = widths.width(text)
        if self.column + cells <= self.columns:
            self.at(self.row).put(self.column, self._link + self.style, text, cells)
            self.column += cells
        else:
            self._wrap(text)

    def _wrap(self, text: str) -> None:
        if text.isascii() and len(text) > 3 * self.height * self.columns:
            text = text[-2 * self.height * self.columns - (self.column + len(text)) % self.columns :]
            self._scroll(self.height)
        while text:
            if self.column >= self.columns:
                self.newline()
            head, cells = widths.cut(text, self.columns - self.column)
            if not head and self.column == 0:  # a wide character on a screen of one column
                self._lose()
                return
            if head:
                self.at(self.row).put(self.column, self._link + self.style, head, cells)
                self.column += cells
            text = text[len(head) :]
            if text and self.column < self.columns:
                self.column = self.columns

    def _scroll(self, rows: int) -> None:
        """The cursor is at the beginning of a row so far below that nothing of what was there can be seen."""
        self.bottom += rows
        self.row = self.bottom
        self.rows = [Row()]
        self.column = 0
        self.lost = False

    def _lose(self) -> None:
        self._scroll(self.height)
        self._floor = self.row
        self.rows = [Row(fixed=True)]
        self.lost = True
        self.column = 1

    def _careful(self, text: str, links: bool) -> str:
        """Text with controls in it."""
        text = self._held + text
        end = escapes.unfinished(text)
        text, self._held = text[:end], text[end:]
        written = []
        for token in escapes.tokens(text, links=links):
            first = token[0]
            if token.startswith("\x1b]"):
                self._link = "" if token == END_LINK else token
            elif first == "\x1b":
                token = self._sequence(token)
            elif first == "\r":
                self.column = 0
                self.lost = False
            elif first == "\b":
                token = "\b" if self.column else ""  # some terminals go back to the row above
                self.column = max(0, min(self.column, self.columns - 1) - 1)
            elif first == "\t" and not self.moves:
                self.column += 8 - self.column % 8
            elif first == "\t":
                stop = min(self.column + 8 - self.column % 8, self.columns - 1)
                gap = stop - self.column
                token = f"\x1b[{gap}C" if gap > 0 else ""
                self.column = max(stop, self.column)
            elif first != "\a":
                self._put(token)
            written.append(token)
        return "".join(written)

    def _sequence(self, token: str) -> str:
        """Obey one sequence; gives what is left of it."""
        final = token[-1]
        if final == "m":
            if not self.colour:
                return ""
            self.style = sgr.change(self.style, token[2:-1])
            return token
        if not self.moves:
            return ""
        number = int(token[2:-1] or 0)
        here = min(self.column, self.columns - 1)
        if final in "KJ" and number != 1 and number != 2 and self.column >= self.columns:
            # Behind the last cell, terminals do not agree whether the last cell is erased: it is not.
            if final == "K" or self.row == self.bottom:
                return ""
            self._cut_below()
            return "\x1b[1B\r\x1b[J\x1b[1A\r" + self.at(self.row).text() + self.style
        if final == "K":
            self.at(self.row).erase(0 if number else here, self.columns if number != 1 else here + 1)
            return token
        if final == "J":
            self.at(self.row).erase(here, self.columns)
            self._cut_below()
            return token
        steps = max(number, 1)
        if final in "AF":
            steps = min(steps, self.row - max(self.visible, self.ceiling))
            self.row -= max(steps, 0)
        elif final in "BE":
            steps = min(steps, self.bottom - self.row)
            self.row += steps
        elif final == "C":
            steps = min(steps, self.columns - 1 - here)
            here += steps
        elif final == "D":
            steps = min(steps, here)
            here -= steps
        else:
            steps = min(steps, self.columns)
            here = steps - 1
        if final in "EF":
            self.column = 0
            return f"\r\x1b[{steps}{'A' if final == 'F' else 'B'}" if steps > 0 else "\r"
        behind = final in "ABC" and self.column >= self.columns  # nor do they agree on what becomes of that
        self.column = here
        return (f"\x1b[{steps}{final}" if steps > 0 else "") + (f"\x1b[{self.columns}G" if behind else "")
