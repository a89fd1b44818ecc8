"""Markdown, HTML and JSON as text: what it looks like, and that no document breaks the width or the program."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_console_client import sgr
from antiphon_console_client.rendering import Look
from antiphon_console_client.rendering.html import render_html
from antiphon_console_client.rendering.latex import render_latex
from antiphon_console_client.rendering.markdown import render_markdown
from antiphon_console_client.rendering.tree import render_json
from antiphon_console_client.widths import visible_width

PLAIN = Look(columns=40, colour=False)
COLOURED = Look(columns=40)


def markdown(source: str, look: Look = PLAIN) -> list[str]:
    return [line.rstrip() for line in (render_markdown(source, look) or "").split("\n")]


def page(source: str, look: Look = PLAIN) -> list[str]:
    return [line.rstrip() for line in (render_html(source, look) or "").split("\n")]


def test_a_document() -> None:
    source = "# Title\n\nSome *plain* text with `code` and $x^2$.\n\n- one\n  1. two\n- [x] three\n\n> said\n\n---"
    assert markdown(source) == [
        "Title",
        "=====",
        "",
        "Some plain text with `code` and x².",
        "",
        "• one",
        "  1. two",
        "☑ three",
        "",
        "│ said",
        "",
        "─" * 40,
    ]


def test_code_keeps_its_spaces_and_gets_colours() -> None:
    assert markdown("```python\nif x:\n    y = 1\n```") == ["  if x:", "      y = 1"]
    assert "\x1b[" in (render_markdown("```python\nif x: pass\n```", COLOURED) or "")
    assert sgr.strip(render_markdown("```nonsense\nif x\n```", COLOURED) or "") == "  if x"


def test_a_table_is_aligned_and_fits() -> None:
    source = "| a | number |\n|---|---:|\n| x | 1 |\n| *y* | 1000 |"
    assert markdown(source) == ["a │ number", "──┼───────", "x │      1", "y │   1000"]
    wide = "|" + "word word word|" * 6 + "\n|" + "-|" * 6 + "\n|" + "x y z|" * 6
    assert all(len(line) <= 40 for line in markdown(wide))


def test_links_say_where_they_lead() -> None:
    source = "[here](http://example.org/a?b=é)"
    assert markdown(source) == ["here (http://example.org/a?b=%C3%A9)"]
    linked = render_markdown(source, Look(columns=40, links=True)) or ""
    assert linked.startswith("\x1b]8;;http://example.org/a?b=%C3%A9\x1b\\")
    assert linked.endswith("\x1b]8;;\x1b\\")
    assert "]8;;" not in (render_markdown("[x](javascript:alert)", Look(links=True)) or "")


def test_links_are_closed_at_the_end_of_a_row() -> None:
    text = render_markdown(f"[{'long words ' * 8}](http://x.org)", Look(columns=30, links=True)) or ""
    for line in text.split("\n"):
        assert line.count("\x1b]8;;http") == 1
        assert line.endswith("\x1b]8;;\x1b\\")


def test_markup_within_is_read_too() -> None:
    assert markdown("a<br>b &amp; c\n\n<div><b>x</b></div>") == ["a", "b & c", "", "x"]


def test_escape_sequences_do_not_come_through() -> None:
    for render in (render_markdown, render_html, render_latex):
        assert "\x1b]" not in (render("a \x1b]0;x\x07 b &#27;]0;x&#7;", COLOURED) or "")


def test_html_of_a_page() -> None:
    source = "<style>x{}</style><h2>Head</h2><p>One  <b>two</b><br>three<ul><li>a<li>b</ul><pre>x\n  y</pre>"
    assert page(source) == ["Head", "", "One two", "three", "", "• a", "• b", "", "x", "  y"]


def test_html_tables() -> None:
    head = "<table><thead><tr><th></th><th>n</th></tr></thead>"
    source = head + "<tr><th>a</th><td>1.5</td></tr><tr><th>b</th><td>12</td></table>"
    assert page(source) == ["  │   n", "──┼────", "a │ 1.5", "b │  12"]
    assert page("<table><tr><td>a<table><tr><td>b</table></table>after") == ["a b", "", "after"]


def test_json_is_a_tree() -> None:
    assert (render_json({"a": [1, None], "b": "x\ny"}, PLAIN) or "").split("\n") == [
        "{2}",
        "├─ a: [2]",
        "│  ├─ 0: 1",
        "│  └─ 1: null",
        '└─ b: "x⏎y"',
    ]
    assert (render_json(list(range(10_000)), PLAIN) or "").endswith("\n…")


MARKS = [*"#*_`>-+|$~[]()!<&\\", "1.", "---", "```", "$$", "<b>", "</b>", "<table>", "<td>", "<li>", "http://x.y"]
WORDS = st.one_of(
    st.sampled_from([*MARKS, "\n", "\n\n", "  ", "\t"]), st.text(max_size=12), st.text("ab 語é\u0301", max_size=30)
)
DOCUMENTS = st.lists(WORDS, max_size=40).map("".join)
LOOKS = st.builds(Look, columns=st.integers(1, 60), colour=st.booleans(), links=st.booleans())


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, LOOKS)
def test_no_document_goes_over_the_edge(source: str, look: Look) -> None:
    for render in (render_markdown, render_html, render_latex):
        text = render(source, look)
        assert text is not None
        for line in text.split("\n"):
            assert visible_width(line) <= look.columns
        if not look.colour and not look.links:
            assert "\x1b" not in text


@settings(max_examples=50, deadline=None)
@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.floats(), st.text()),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    LOOKS,
)
def test_no_tree_goes_over_the_edge(value: object, look: Look) -> None:
    text = render_json(value, look)
    assert text is None or all(visible_width(line) <= look.columns for line in text.split("\n"))


UNITS = (
    "[",
    "*a **b ",
    "[a](",
    "> ",
    "`a ``b ",
    "- a\n",
    "<a ",
    "<!",
    "<![",
    "</",
    "<td>",
    "<ul>",
    "_a__",
    "|a|b\n|-|-\n",
    "$a ",
    "{",
    "\\frac",
    "\\left",
    "^",
    "\\begin{matrix}",
    " ",
    "&",
    "&#",
    "\n",
    "<pre>",
)


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_the_text_and_not_faster(unit: str) -> None:
    for render in (render_markdown, render_html, render_latex):
        start = time.process_time()
        render(unit * (40_000 // len(unit)), PLAIN)
        assert time.process_time() - start < 3
