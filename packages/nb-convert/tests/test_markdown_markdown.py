"""Tokens as Markdown: what is read from it is what was read before."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.markdown.html import to_html
from antiphon_nb_convert.markdown.html_fragments import blocks
from antiphon_nb_convert.markdown.markdown import to_markdown
from antiphon_nb_convert.markdown.parsing import Token, parse

SPECIFICATION = json.loads((Path(__file__).parent / "commonmark.json").read_text(encoding="utf-8"))


def page(tokens: list[Token]) -> str:
    """The HTML of tokens, blanks that mean nothing left out."""
    made = re.sub(r"\s+", " ", to_html(tokens)).replace("<!-- -->", "")
    return re.sub(r" ?(</?(?:p|blockquote|ul|ol|li|pre|hr)\b[^>]*>) ?", r"\1", made).strip()


@pytest.mark.parametrize("case", SPECIFICATION, ids=lambda case: str(case["example"]))
def test_commonmark_is_read_again(case: dict[str, str]) -> None:
    tokens = parse(case["markdown"])
    assert page(parse(to_markdown(tokens))) == page(tokens)


@pytest.mark.parametrize(
    "text",
    [
        "# A *b*",
        "a **b *c* d** `e` ~~f~~ $g_1$",
        "- a\n- b\n  - c\n\n1. d\n2. e",
        "- [x] a\n- [ ] b",
        "> a\n>\n> > b",
        "```py title=x\nd\n```",
        "$$\na\n$$\n\n\\begin{align}b&=c\\end{align}",
        "| a | b |\n| :-- | --: |\n| 1 | x \\| y |",
        "a[^n]\n\n[^n]: b\n\n    c",
        "<div>\nraw\n</div>\n\na <b>c</b>",
        '![a](attachment:b%20c.png) [d](#E-f "g") <http://h/>',
        "a\\\nb\nc",
        "\\# a \\*b\\* \\$c\\$ 1\\. d\\_ e_f \\<g> &amp;lt; \\!\\[",
    ],
)
def test_tidy_markdown_stays_as_it_is(text: str) -> None:
    made = to_markdown(parse(text))
    assert page(parse(made)) == page(parse(text))
    assert to_markdown(parse(made)) == made


def test_addresses_are_found() -> None:
    made = to_markdown(
        parse("![a](b.png) ![c](d.png) [e](f)"), image=lambda u: "x.png" if u == "b.png" else None, link=lambda u: None
    )
    assert made == "![a](x.png) c e\n"


def test_a_dataframe_is_a_table() -> None:
    frame = pd.DataFrame({"a|b": [1, 2], "c": ["*x*", "<y>"]})
    assert to_markdown(blocks(frame._repr_html_())) == (
        "|  | a\\|b | c |\n| --: | --: | --: |\n| 0 | 1 | \\*x\\* |\n| 1 | 2 | \\<y> |\n"
    )
    columns = pd.MultiIndex.from_product([["x"], ["a", "b"]])
    assert to_markdown(blocks(pd.DataFrame([[1, 2]], columns=columns).to_html())) == (
        "|  | x |  |\n| --: | --: | --: |\n|  | **a** | **b** |\n| 0 | 1 | 2 |\n"
    )


def text_of(tokens: list[Token]) -> str:
    return "".join(text_of(token["children"]) if "children" in token else token.get("raw", " ") for token in tokens)


MARKS = st.sampled_from(
    [
        *"*_`|:<>[]()\\-+=~.#&!/\"'@^$%{};",
        "a",
        "b1",
        "1.",
        "- ",
        "http://a.b",
        "www.a.b",
        "&amp;",
        "&#10;",
        "<b>",
        "é",
        " ",
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(MARKS, max_size=20).map("".join))
def test_any_text_stands_for_itself(text: str) -> None:
    clean = " ".join(text.split())
    again = parse(to_markdown([{"type": "paragraph", "children": [{"type": "text", "raw": clean}]}]))
    assert text_of(again) == clean
    assert all(token["type"] == "paragraph" for token in again)
    assert all(token["type"] == "text" for block in again for token in block["children"])
