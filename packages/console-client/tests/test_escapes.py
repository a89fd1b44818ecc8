"""What is let through to the terminal, and that nothing else is."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from antiphon_console_client import sgr
from antiphon_console_client.escapes import still, tokens, unfinished

ALLOWED = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]|[\n\r\b\t\a]|\x1b\[[0-9;:]*m|\x1b\[[0-9]*[ABCDEFGKJ]")
HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            ["\x1b", "[", "]", "0;", "31m", "\x07", "\x1b\\", "\x9b", "\x9c", "?", "6n", "2J", "P", "\x00", "\ud800"]
        ),
        st.characters(codec=None),
    )
).map("".join)


@given(HOSTILE)
def test_nothing_but_what_is_allowed_comes_through(text: str) -> None:
    assert ALLOWED.sub("", "".join(tokens(text))) == ""


@given(HOSTILE, st.booleans())
def test_text_at_rest_holds_only_colours(text: str, colour: bool) -> None:
    shown = still(text, colour)
    assert re.sub(r"\x1b\[[0-9;:]*m" if colour else "x^", "", shown).replace("\n", "").isprintable() or not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f]", re.sub(r"\x1b\[[0-9;:]*m", "", shown)
    )


@given(HOSTILE, HOSTILE)
def test_a_cut_changes_nothing(first: str, second: str) -> None:
    whole = first + second
    end = unfinished(first)
    parts = [*tokens(first[:end]), *tokens(first[end:] + second)]
    assert re.sub("[^a-zA-Z]", "", "".join(parts)) == re.sub("[^a-zA-Z]", "", "".join(tokens(whole)))


def test_strings_are_dropped_with_what_is_in_them() -> None:
    assert "".join(tokens("a\x1b]52;c;QQ==\x07b\x1bPq#0\x1b\\c\x1b_Gx\x1b\\d\x9d0;t\x9ce")) == "abcde"


def test_an_endless_string_is_text_again_after_its_line() -> None:
    assert "".join(tokens("\x1b]0;title\nshown")) == "\nshown"
    assert "".join(tokens("\x1b]" + "x" * 10_000)).endswith("xxx")


def test_private_and_odd_sequences_are_dropped() -> None:
    assert "".join(tokens("\x1b[?25l\x1b[>4;1m\x1b[6n\x1b[2J\x1b[1;1H\x1b[ q\x1b(0\x1bca\x1b[")) == "a"


def test_tabs_at_rest_are_spaces() -> None:
    assert still("a\tb\r\nc\rd", colour=True) == "a       b\nc\nd"


def test_styles_add_up() -> None:
    assert sgr.change("", "1;31") == "\x1b[1;31m"
    assert sgr.change("\x1b[1;31m", "22;4") == "\x1b[31;4m"
    assert sgr.change("\x1b[1;31m", "0") == sgr.change("\x1b[1m", "") == ""
    assert sgr.change("\x1b[38;2;1;2;3m", "39;48;5;7") == "\x1b[48;5;7m"
    assert sgr.change("", "38;5") == ""
    assert sgr.last("", "\x1b[1ma\x1b[31mb") == "\x1b[1;31m"


@given(st.text("0123456789;:", max_size=20))
def test_any_parameters_make_a_style(parameters: str) -> None:
    style = sgr.change("", parameters)
    assert style == "" or re.fullmatch(r"\x1b\[[0-9;:]+m", style)
    assert sgr.change("", style[2:-1] if style else "") == style
