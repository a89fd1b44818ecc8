"""Filters over text, each by what templates expect of it."""

from __future__ import annotations

import pytest

from antiphon_nb_convert.filters import text as f


def test_lines() -> None:
    assert f.indent("a\n\n b") == "    a\n    \n     b"
    assert f.indent("a\n b\n", 2, flatten=True) == "  a\n  b\n"
    assert f.indent("a", 1, 1) == "\t a"
    assert f.wrap_text("one two three\n\nfour", 8) == "one two\nthree\n\nfour"
    assert f.get_lines("a\nb\nc", 1) == "b\nc"
    assert f.get_lines("a\nb\nc", end=1) == "a"
    assert f.comment_lines("a\nb") == "# a\n# b"
    assert f.comment_lines("a", "-- ") == "-- a"
    assert f.add_prompts("for x in y:\n    z") == ">>> for x in y:\n...     z"
    assert f.strip_trailing_newline("a\n\n") == "a\n"


def test_signs() -> None:
    assert f.ascii_only("aéb") == "a?b"
    assert f.strip_dollars("$$x$$") == "x"
    assert f.prevent_list_blocks("1. a\n- b\n -c\n * d") == "1\\. a\n\\- b\n -c\n \\* d"
    assert f.strip_files_prefix('<img src="files/a.png"> ![x](/files/b.png) [files](c)') == (
        '<img src="a.png"> ![x](b.png) [files](c)'
    )
    assert f.text_base64("é") == "w6k="
    assert f.path2url("a b/c") == "a%20b/c"


def test_escapes() -> None:
    assert f.escape_html("<a b=\"c\" d='e'>&") == "&lt;a b=&quot;c&quot; d=&#x27;e&#x27;&gt;&amp;"
    assert f.escape_html_keep_quotes('<"') == '&lt;"'
    assert "</script" not in f.escape_html_script('{"a": "</script><!-- <script"}')
    assert "<!--" not in f.escape_html_script("<!--")
    assert f.escape_latex(r"50% of $x_1$ & \y ~ ^ {z} #...") == (
        r"50\% of \$x\_1\$ \& \textbackslash{}y \textasciitilde{} \^{} \{z\} \#\ldots{}"
    )


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ('as <cite data-cite="knuth84">Knuth</cite> says', r"as \cite{knuth84} says"),
        ("<strong class='x' data-cite='a,b'><em>both</em></strong>", r"\cite{a,b}"),
        ("nothing <em>here</em>", "nothing <em>here</em>"),
    ],
)
def test_citations(given: str, made: str) -> None:
    assert f.citation2latex(given) == made


def test_text_of_html() -> None:
    assert f.html2text("<p>a &amp; <b>b</b></p><!-- c -->d") == "a & bd"
    assert f.html2text("a<![b](c)>d") == "ad"
