"""Going back to what was shown: displays under an id are drawn anew in place, and a cell's outputs are taken away.

A place is reached only while it is certainly on the screen; otherwise the caller shows anew. What is to be written is
given as text, and nothing is written here.
"""

from __future__ import annotations

from collections.abc import Hashable

from . import sgr
from .row import Row
from .screen import Screen


class Slot:
    """Where a display stands: `count` rows from `first` on."""

    __slots__ = ("count", "first")

    def __init__(self, first: int, count: int) -> None:
        self.first = first
        self.count = count


class Live:
    """The displays of one screen by their ids, and where the outputs of each origin's cell begin."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self._at = 0
        self._slots: dict[str, list[Slot]] = {}
        self._marks: dict[Hashable, int] = {}

    def place(self, display_id: str, first: int, count: int) -> None:
        """A display now stands there."""
        slots = [slot for slot in self._slots.get(display_id, ()) if slot.first >= self.screen.visible]
        self._slots[display_id] = [*slots, Slot(first, count)]
        if len(self._slots) > 2 * self.screen.height:  # most of them have scrolled away
            seen = self.screen.visible
            self._slots = {name: kept for name, kept in self._slots.items() if kept[-1].first >= seen}

    def begin(self, origin: Hashable) -> None:
        """The outputs of a new cell come from here on."""
        self._marks[origin] = self.screen.row + (self.screen.column > 0)

    def update(self, display_id: str, rows: list[Row]) -> str | None:
        """Show `rows` in every place of that id; None when there is no place left that can be reached."""
        screen = self.screen
        written = []
        for slot in self._slots.get(display_id, ()):
            if not self._reachable(slot, len(rows)):
                continue
            new = [row.copy() for row in rows]  # one id may stand in several places
            old = screen.rows[slot.first - screen.top :][: slot.count]
            if len(rows) < slot.count and self._fixed_below(slot):
                new = [*new, *(Row() for _ in range(slot.count - len(rows)))]
            wiped = "".join(row.wipe for row in old)
            row, column = screen.row, screen.column
            if len(new) == slot.count:
                screen.splice(slot.first, slot.count, new)
                written.append(wiped + self._repaint(row, slot.first, slot.first + slot.count - 1))
            else:
                wiped += "".join(below.wipe for below in screen.rows[slot.first + slot.count - screen.top :])
                delta = screen.splice(slot.first, slot.count, new)
                self._shift(slot, delta)
                slot.count = len(new)
                written.append(wiped + self._repaint(row, slot.first, screen.bottom, erase=True))
            written.append(self._to(screen.row, column))
            screen.trim()
        return "".join(written) if written else None

    def clear(self, origin: Hashable) -> str:
        """Take away the outputs of the cell; what has scrolled away, or stands above a prompt, stays."""
        screen = self.screen
        first = max(self._marks.get(origin, screen.row), screen.visible)
        for number in range(screen.bottom, first - 1, -1):
            if screen.at(number).fixed:
                first = number + 1
                break
        if first > screen.bottom or (first == screen.row == screen.bottom and not screen.column):
            return ""
        gone = screen.rows[first - screen.top :]
        written = "".join(row.wipe for row in gone) + _move(first - screen.row) + "\r\x1b[J"
        screen.cut(first)
        for slots in self._slots.values():
            slots[:] = [slot for slot in slots if slot.first < first]
        return written

    def _reachable(self, slot: Slot, rows: int) -> bool:
        screen = self.screen
        if slot.first < screen.visible or screen.lost or slot.first + slot.count > screen.bottom:
            return False  # the last: running code climbed, and what is shown next erased from there on
        return rows <= slot.count or not self._fixed_below(slot)

    def _fixed_below(self, slot: Slot) -> bool:
        return any(row.fixed for row in self.screen.rows[slot.first + slot.count - self.screen.top :])

    def _shift(self, changed: Slot, delta: int) -> None:
        for slots in self._slots.values():
            for slot in slots:
                if slot.first > changed.first:
                    slot.first += delta
        for origin, mark in self._marks.items():
            if mark > changed.first:
                self._marks[origin] = mark + delta
        if self.screen.ceiling > changed.first:
            self.screen.ceiling += delta

    def _repaint(self, row: int, first: int, last: int, *, erase: bool = False) -> str:
        """Write the rows `first` to `last`; the cursor came from `row` and is left at the beginning of `last`."""
        screen = self.screen
        written = [sgr.RESET * bool(screen.style), _move(first - row) + "\r" + "\x1b[J" * erase]
        rows = screen.rows[first - screen.top : last + 1 - screen.top]
        for at, shown in enumerate(rows):
            written += ["\n" * bool(at), "" if erase else "\x1b[2K", shown.text()]
        written.append("\r")
        written += (_hang(shown.picture, len(rows) - 1 - at) for at, shown in enumerate(rows) if shown.picture)
        self._at = last
        return "".join(written)

    def _to(self, row: int, column: int) -> str:
        """From where the painting ended to the cursor's place, in its style."""
        screen = self.screen
        down = _move(row - self._at) + "\r"
        if column >= screen.columns:  # only its last character brings the cursor behind a full row
            return down + screen.at(row).text() + screen.style
        return down + (f"\x1b[{column}C" if column else "") + screen.style


def _move(rows: int) -> str:
    """So many rows down, or up."""
    return f"\x1b[{rows}B" if rows > 0 else f"\x1b[{-rows}A" if rows else ""


def _hang(picture: str, rows: int) -> str:
    """Draw a picture `rows` rows above the cursor, and come back (DECSC and DECRC keep the place)."""
    return f"\x1b7{_move(-rows)}\r{picture}\x1b8"


def drawn(rows: list[Row]) -> str:
    """New rows at the cursor, which stands at the beginning of one; it ends below them."""
    text = "".join(row.text() + "\n" for row in rows)
    return text + "".join(_hang(row.picture, len(rows) - at) for at, row in enumerate(rows) if row.picture)
