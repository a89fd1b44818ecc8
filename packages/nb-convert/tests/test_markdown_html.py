from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.anchors import Anchors
from antiphon_nb_convert.markdown.html import plain, to_html
from antiphon_nb_convert.markdown.parsing import parse

SPECIFICATION = json.loads((Path(__file__).parent / "commonmark.json").read_text(encoding="utf-8"))


def html(text: str, **options: Any) -> str:
    return to_html(parse(text), **options)


def between_tags(text: str) -> str:
    """Line breaks beside tags mean nothing to the specification's own test program."""
    return re.sub(r"\n+<", "<", re.sub(r">\n+", ">", text)).strip()


def test_there_are_all_cases_of_the_specification() -> None:
    assert len(SPECIFICATION) == 652


@pytest.mark.parametrize("case", SPECIFICATION, ids=lambda case: str(case["example"]))
def test_commonmark(case: dict[str, Any]) -> None:
    assert between_tags(to_html(parse(case["markdown"], commonmark=True))) == between_tags(case["html"])


def test_headings_have_unique_anchors_and_a_link_that_says_what_it_is() -> None:
    anchors = Anchors()
    made = html("# My *Title*\n\ntext", anchors=anchors) + html("## My Title", anchors=anchors)
    assert '<h1 id="My-Title">My <em>Title</em><a class="anchor-link" href="#My-Title"' in made
    assert '<h2 id="My-Title-1">' in made and 'href="#My-Title-1"' in made
    assert 'aria-label="Link to this heading: My Title"' in made


def test_anchors_of_headings_with_quotes_and_signs_are_safe_attributes() -> None:
    root = html5lib.parseFragment(html(r'# a "b" \<c> & %d é', anchors=Anchors()), namespaceHTMLElements=False)
    (heading,) = list(root)
    link = heading.find("a")
    assert heading.get("id") == 'a-"b"-<c>-&-%d-é'
    assert link is not None and link.get("href") == "#a-%22b%22-%3Cc%3E-&-%25d-%C3%A9"


def test_no_anchor_link_where_none_is_wanted() -> None:
    assert html("# a", anchors=Anchors(), anchor_text="") == '<h1 id="a">a</h1>\n'
    assert html("# a") == "<h1>a</h1>\n"


def test_images_go_through_the_resolver_those_of_raw_html_too() -> None:
    found = {"attachment:a%20b.png": "data:image/png;base64,AA", "x.png": "files/x.png"}
    text = '![alt *text*](<attachment:a b.png> "t") <img width=3 src=\'x.png\'>\n\n<div><img src="x.png"/></div>\n'
    made = html(text, image=found.get)
    assert '<img src="data:image/png;base64,AA" alt="alt text" title="t" />' in made
    assert made.count('src="files/x.png"') == 2
    assert html("![lost](a.png)", image=found.get) == '<p><span class="image-missing">lost</span></p>\n'


def test_links_can_be_rewritten() -> None:
    made = html("[a](b.ipynb#c)", link=lambda url: url.replace(".ipynb", ".html"))
    assert made == '<p><a href="b.html#c">a</a></p>\n'


def test_code_goes_to_the_highlighter_with_its_language() -> None:
    asked: list[tuple[str, str]] = []

    def highlight(code: str, language: str) -> str:
        asked.append((code, language))
        return "<pre>!</pre>"

    made = html("```{python} title=x\na < b\n```\n\n    plain\n", highlight=highlight)
    assert asked == [("a < b\n", "python"), ("plain\n", "")] and made.count("<pre>!</pre>\n") == 2
    assert html("```c++\na < b\n```") == '<pre><code class="language-c++">a &lt; b\n</code></pre>\n'


def test_tables_have_scopes_and_alignment() -> None:
    made = html("| a | b |\n|:-:|--:|\n| 1 | 2 |\n")
    assert '<th scope="col" style="text-align: center">a</th>' in made
    assert '<td style="text-align: right">2</td>' in made
    assert "<tbody>" not in html("| a |\n|---|\n")


def test_task_lists() -> None:
    made = html("- [ ] open\n- [x] done\n\n  more\n")
    assert made.count('class="task-list-item"') == 2 and '<ul class="task-list">' in made
    assert 'aria-label="to do">☐</span> open' in made and 'aria-label="done">☑</span> done' in made
    assert "<input" not in made


def test_footnotes_lead_there_and_back() -> None:
    made = html("a[^x] b[^x] c[^y]\n\n[^x]: one\n[^y]: two\n", prefix="c1-")
    root = html5lib.parseFragment(made, namespaceHTMLElements=False)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    targets = [element.get("href", "") for element in root.iter("a")]
    assert len(ids) == len(set(ids)) and all(target[1:] in ids for target in targets)
    assert {"c1-fn-1", "c1-fn-2", "c1-fnref-1", "c1-fnref-1-2", "c1-fnref-2"} == set(ids)


def test_a_footnote_that_is_not_in_the_tree_is_text() -> None:
    assert '<a href="#fn-2"' not in html("a[^x]\n\n[^x]: one [^y]\n[^y]: two\n")


def test_formulas_or_their_source() -> None:
    made = html("$x^2$ and $$y$$")
    assert '<math display="inline">' in made and '<math display="block">' in made and ">x^2</annotation>" in made
    assert html("$x < 2$", formula=lambda tex, display: None) == '<p><code class="math">x &lt; 2</code></p>\n'


def test_plain_text_of_a_heading() -> None:
    (token,) = parse("# a `b` *c* ![d](e) $f$")
    assert plain(token["children"]) == "a b c d f"


TEXT = st.text(st.sampled_from("ab*_`$[]()<>!#-|:~\\\n \"'&{}^1.") | st.characters(codec="utf-8"), max_size=80)


@settings(deadline=None)  # a loaded machine is no failure
@given(TEXT)
def test_whatever_the_text_its_own_markup_is_well_formed(text: str) -> None:
    tokens = [token for token in parse(text) if token["type"] != "block_html"]
    if '"inline_html"' in json.dumps(tokens) or '"block_html"' in json.dumps(tokens):
        return
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parseFragment(to_html(tokens, anchors=Anchors()))
    real = [code for _place, code, _names in parser.errors if "codepoint" not in code]
    assert real == []
