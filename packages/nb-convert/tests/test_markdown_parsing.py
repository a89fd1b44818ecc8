from __future__ import annotations

import sys
import threading
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.markdown.parsing import MAX_DEPTH, MAX_FILLED, MAX_LENGTH, Token, parse


def inline(text: str) -> list[Token]:
    """The inline tokens of one paragraph."""
    (token,) = parse(text)
    assert token["type"] == "paragraph", token
    children: list[Token] = token["children"]
    return children


def brief(tokens: list[Token]) -> list[Any]:
    """(type, raw) or (type, children) of each token."""
    return [(t["type"], brief(t["children"]) if "children" in t else t.get("raw")) for t in tokens]


def text(raw: str) -> tuple[str, str]:
    return ("text", raw)


def math(raw: str) -> tuple[str, str]:
    return ("inline_math", raw)


@pytest.mark.parametrize(
    ("source", "tokens"),
    [
        ("$a_b*c*d_e$", [math("a_b*c*d_e")]),
        ("a $x$, b", [text("a "), math("x"), text(", b")]),
        ("$ x $", [math("x")]),
        (r"$\text{if $x$ is}$", [math(r"\text{if $x$ is}")]),
        (r"\$5 and $x$", [text("$5 and "), math("x")]),
        ("it costs $5 and $6", [text("it costs $5 and $6")]),
        ("$AAPL and $GOOG", [text("$AAPL and $GOOG")]),
        ("$x $, b", [math("x"), text(", b")]),
        ("$5 to $10 for $x$", [text("$5 to $10 for "), math("x")]),
        ("$x = `a$b` $", [math("x = `a$b`")]),
        ("`$x$` $y$", [("codespan", "$x$"), text(" "), math("y")]),
        ("$`a+b`$", [math("a+b")]),
        ("a $ b", [text("a $ b")]),
        ("$$x$$ inside", [("block_math", "x"), text(" inside")]),
        ("a\n$$\nx$$ b", None),
        (r"\(x\) and \\(y\\)", [math("x"), text(" and "), math("y")]),
        (r"\[1\] and \(", [text("[1] and (")]),
        (r"\\(", [text("\\(")]),
        (
            r"see \eqref{eq:a} \ref{b_c*d*}.",
            [text("see "), math(r"\eqref{eq:a}"), text(" "), math(r"\ref{b_c*d*}"), text(".")],
        ),
        (r"so \begin{align}a\end{align} is", [text("so "), ("block_math", r"\begin{align}a\end{align}"), text(" is")]),
        (r"\begin{x", [text(r"\begin{x")]),
        ("**$a*b$**", [("strong", [math("a*b")])]),
        ("&lt;b&gt; &amp;amp; &copy;", [text("<b> &amp; ©")]),
        (r"\&amp; \*x\*", [text("&amp; *x*")]),
        ("a\nb  \nc", [text("a"), ("softbreak", None), text("b"), ("linebreak", None), text("c")]),
    ],
)
def test_formulas_and_text(source: str, tokens: list[Any] | None) -> None:
    if tokens is None:
        assert [token["type"] for token in parse(source)] == ["paragraph", "block_math", "paragraph"]
    else:
        assert brief(inline(source)) == tokens


@pytest.mark.parametrize(
    ("source", "raw", "environment"),
    [
        ("$$\nx\n$$", "x", None),
        ("$$ x $$", "x", None),
        ("$$\na\n\n- b\n# c\n$$", "a\n- b\n# c", None),
        ("\\[\nx = y\n\\]", "x = y", None),
        ("\\\\[\nx\n\\\\]", "x", None),
        ("\\begin{align*}\na\n\n&b\n\\end{align*}", "\\begin{align*}\na\n&b\n\\end{align*}", "align*"),
        ("$$\\begin{gather}a\\end{gather}$$", "\\begin{gather}a\\end{gather}", "gather"),
        ("\\begin{matrix}a\\end{matrix}", "\\begin{matrix}a\\end{matrix}", None),
        (
            "\\begin{align}\\begin{align}\\end{align}\\end{align}",
            "\\begin{align}\\begin{align}\\end{align}\\end{align}",
            "align",
        ),
        ("   $$x\ny$$", "x\ny", None),
    ],
)
def test_display_formulas(source: str, raw: str, environment: str | None) -> None:
    (token,) = parse(source)
    assert token["type"] == "block_math" and token["raw"] == raw
    assert token.get("attrs", {}).get("environment") == environment


@pytest.mark.parametrize(
    "source", ["$$\n\n$$", "$$\nx", "$$x\n\ny$$", "\\[note\\]", "\\begin{align}\nx", "    $$\n    x\n    $$"]
)
def test_what_is_no_display_formula(source: str) -> None:
    assert all(token["type"] != "block_math" for token in parse(source))


def test_display_formulas_in_lists_and_quotes() -> None:
    (item,) = parse("- a\n  $$\n  x\n  $$\n")[0]["children"]
    assert [child["type"] for child in item["children"]] == ["block_text", "block_math"]
    assert parse("> $$\n> x\n> $$\n")[0]["children"][0] == {"type": "block_math", "raw": "x"}


def test_headings_need_no_blank() -> None:
    (token,) = parse("##Title ##")
    assert token == {
        "type": "heading",
        "attrs": {"level": 2},
        "style": "atx",
        "children": [{"type": "text", "raw": "Title"}],
    }
    assert [token["type"] for token in parse("text\n#Title\ntext")] == ["paragraph", "heading", "paragraph"]
    assert parse("####### x")[0]["type"] == "paragraph"


def test_attachments_may_have_blanks_in_their_names() -> None:
    (image,) = inline("![a b](attachment:my image.png)")
    assert image["attrs"] == {"url": "attachment:my%20image.png"} and brief(image["children"]) == [text("a b")]
    (image,) = inline("![a](attachment:x.png)")
    assert image["type"] == "image" and image["attrs"] == {"url": "attachment:x.png"}
    (image,) = inline('![a](attachment:x.png "title &amp;")')
    assert image["attrs"] == {"url": "attachment:x.png", "title": "title &"}


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("see https://a.b/c_d_e.", "https://a.b/c_d_e"),
        ("(https://en.wikipedia.org/wiki/A_(b))", "https://en.wikipedia.org/wiki/A_(b)"),
        ("http://a.b/?x=1&y=2, and", "http://a.b/?x=1&y=2"),
        ("**https://a.b**", "https://a.b"),
    ],
)
def test_bare_addresses_are_links(source: str, url: str) -> None:
    found: list[Token] = []

    def walk(tokens: list[Token]) -> None:
        for token in tokens:
            if token["type"] == "link":
                found.append(token)
            walk(token.get("children", []))

    walk(parse(source))
    assert [(token["attrs"]["url"], token["autolink"]) for token in found] == [(url, True)]


def test_no_link_in_a_link_and_none_in_words() -> None:
    (link,) = inline("[a https://x.y b](z)")
    assert brief(link["children"]) == [text("a https://x.y b")]
    assert brief(inline("xhttps://a.b ://c")) == [text("xhttps://a.b ://c")]


def test_tables_as_on_github() -> None:
    (table,) = parse("| a | b |\n|--|:-:|\n| $|x|$ | `a\\|b` |\n| short\nrest | 2 | 3\n")
    head, body = table["children"]
    assert [cell["attrs"] for cell in head["children"]] == [
        {"align": None, "head": True},
        {"align": "center", "head": True},
    ]
    assert [brief(row["children"]) for row in body["children"]] == [
        [("table_cell", [math("|x|")]), ("table_cell", [("codespan", "a|b")])],
        [("table_cell", [text("short")]), ("table_cell", [])],
        [("table_cell", [text("rest")]), ("table_cell", [text("2")])],
    ]
    assert [token["type"] for token in parse("a | b\n--|--\n1 | 2\n\ntext")] == ["table", "paragraph"]
    assert [token["type"] for token in parse("a | b\n--|--\n1 | 2\n# x\n- y")] == ["table", "heading", "list"]
    assert parse("a | b\n--|--|--\n")[0]["type"] == "paragraph"
    assert parse("- |a|\n  |-|\n  |b|\n")[0]["children"][0]["children"][0]["type"] == "table"


def test_a_wide_table_does_not_fill_the_memory() -> None:
    width = 2000
    (table, *_rest) = parse("|".join("a" * width) + "\n" + "|".join("-" * width) + "\n" + "a\n" * 2000)
    assert len(table["children"][1]["children"]) <= MAX_FILLED // width + 1


def test_lists_tasks_footnotes_strikethrough() -> None:
    items = parse("text\n- [ ] a\n- [x] ~~b~~[^1]\n\n[^1]: note\n")
    assert [token["type"] for token in items] == ["paragraph", "list", "footnotes"]
    first, second = items[1]["children"]
    assert (first["type"], first["attrs"], second["attrs"]) == ("task_list_item", {"checked": False}, {"checked": True})
    assert [child["type"] for child in second["children"][0]["children"]] == ["strikethrough", "footnote_ref"]
    assert items[2]["children"][0]["attrs"] == {"key": "1", "index": 1}
    assert parse("3. a\n4. b")[0]["attrs"] == {"depth": 0, "ordered": True, "start": 3}


def test_commonmark_alone_has_none_of_it() -> None:
    for source in ("$x$", "#x", "~~x~~", "https://a.b", r"\begin{align}x\end{align}", "x[^1]"):
        (token,) = parse(source, commonmark=True)
        assert brief([token]) == [("paragraph", [text(source)])]
    assert parse("|a|\n|-|\n", commonmark=True)[0]["type"] == "paragraph"


def test_embedded_pictures_come_back_whole_and_are_not_read_letter_by_letter() -> None:
    data = "data:image/png;base64," + "A" * (2 * MAX_LENGTH)
    source = f"![a]({data})\n\n<img src='{data}'>\n\n    code {data}\n\n[x]: {data}\n"
    begun = time.perf_counter()
    image, html, code = parse(source)
    assert time.perf_counter() - begun < 5
    assert image["children"][0]["attrs"]["url"] == data
    assert f"<img src='{data}'>" in html["raw"]
    assert code["raw"].startswith(f"code {data}")


def test_what_is_too_long_is_shown_whole() -> None:
    source = "*a*\n" * (MAX_LENGTH // 4 + 1)
    assert brief(parse(source)) == [("block_code", source)]


def test_characters_that_do_not_belong_into_text() -> None:
    assert brief(inline("a\0b\ud800c [x](\udfff)")) == [text("a\ufffdb\ufffdc "), ("link", [text("x")])]
    assert brief(inline("a\r\nb\rc")) == brief(inline("a\nb\nc"))


def test_each_thread_has_its_parser() -> None:
    found: list[list[Token]] = []
    threads = [threading.Thread(target=lambda: found.append(parse("# a $x$"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [parse("# a $x$")] * 4


HOSTILE = {
    "addresses": "http://a[", "attachments": "![a](attachment:", "attributes": '<a b="', "backslashes": "\\",
    "backticks": "` `` ", "beginnings": "\\begin{a}\n", "brackets": "[", "comments": "<!--",
    "data": "data:image/png;base64,", "destinations": "[a](", "display": "$$a\n\n", "display dollars": "$$\n",
    "dollars": "$", "dollars and braces": "${", "emphases": "*a **b* ", "emphasis": "*a_", "entities": "&a",
    "fences": "``` a`\n", "footnotes": "[^a]", "headings": "#\n", "image brackets": "![", "lines": "\n",
    "list markers": "- ", "nested images": "![a](b)](c)", "parentheses": "\\(", "pipes": "|", "quotes": ">",
    "quotes and lists": "> - ", "references": "[a]: b\n", "rows": "|a\n", "signs": "://",
    "square brackets": "\\[a=b\n", "stars": "*", "strikes": "~~a ", "table heads": "a|b\n-|-|-\n", "tabs": "\t- ",
    "tags": "<a ", "titles": '[a](b "',
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_length(name: str) -> None:
    """Four times the text may take ten times as long, not sixteen; below that there is noise."""
    piece = HOSTILE[name]
    for closing in ("", "\\]x", "\n\\end{a} $}"):
        parse(piece * 50 + closing)

        def taken(length: int, closing: str = closing) -> float:
            source = piece * (length // len(piece)) + closing
            return _timed(source)

        short, long = taken(5000), taken(20_000)
        assert long < max(10 * short, 0.7), (short, long)


def _timed(source: str) -> float:
    begun = time.thread_time()
    parse(source)
    return time.thread_time() - begun


def test_what_lies_deep_stays_as_text() -> None:
    limit = sys.getrecursionlimit()

    def depth(tokens: list[Token]) -> int:
        return 1 + max((depth(token.get("children", [])) for token in tokens), default=0)

    for source in (">" * 5000 + "x", "- " * 5000 + "x", "> - " * 3000 + "x", "*a _b " * 3000 + "x" + "_ *" * 3000,
                   "*a " * 4000 + "x" + "a* " * 4000,
               "![" * 3000 + "x" + "](y)" * 3000, "~~a *" * 3000 + "x" + "* ~~" * 3000):  # fmt: skip
        tokens = parse(source)
        assert depth(tokens) <= 4 * MAX_DEPTH < limit // 4
        assert "x" in str(tokens)


PIECES = st.sampled_from(
    ["$", "$$", "\\", "\\(", "\\)", "\\[", "\\]", "\\begin{align}", "\\end{align}", "{", "}", "|", "-", "|-|-|", "\n",
     "\n\n", "    ", "> ", "- ", "1. ", "#", "`", "```", "[", "]", "(", ")", "![", "attachment:a b", "[^1]",
     "[^1]: x\n    y", "*", "_", "~~", "https://a.b", "<", ">", "<!--", "-->", "&amp;", "x", " ", "5", ": ", "\t",
     "data:image/png;base64," + "A" * 250]
)  # fmt: skip
LEAVES = {"text", "codespan", "block_code", "block_math", "inline_math", "block_html", "inline_html", "footnote_ref"}
EMPTY = {"thematic_break", "softbreak", "linebreak"}


def check(tokens: list[Token], in_link: bool = False) -> None:
    previous = ""
    for token in tokens:
        kind = token["type"]
        assert not any(key.startswith("_") for key in token), token
        assert not (kind == previous == "text"), "two texts side by side"
        assert not (kind == "link" and in_link), "a link in a link"
        previous = kind
        if kind in LEAVES:
            assert isinstance(token["raw"], str) and (kind != "text" or token["raw"])
        elif kind not in EMPTY:
            if kind == "table":
                head, body = token["children"]
                assert all(len(row["children"]) == len(head["children"]) for row in body["children"])
            check(token["children"], in_link or kind == "link")


@settings(deadline=None)  # a loaded machine is no failure
@given(st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join), st.booleans())
def test_any_text_gives_a_tree_as_documented(source: str, commonmark: bool) -> None:
    tokens = parse(source, commonmark)
    check(tokens)
    assert tokens == parse(source, commonmark)
