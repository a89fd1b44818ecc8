"""Tokens as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.markdown.parsing import parse
from antiphon_nb_convert.markdown.text import columns_of, to_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# A *b*\n\n### C", "A b\n===\n\nC"),
        ("# 漢字", "漢字\n===="),
        ("a **b** `c` $d$ [e](http://f) <http://g>", "a b c d e (http://f) http://g"),
        ("- a\n- b\n\n  c", "- a\n\n- b\n\n  c"),
        ("3. a\n4. - b", "3. a\n4. - b"),
        ("- [x] a", "- [x] a"),
        ("> a\n> > b", "> a\n>\n> > b"),
        ("```\na\n\nb\n```", "    a\n\n    b"),
        ("![a](b) ![](c)", "[a] [c]"),
        ("a[^1]\n\n[^1]: b", "a[1]\n\n[1] b"),
        ("| a | bb |\n|--|--:|\n| 漢 | 1 |", "a   bb\n--  --\n漢   1"),
        ("a<br>b <b>c</b> x<sup>2</sup> <!-- d -->", "a\nb c x^2"),
        ("", ""),
    ],
)
def test_known(text: str, expected: str) -> None:
    assert to_text(parse(text)) == (expected + "\n" if expected else "")


def test_columns() -> None:
    assert [columns_of(text) for text in ("abc", "漢", "e\u0301")] == [3, 2, 1]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    made = to_text(parse(text))
    assert not made or made.endswith("\n")
