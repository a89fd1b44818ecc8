"""Text as it is, and tracebacks as wide as the terminal."""

from __future__ import annotations

import pytest

from antiphon_console_client.rendering import Look
from antiphon_console_client.rendering.text import joined, render_error, render_text

RULE = "-" * 75
PLAIN = (RULE, "ValueError" + " " * 32 + "Traceback (most recent call last)", "Cell In[1], line 1", "ValueError: why")
COLOURED = (
    f"\x1b[31m{RULE}\x1b[39m",
    "\x1b[31mValueError\x1b[39m" + " " * 32 + "Traceback (most recent call last)",
    "\x1b[31mValueError\x1b[39m: why",
)


def test_a_wide_terminal_shows_what_the_kernel_drew() -> None:
    assert render_error("ValueError", "why", PLAIN, Look(columns=80)) == "\n".join(PLAIN)
    assert render_error("ValueError", "why", COLOURED, Look(columns=80)) == "\n".join(COLOURED)


@pytest.mark.parametrize("lines", [PLAIN, COLOURED])
@pytest.mark.parametrize("columns", [50, 60, 74])
def test_the_head_fits_a_narrower_one(lines: tuple[str, ...], columns: int) -> None:
    shown = render_error("ValueError", "why", lines, Look(columns=columns, colour=False)).split("\n")
    assert shown[0] == "-" * columns
    assert len(shown[1]) == columns
    assert shown[1].split() == ["ValueError", "Traceback", "(most", "recent", "call", "last)"]
    assert shown[-1] == "ValueError: why"


def test_in_the_narrowest_the_words_still_stand_apart() -> None:
    shown = render_error("ValueError", "why", PLAIN, Look(columns=10)).split("\n")
    assert shown[:2] == ["-" * 10, "ValueError Traceback (most recent call last)"]


def test_dashes_elsewhere_are_the_kernels() -> None:
    lines = ("Traceback (most recent call last):", RULE, "E: " + RULE)
    assert render_error("E", RULE, lines, Look(columns=20)) == "\n".join(lines)


def test_an_error_without_a_traceback_is_one_line() -> None:
    assert render_error("E", "why", (), Look()) == "E: why"
    assert render_error("E", "", (), Look()) == "E"


@pytest.mark.parametrize(("value", "text"), [("a", "a"), (["a\n", "b"], "a\nb"), (3, "3"), ([1], "[1]")])
def test_values_are_text(value: object, text: str) -> None:
    assert joined(value) == text


def test_text_keeps_colours_and_moves_nothing() -> None:
    assert render_text("\x1b[31mred\x1b[0m\x1b[2J\x1b[5A", Look()) == "\x1b[31mred\x1b[0m"
    assert render_text("\x1b[31mred\x1b[0m", Look(colour=False)) == "red"
