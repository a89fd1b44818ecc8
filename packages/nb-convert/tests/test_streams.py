"""Text as a terminal leaves it, whatever pieces it came in."""

from __future__ import annotations

import itertools
import time
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from antiphon_nb_convert.execution import streams
from antiphon_nb_convert.execution.streams import StreamText, settled


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\n", "plain\n"),
        ("one\r\ntwo\r\r\n", "one\ntwo\n"),
        ("10%\r20%\r100%\n", "100%\n"),
        ("abc\rX", "Xbc"),
        ("abc\r", "abc\r"),
        ("\rabc", "abc"),
        ("ab\bc", "ac"),
        ("ab\b\b\b\bc\n\bd", "c\nd"),
        ("\x1b[31mred\x1b[0m\rx", "x"),
        ("long line\r\x1b[2K\rok\n", "ok\n"),
        ("done\rXX\nnext\rY", "XXne\nYext"),
    ],
)
def test_settled(text: str, shown: str) -> None:
    assert settled(text) == shown


@given(st.lists(st.text("ab\r\n\b\x1b[", max_size=12), max_size=12), st.integers(0, 9))
@example(["\r\b", "\n"], 0)
def test_pieces_make_no_difference(pieces: list[str], limit: int) -> None:
    before = streams.SETTLE
    streams.SETTLE = limit
    try:
        stream = StreamText()
        for piece in pieces:
            stream.write(piece)
    finally:
        streams.SETTLE = before
    assert stream.text == settled("".join(pieces))


def test_a_sequence_in_two_pieces_and_a_backspace_between() -> None:
    stream = StreamText()
    stream._limit = 0
    for piece in ("\x1b[\b", "[[\b"):
        stream.write(piece)
    assert stream.text == settled("\x1b[\b[[\b")


def test_one_long_line_takes_linear_time() -> None:
    stream = StreamText()
    for _ in range(20_000):
        stream.write("x" * 1000)
    began = time.process_time()
    for _ in range(20_000):
        stream.write("x" * 1000)
    assert time.process_time() - began < 5, "40 MB in one line"
    assert len(stream.text) == 40_000_000


@given(st.text("ab\r\n\b", max_size=30))
def test_text_without_a_trailing_return_is_done_with(text: str) -> None:
    once = settled(text)
    assert "\b" not in once
    assert all("\r" not in line.rstrip("\r") for line in once.split("\n"))


def test_a_long_progress_bar_takes_no_room() -> None:
    stream = StreamText()
    tracemalloc.start()
    try:
        for number in itertools.count():
            stream.write(f"\r{number:>40}%")
            if number == 100_000:
                break
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert stream.text.strip() == "100000%"
    assert peak < 1_000_000, "4 MB were written"
