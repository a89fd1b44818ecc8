"""The screen's model says what a terminal shows: held against pyte, character by character."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_console_client.screen import Screen

COLUMNS, HEIGHT = 20, 8

SEQUENCES = (
    "\r",
    "\b",
    "\t",
    "\n",
    "\x1b[A",
    "\x1b[2A",
    "\x1b[B",
    "\x1b[3C",
    "\x1b[2D",
    "\x1b[K",
    "\x1b[1K",
    "\x1b[2K",
)
SEQUENCES += (
    "\x1b[J",
    "\x1b[7G",
    "\x1b[E",
    "\x1b[F",
    "\x1b[31m",
    "\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b[5;5H",
    "\x1b[2J",
    "\x1b[",
)
PIECES = st.one_of(
    st.sampled_from(SEQUENCES), st.text("abc xyz", max_size=30), st.text("aé", max_size=30)
)  # pyte lets a wide character hang over the edge


def terminal(columns: int = COLUMNS, height: int = HEIGHT) -> tuple[pyte.Screen, pyte.Stream]:
    shown = pyte.Screen(columns, height)
    shown.set_mode(pyte.modes.LNM)
    return shown, pyte.Stream(shown)


def lines_of(shown: pyte.Screen) -> list[str]:
    return [line.rstrip() for line in shown.display]


def text_of(row: object) -> str:
    return "".join(text for _, text, _ in row.parts).rstrip()  # type: ignore[attr-defined]


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=40))
def test_what_the_model_holds_is_what_a_terminal_shows(pieces: list[str]) -> None:
    screen = Screen(COLUMNS, HEIGHT)
    shown, stream = terminal()
    for piece in pieces:
        stream.feed(screen.feed(piece))
    shift = shown.cursor.y - screen.row
    assert min(shown.cursor.x, COLUMNS - 1) == min(screen.column, COLUMNS - 1)
    lines = lines_of(shown)
    for number in range(screen.visible, screen.bottom + 1):
        assert text_of(screen.at(number)) == lines[number + shift]
    assert not any(lines[screen.bottom + shift + 1 :])


def test_running_code_climbs_no_higher_than_its_cell() -> None:
    screen = Screen(COLUMNS, HEIGHT)
    screen.feed("above\n")
    screen.ceiling = screen.row
    assert screen.feed("a\nb\x1b[99A") == "a\nb\x1b[1A"
    assert screen.row == 1


def test_a_pipe_gets_no_movements_and_keeps_its_tabs() -> None:
    screen = Screen(COLUMNS, HEIGHT, colour=False, moves=False)
    assert screen.feed("a\tb\x1b[1A\x1b[31mc\r\n") == "a\tbc\r\n"


@pytest.mark.parametrize("character", ["x", "é", "語", "\r", "\x1b[31m", "a\x1b[A"])
def test_a_line_of_a_million_costs_a_moment(character: str) -> None:
    screen = Screen(80, 24)
    screen.feed(character * 1_000_000)
    screen.feed("\nend")
    assert text_of(screen.rows[-1]) == "end"
    assert len(screen.rows) <= 24


def test_after_a_resize_nothing_above_is_promised() -> None:
    screen = Screen(COLUMNS, HEIGHT)
    screen.feed("a\nb\nc\n")
    assert screen.visible == 0
    screen.resize(COLUMNS + 1, HEIGHT)
    assert screen.visible == screen.row


def test_half_a_sequence_waits_for_its_other_half() -> None:
    screen = Screen(COLUMNS, HEIGHT)
    assert [screen.feed(part) for part in ("a\x1b", "[3", "1mb\x1b]0;ti", "tle\x07c")] == ["a", "", "\x1b[31mb", "c"]
