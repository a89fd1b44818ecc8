"""Tokens as AsciiDoc: known shapes, and no sign of a text that could be taken for markup.

The shapes were read back with Asciidoctor when they were written; it is a program of its own, so it is not run here.
"""

# ruff: noqa: E501 - source and what comes of it side by side
from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.markdown.asciidoc import to_asciidoc
from antiphon_nb_convert.markdown.html_fragments import blocks
from antiphon_nb_convert.markdown.parsing import parse
from antiphon_nb_convert.markdown.sections import Sections

SPECIFICATION = json.loads((Path(__file__).parent / "commonmark.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# A *b*", "== A __b__"),
        ("###### A", "[discrete]\n====== A"),
        ("a **b** `c` ~~d~~", "a **b** ``c`` [.line-through]##d##"),
        ("a *b **c** d*", "a __b **c** d__"),
        ("[a](b)**c**", "link:++b++[a]{empty}**c**"),
        ("- a\n- b\n  - c\n\n    1. d", "* a\n* b\n** c\n... d"),
        ("- a\n\n  b\n\n  ```\n  c\n  ```", "* a\n+\nb\n+\n[listing]\n----\nc\n----"),
        ("3. a", "[start=3]\n. a"),
        ("- [x] a", "* [x] a"),
        ("- a\n\n1. b", "* a\n\n//-\n\n. b"),
        ("> a\n> > b", "____\na\n\n_____\nb\n_____\n____"),
        ("```py\nx\n----\n```", "[source,py]\n-----\nx\n----\n-----"),
        ("```\ninclude::a[]\nb <1>\n```", "[listing,subs=specialchars]\n----\n\\include::a[]\nb <1>\n----"),
        ("$a_{[1]}$", "latexmath:[a_{[1\\]}]"),
        ("$$\na\n$$", "[latexmath]\n++++\na\n++++"),
        ("a  \nb", "a +\nb"),
        ("---", "'''"),
        ("![a, b](c%20d.png)", 'image::c%20d.png["a&#44; b"]'),
        ("x ![a](c.png)", 'x image:c.png["a"]'),
        ("a[^1] b[^1]\n\n[^1]: *n*]", "afootnote:fn-1[__n__&#93;] bfootnote:fn-1[]"),
        ("50% {a} \\*b\\* c_d e_ 1 + 2 a::b -- ...", "50% &#123;a} &#42;b&#42; c_d e&#95; 1 &#43; 2 a:&#58;b -&#45; .&#46;&#46;"),
        ("NOTE: a\n\n\\1. b", "&#78;OTE: a\n\n&#92;1. b"),
        ("", ""),
    ],
)  # fmt: skip
def test_known(text: str, expected: str) -> None:
    assert to_asciidoc(parse(text)) == (expected + "\n" if expected else "")


def test_a_table() -> None:
    assert to_asciidoc(parse("| a | b |\n|:--|--:|\n| 1 | x\\|y |")) == (
        '[%header,cols="2*"]\n|===\n<|a\n>|b\n\n<|1\n>|x&#124;y\n|===\n'
    )
    columns = pd.MultiIndex.from_product([["x"], ["a", "b"]])
    made = to_asciidoc(blocks(pd.DataFrame([[1, 2]], columns=columns).to_html()))
    assert made == '[%header,cols="3*"]\n|===\n>|\n2+>|x\n\n>h|\n>h|a\n>h|b\n\n>h|0\n>|1\n>|2\n|===\n'


def test_headings_close_up_the_levels_left_out() -> None:
    sections = Sections()
    made = [
        to_asciidoc(parse(text), sections=sections).split()[0] for text in ("# a", "### b", "## c", "#### d", "# e")
    ]
    assert made == ["==", "===", "===", "====", "=="]


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        st.characters(exclude_categories=["C", "Z"]) | st.sampled_from("*_`#^~+{}[]<>\\|&;:.-=/'\"() a1"), max_size=40
    )
)
def test_any_text_stands_for_itself(text: str) -> None:
    made = to_asciidoc([{"type": "paragraph", "children": [{"type": "text", "raw": text}]}])
    assert html.unescape(made).strip() == " ".join(text.split(" ")).strip()
    signs = re.sub(r"&#\d+;", "", made)
    assert not set(signs) & set("*`#^~+{[<>\\|@;")
    assert not re.search(r"--|\.\.|::|\(\(|:\/\/|(?<![^\W_])_|_(?![^\W_])", signs.replace("\n", ""))


@pytest.mark.parametrize("case", SPECIFICATION, ids=lambda case: str(case["example"]))
def test_commonmark_is_balanced(case: dict[str, str]) -> None:
    """Delimiters of blocks come in pairs."""
    lines = to_asciidoc(parse(case["markdown"])).split("\n")
    opened: list[str] = []
    for line in lines:
        if re.fullmatch(r"-{4,}|\+{4,}|_{4,}|\|===|={4,}", line):
            if opened and opened[-1] == line:
                opened.pop()
            elif not (opened and opened[-1][0] in "-+"):
                opened.append(line)
    assert not opened
