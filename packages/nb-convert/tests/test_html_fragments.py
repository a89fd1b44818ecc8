"""HTML of outputs and of Markdown as tokens."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.markdown.html import plain
from antiphon_nb_convert.markdown.html_fragments import MAX_CELLS, blocks, inlines, resolved, shown
from antiphon_nb_convert.markdown.parsing import parse
from antiphon_nb_convert.markdown.tables import Grid, grid


def kinds(tokens: list[dict[str, Any]]) -> list[Any]:
    """Types with what is in them: (type, inner) or (type, raw)."""
    return [(token["type"], kinds(token["children"]) if "children" in token else token.get("raw")) for token in tokens]


def texts(found: Grid) -> list[list[str | None]]:
    return [[None if cell is None else plain(cell.children) for cell in row] for row in found.filled()]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("a <b>b</b>  c", [("paragraph", [("text", "a "), ("strong", [("text", "b")]), ("text", " c")])]),
        ("<p>one<p>two", [("paragraph", [("text", "one")]), ("paragraph", [("text", "two")])]),
        ("<h2>T <em>x</em></h2>", [("heading", [("text", "T "), ("emphasis", [("text", "x")])])]),
        ("<script>alert(1)</script><style>p{}</style>x", [("paragraph", [("text", "x")])]),
        ("<div hidden>a</div><p style='display:none'>b</p>", []),
        ("<pre>a\n  b</pre>", [("block_code", "a\n  b\n")]),
        ("<code>a\n b</code><br>c", [("paragraph", [("codespan", "a b"), ("linebreak", None), ("text", "c")])]),
        ("H<sub>2</sub>O", [("paragraph", [("text", "H"), ("subscript", [("text", "2")]), ("text", "O")])]),
        (
            "<blockquote>q</blockquote><hr/>",
            [("block_quote", [("paragraph", [("text", "q")])]), ("thematic_break", None)],
        ),
        ("&lt;b&gt; &amp;amp;", [("paragraph", [("text", "<b> &amp;")])]),
        ("<ul><li>a<li>b</ul>", [("list", [("list_item", [("block_text", [("text", "a")])]),
                                           ("list_item", [("block_text", [("text", "b")])])])]),
        ("</p></table>x</b>", [("paragraph", [("text", "x")])]),
        ("<table></table><ul></ul><b></b>", []),
        ("a<![b](c)>d<![CDATA[e]]>f", [("paragraph", [("text", "adf")])]),
        ("a<![b", [("paragraph", [("text", "a<![b")])]),
    ],
)  # fmt: skip
def test_known(html: str, expected: list[Any]) -> None:
    assert kinds(blocks(html)) == expected


def test_links_and_images() -> None:
    (paragraph,) = blocks('<a href=" http://a.b/?x=1&amp;y ">l</a><img src="p.png" alt="A" width="50%" height=20px>')
    link, image = paragraph["children"]
    assert link["attrs"] == {"url": "http://a.b/?x=1&y"}
    assert image["attrs"] == {"url": "p.png", "width": "50%", "height": "20px"} and plain(image["children"]) == "A"


def test_a_drawing_in_html_is_an_image() -> None:
    (paragraph,) = blocks("<p>a <svg width='9'><title>T</title><g/></svg> b</p>")
    image = paragraph["children"][1]
    assert image["attrs"]["url"].startswith("data:image/svg+xml;base64,") and plain(image["children"]) == "T"


def test_a_dataframe() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["<x>", "y"]}, index=["r", "s"])
    (table,) = blocks(frame._repr_html_())
    found = grid(table)
    assert (found.columns, found.heads) == (3, 1)
    assert texts(found) == [["", "a", "b"], ["r", "1", "<x>"], ["s", "2", "y"]]
    assert [cell.head for cell in found.rows[1]] == [True, False, False]
    assert {cell.align for cell in found.rows[1]} == {"right"}


def test_a_dataframe_of_several_levels() -> None:
    columns = pd.MultiIndex.from_tuples([("x", "a"), ("x", "b"), ("y", "c")])
    index = pd.MultiIndex.from_product([["one", "two"], [1, 2]])
    (table,) = blocks(pd.DataFrame([[1, 2, 3]] * 4, columns=columns, index=index).to_html())
    found = grid(table)
    assert (found.columns, found.heads) == (5, 2)
    assert texts(found)[:4] == [
        ["", "", "x", None, "y"],
        ["", "", "a", "b", "c"],
        ["one", "1", "1", "2", "3"],
        [None, "2", "1", "2", "3"],
    ]
    assert found.rows[2][0].rowspan == 2 and found.rows[0][2].colspan == 2


def test_a_table_that_is_shortened_says_so() -> None:
    frame = pd.DataFrame({"a": range(100)})
    made = blocks(frame.head(2)._repr_html_() + "<p>100 rows × 1 columns</p>")  # noqa: RUF001
    assert [token["type"] for token in made] == ["table", "paragraph"]


def test_spans_stay_within_the_table() -> None:
    (table,) = blocks(
        "<table><tr><th rowspan=99 colspan=0>a</th><td colspan=9999>b</td></tr><tr><td>c</td></tr>"
        "<tr><td rowspan=x>d</td><td>e</td></tr></table>"
    )
    found = grid(table)
    assert len(found.rows) == 3 and found.columns == 1001
    assert found.rows[0][0].rowspan == 3 and found.rows[0][1].colspan == 1000


def test_a_table_that_would_fill_the_memory_is_cut() -> None:
    made = blocks("<table>" + "<tr><td rowspan=60000 colspan=1000>a</td></tr>" * 5000 + "</table>")
    assert sum(cell.rowspan * cell.colspan for row in grid(made[0]).rows for cell in row) < 10 * MAX_CELLS
    assert "more rows are left out" in plain(made[-1]["children"])


def test_what_only_a_browser_can_show() -> None:
    assert shown("<table><tr><td>1</td></tr></table>")
    assert not shown("<div id=x></div><script>draw()</script>")
    assert not shown("<iframe src=x></iframe>")
    assert not shown("<style>p { color: red }</style>")


def test_tags_between_markdown() -> None:
    (paragraph,) = resolved(parse('a <b>b *c*</b> <kbd>k</kbd> <a href="u">v</a> <span style="x">w</span><br> <i>open'))
    assert kinds([paragraph]) == [
        (
            "paragraph",
            [
                ("text", "a "),
                ("strong", [("text", "b "), ("emphasis", [("text", "c")])]),
                ("text", " "),
                ("codespan", "k"),
                ("text", " "),
                ("link", [("text", "v")]),
                ("text", " "),
                ("text", "w"),
                ("linebreak", None),
                ("text", " "),
                ("emphasis", [("text", "open")]),
            ],
        )
    ]


def test_blocks_where_only_lines_may_stand() -> None:
    assert plain(inlines("<p>a</p><ol><li>b<li>c</ol><table><tr><td>d<td>e</table>")) == "a\n1. b\n2. c\nd | e"


MARKUP = """
<p> </p> <b> </b> <table> </table> <tr> </tr> <td> <td/rowspan=3> <th/colspan=2> </td> <thead> </thead>
<tbody> <ul> <li> </ul> <ol/start=3> </ol> <pre> </pre> <code> </code> <svg> </svg> <script> </script>
<br> <br/> <img/src=x> <h1> </h1> <blockquote> </blockquote> <a/href=x> </a> <div> </div> <!-- -->
<!DOCTYPE> <![CDATA[ ]]> <![a] &amp; &#0; < > <math> </math> <title> <summary> <dl> <dt> <dd> <caption> text
"""
TAGS = st.sampled_from([*MARKUP.split(), " ", "\n"])


@settings(max_examples=300, deadline=None)
@given(st.lists(TAGS, max_size=40).map("".join) | st.text(max_size=60))
def test_any_text_is_html(html: str) -> None:
    for token in blocks(html):
        if token["type"] == "table":
            found = grid(token)
            covered: set[tuple[int, int]] = set()
            for row, column, cell in found.placed():
                area = {(row + y, column + x) for y in range(cell.rowspan) for x in range(cell.colspan)}
                assert not area & covered
                covered |= area
            assert covered == {(y, x) for y in range(len(found.rows)) for x in range(found.columns)}
    resolved(parse(html))


def test_deep_nesting_keeps_the_text() -> None:
    assert "deep" in plain(inlines("<div><b>" * 5000 + "deep"))
    assert "deep" in plain(inlines("<table><tr><td>" * 2000 + "deep"))
