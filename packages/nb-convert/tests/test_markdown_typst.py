"""Tokens as Typst: known shapes, and whatever the text, it compiles and its words are in the page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.anchors import Anchors
from antiphon_nb_convert.markdown.html_fragments import blocks
from antiphon_nb_convert.markdown.parsing import parse
from antiphon_nb_convert.markdown.typst import Picture, to_typst
from antiphon_nb_convert.pdf.compiler import fonts
from antiphon_nb_convert.pdf.strings import prose, quoted

SPECIFICATION = json.loads((Path(__file__).parent / "commonmark.json").read_text(encoding="utf-8"))


def made(text: str) -> str:
    return to_typst(parse(text)).strip()


def compiled(source: str) -> None:
    typst.compile(source.encode(), font_paths=fonts(), format="svg")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# A *b*", "#heading(level: 1)[A #emph[b];];"),
        ("a **b** `c`(d)", r'a #strong[b]; #raw("c");\(d\)'),
        ("- a\n- b", "#list(tight: true, [a], [b]);"),
        ("3. a\n\n4. b", "#enum(tight: false, start: 3, [a], [b]);"),
        ("- [x] a", "#list(tight: true, [☑~a]);"),
        ("> q", "#quote(block: true)[q];"),
        ("```py\nx\n```", '#raw(block: true, lang: "py", "x");'),
        ("$x^2$", '#math.equation(alt: "x^2", $attach(x, t: 2)$);'),
        (r"$\nope$", '#box(stroke: 0.5pt + luma(160), inset: (x: 0.2em), outset: (y: 0.2em), radius: 2pt, '
                     'raw("\\\\nope", lang: "latex"));'),
        ("[a](http://b/)", '#link("http://b/")[a];'),
        ("a[^1] b[^1]\n\n[^1]: n", 'a#[#footnote[n]#label("fn-1")]; b#footnote(label("fn-1"));'),
        ("a<br>H<sub>2</sub>", "a#linebreak();H#sub[2];"),
        ("#import \"@preview/x:1.0\": y", None),
    ],
)  # fmt: skip
def test_known(text: str, expected: str | None) -> None:
    source = made(text)
    if expected is not None:
        assert source == expected
    compiled(source)


def test_a_table() -> None:
    source = made("| a | b |\n|:--|--:|\n| 1 | 2 |")
    assert source == (
        "#table(columns: 2, table.header(table.cell(align: left)[#strong[a];], table.cell(align: right)[#strong[b];]), "
        "table.cell(align: left)[1], table.cell(align: right)[2]);"
    )


def test_headings_get_labels_and_pictures_files() -> None:
    source = to_typst(
        parse("# One\n# One\n\n![a](p.png) ![b](q.png)\n\n[x](javascript:y)"),
        anchors=Anchors(),
        image=lambda url: Picture("f.svg", 30.0) if url == "p.png" else None,
        link=lambda url: None,
    )
    assert '#label("One")' in source and '#label("One-1")' in source
    assert '#box(image("f.svg", width: 30pt, alt: "a"));' in source and r"#emph[\[b\]];" in source
    assert "javascript" not in source


def test_wide_tables_become_smaller_and_then_bands() -> None:
    def source(columns: int) -> str:
        frame = pd.DataFrame([[1.25] * columns], columns=[f"column_{n}" for n in range(columns)])
        found = to_typst(blocks(frame.to_html()))
        compiled(found)
        return found

    assert "#set text" not in source(3)
    assert "#set text(size:" in source(9) and source(9).count("#table(") == 1
    assert source(40).count("#table(") == 4
    sizes = [float(size) for size in re.findall(r"size: ([0-9.]+)em", source(40))]
    assert len(sizes) == 4 and min(sizes) >= 0.5


@pytest.mark.parametrize("case", SPECIFICATION, ids=lambda case: str(case["example"]))
def test_commonmark_compiles(case: dict[str, str]) -> None:
    compiled(to_typst(parse(case["markdown"])))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_any_text_compiles(text: str) -> None:
    compiled(to_typst(parse(text)))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_prose_and_strings_say_what_the_text_says(text: str) -> None:
    clean = re.sub(r"[\ud800-\udfff]", "?", text)
    document = f"#metadata({quoted(clean)}) <string>\n#metadata([{prose(clean)}]) <prose>"
    values = json.loads(typst.query(document.encode(), "<string>", field="value"))
    assert values == [clean]
    (content,) = json.loads(typst.query(document.encode(), "<prose>", field="value"))
    assert re.sub(r"\s+", "", said(content)) == re.sub(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+", "", clean)


def said(content: object) -> str:
    """The text of Typst content as JSON."""
    if isinstance(content, dict):
        if content.get("func") == "space":
            return " "
        return "".join(said(content[key]) for key in ("text", "children", "body", "child") if key in content)
    if isinstance(content, list):
        return "".join(map(said, content))
    return str(content)
