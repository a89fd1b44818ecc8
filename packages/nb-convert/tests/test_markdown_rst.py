"""Tokens as reStructuredText: known shapes; docutils says nothing, and reads the same text."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import docutils.core
import docutils.nodes
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.markdown.html_fragments import blocks, resolved
from antiphon_nb_convert.markdown.parsing import Token, parse
from antiphon_nb_convert.markdown.rst import to_rst
from antiphon_nb_convert.markdown.sections import Sections

SPECIFICATION = json.loads((Path(__file__).parent / "commonmark.json").read_text(encoding="utf-8"))


def read(source: str) -> docutils.nodes.document:
    """The document; fails with what docutils has to say."""
    told = io.StringIO()
    settings = {"warning_stream": told, "report_level": 2, "halt_level": 5, "doctitle_xform": False}
    tree = docutils.core.publish_doctree(source, settings_overrides=settings)
    assert told.getvalue() == "", source
    return tree


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# A *b*\n\ntext", "A *b*\n=====\n\ntext"),
        ("a **b** `c`d", "a **b** ``c``\\ d"),
        ("*a **b** c*", "*a* **b** *c*"),
        ("a*b*c", "a\\ *b*\\ c"),
        ("- a\n- b\n  - c", "- a\n\n- b\n\n  - c"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("- [x] a", "- ☑ a"),
        ("> q", "..\n\n   q"),
        ("```py\nx\n\ny\n```", ".. code:: py\n\n   x\n\n   y"),
        ("```nope\nx\n```", "::\n\n   x"),
        ("$x^2$ b", ":math:`x^2` b"),
        ("$$\na\n$$", ".. math::\n\n   a"),
        ("[a](http://b/)", "`a <http://b/>`__"),
        ("a  \nb", "| a\n| b"),
        ("![a](b.png)", ".. image:: b.png\n   :alt: a"),
        ("a[^1]\n\n[^1]: n", "a\\ [#fn-1]_\n\n.. [#fn-1]\n   n"),
        ("A. Einstein\\_ \\*", "A\\. Einstein\\_ \\*"),
        ("a\n\n---\n\nb", "a\n\n-----\n\nb"),
        ("H<sub>2</sub>O", "H\\ :sub:`2`\\ O"),
        ("", ""),
    ],
)
def test_known(text: str, expected: str) -> None:
    made = to_rst(parse(text))
    assert made == (expected + "\n" if expected else "")
    read(made)


def test_a_table() -> None:
    assert to_rst(parse("| a | b |\n|:--|--:|\n| 1 | |")) == (
        ".. list-table::\n   :header-rows: 1\n\n   * - a\n     - b\n   * - 1\n     -\n"
    )
    columns = pd.MultiIndex.from_product([["x", "y"], ["a", "b"]])
    tree = read(to_rst(blocks(pd.DataFrame([[1, 2, 3, 4]], columns=columns).to_html())))
    rows = [[entry.astext() for entry in row] for row in tree.findall(docutils.nodes.row)]
    assert rows == [["", "x", "", "y", ""], ["", "a", "b", "a", "b"], ["0", "1", "2", "3", "4"]]
    assert len(list(next(tree.findall(docutils.nodes.thead)))) == 2


def test_headings_that_leave_out_levels() -> None:
    sections = Sections()
    made = "\n".join(
        to_rst(parse(text), sections=sections)
        for text in ("### a", "# b\n### c\n## d\n#### e", "# f", "###### g\n## h")
    )
    tree = read(made)
    assert [title.astext() for title in tree.findall(docutils.nodes.title)] == list("abcdefgh")
    assert "rubric" in to_rst(parse("> # a"))


def said(tokens: list[Token]) -> str:
    """The text of tokens, as docutils' nodes have it."""
    parts = []
    for token in tokens:
        kind = token["type"]
        if kind == "footnote_ref":
            continue
        if kind == "image":
            continue
        if kind == "task_list_item":
            parts.append("☑" if token["attrs"]["checked"] else "☐")
        if kind == "thematic_break":
            continue
        parts.append(said(token["children"]) if "children" in token else token.get("raw", ""))
    return "".join(parts)


def bare(text: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+", "", text)


def survives(text: str) -> None:
    tokens = resolved(parse(text))
    tree = read(to_rst(tokens))
    hidden = "image footnote_reference label raw system_message".split()  # noqa: SIM905
    for kind in (getattr(docutils.nodes, name) for name in hidden):
        for node in list(tree.findall(kind)):
            node.parent.remove(node)
    if "image" in str([token for token in walk(tokens)]):
        return  # its alternative text is an attribute, and may be text in a heading
    assert bare(tree.astext()) == bare(said(tokens)), to_rst(tokens)


def walk(tokens: list[Token]) -> list[str]:
    return [kind for token in tokens for kind in (token["type"], *walk(token.get("children", [])))]


@pytest.mark.parametrize("case", SPECIFICATION, ids=lambda case: str(case["example"]))
def test_commonmark_survives(case: dict[str, str]) -> None:
    survives(case["markdown"])


MARKS = st.sampled_from(
    [*"*_`|:<>[]()\\-+=~.#&!/\"'@^$%{}", "\n", "\n\n", " ", "  ", "a", "b1", "1.", "- ", "* ", "> ", "a.", "::", "..",
     "__", "http://a.b", "é", "漢", "•", "(1)", "`c`", "**b**", "*e*", "# ", "| ", "\t"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(MARKS, max_size=25).map("".join) | st.text(max_size=60))
@example("::")
@example("a\\ *b*")
@example("A. b\n\n(1) c\n\n#. d")
def test_any_text_survives(text: str) -> None:
    survives(text)
