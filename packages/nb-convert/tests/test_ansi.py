"""Terminal text as runs, and as HTML and LaTeX."""

from __future__ import annotations

import html
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.ansi import PLAIN, Style, ansi2html, ansi2latex, ansi2typst, latex_colours, runs, strip_ansi


def styles(text: str) -> list[tuple[str, Style]]:
    return [(run.text, run.style) for run in runs(text)]


@pytest.mark.parametrize(
    ("sgr", "style"),
    [
        ("31", Style(1)),
        ("1;34", Style(4, bold=True)),
        ("97;101", Style(15, 9)),
        ("38;5;1", Style(1)),
        ("38;5;196", Style("#ff0000")),
        ("38;5;255", Style("#eeeeee")),
        ("48;2;1;2;3", Style(None, "#010203")),
        ("38:2:1:2:3", Style("#010203")),
        ("38;2;300;0;0", PLAIN),
        ("38;5", PLAIN),
        ("2;3;4;7;9", Style(faint=True, italic=True, underline=True, inverse=True, strike=True)),
        ("31;39;1;22", PLAIN),
        ("31;0", PLAIN),
        ("31;", PLAIN),
        ("", PLAIN),
        ("58;999", PLAIN),
    ],
)
def test_sequences_of_colours(sgr: str, style: Style) -> None:
    assert styles(f"\x1b[{sgr}mx") == [("x", style)]


def test_runs_of_one_style_are_one() -> None:
    assert styles("a\x1b[31mb\x1b[31mc\x1b[0m\x1b[0md") == [("a", PLAIN), ("bc", Style(1)), ("d", PLAIN)]
    assert styles("") == []


def test_what_is_no_colour_is_dropped() -> None:
    text = "a\x1b[2Jb\x1b]0;title\x07c\x1b]52;c;ZXZpbA==\x1b\\d\x1b(Be\x1bPq#0\x1b\\f\x07\x00g\x9bh"
    assert strip_ansi(text) == "abcdefgh"


def test_returns_and_backspaces_are_carried_out() -> None:
    assert strip_ansi("10%\r20%\nab\bc") == "20%\nac"


def test_backspaces_take_characters_not_colours() -> None:
    assert styles("\x1b[32m|\x1b[0m\b/") == [("/", PLAIN)]
    assert styles("\x1b[32m|\b/\b-") == [("-", Style(2))]
    assert strip_ansi("ab\x1b[0m\b\bc\b\b\bd") == "d"


@pytest.mark.parametrize(
    "hostile", ["\r" * 100_000, "\r" * 100_000 + "a", "x" * 50_000 + "\ra" * 50_000, "\x1b[" + "1;" * 50_000 + "m",
                "a" * 30_000 + "\x1b[1m" * 10_000 + "\b\bx" * 10_000, "\x1b[" * 50_000, "\x1b]8;;" * 20_000]
)  # fmt: skip
def test_hostile_output_ends_soon(hostile: str) -> None:
    begun = time.perf_counter()
    ansi2html(hostile)
    assert time.perf_counter() - begun < 5  # tenths of a second, where time grows with the length


def test_links_of_safe_schemes_are_links() -> None:
    link = "\x1b]8;;https://x.y/?a=1&b\x1b\\here\x1b]8;;\x1b\\ \x1b]8;;javascript:alert(1)\x07there\x1b]8;;\x07"
    assert ansi2html(link) == '<a href="https://x.y/?a=1&amp;b">here</a> there'


def test_html_has_the_classes_that_people_style() -> None:
    assert ansi2html("\x1b[31ma<\x1b[0m&") == '<span class="ansi-red-fg">a&lt;</span>&amp;'
    assert ansi2html("\x1b[1;32mb") == '<span class="ansi-green-intense-fg ansi-bold">b</span>'
    assert ansi2html("\x1b[38;5;196;4mc") == '<span class="ansi-underline" style="color: #ff0000">c</span>'
    assert ansi2html("\x1b[7md") == '<span class="ansi-inverse">d</span>'
    assert ansi2html("\x1b[7;31;42me") == '<span class="ansi-green-fg ansi-red-bg">e</span>'


def test_latex_is_escaped() -> None:
    assert ansi2latex("\x1b[1;31m50%_") == r"\textcolor{ansi-red}{\textbf{50\%\_}}"
    assert ansi2latex("\x1b[48;2;1;2;255mx") == r"\colorbox[HTML]{0102FF}{x}"
    assert ansi2latex("\x1b[1ma\n\nb\n") == "\\textbf{a}\n\n\\textbf{b}\n"
    assert latex_colours().count("\\definecolor") == 16
    assert "{HTML}{" in latex_colours()


def test_typst_keeps_blanks_and_lines() -> None:
    assert ansi2typst('a\n "b"') == '#raw("a\\n \\"b\\"");'
    assert ansi2typst("\x1b[1;31mx") == '#text(fill: rgb("#b3261e"), weight: "bold")[#raw("x");];'
    assert ansi2typst("\x1b[7;38;2;1;2;3mx") == '#highlight(fill: rgb("#010203").lighten(60%))[#raw("x");];'


pieces = st.sampled_from(
    ["\x1b[", "31", ";", "m", "\x1b]8;;", "https://a", "\x1b\\", "\x07", "\r", "\b", "x", "<", "\n"]
)


@settings(deadline=None)  # a loaded machine is no failure
@given(st.lists(pieces, max_size=25).map("".join) | st.text(max_size=40))
def test_any_text_is_well_formed_and_shows_the_same(text: str) -> None:
    made = ansi2html(text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", made)
    assert html.unescape(re.sub(r"<[^>]*>", "", made)) == strip_ansi(text)
    assert made.count("<span") == made.count("</span>")
    assert made.count("<a ") == made.count("</a>")
    ansi2latex(text)
