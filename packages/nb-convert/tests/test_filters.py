"""The filters that templates of others call, by nbconvert's names."""

from __future__ import annotations

import shutil

import pytest
from jinja2 import Environment

from antiphon_nb_convert.errors import MissingProgram
from antiphon_nb_convert.filters import FILTERS, LATEX_FILTERS, references
from antiphon_nb_convert.filters.markup import clean_html, convert_pandoc, highlight2html

NBCONVERT = (
    "add_anchor add_prompts ansi2html ansi2latex ascii_only citation2latex clean_html comment_lines convert_pandoc "
    "escape_html escape_html_keep_quotes escape_html_script escape_latex filter_data_type get_lines get_metadata "
    "highlight2html highlight2latex html2text indent ipython2python json_dumps markdown2asciidoc markdown2html "
    "markdown2latex markdown2rst path2url posix_path prevent_list_blocks strip_ansi strip_dollars strip_files_prefix "
    "strip_trailing_newline text_base64 wrap_text highlight_code resolve_references convert_explicitly_relative_paths"
)


@pytest.mark.parametrize("name", NBCONVERT.split(" "))
def test_every_filter_of_nbconvert_is_there(name: str) -> None:
    assert name in FILTERS | LATEX_FILTERS


def rendered(text: str, **variables: object) -> str:
    made = Environment()
    made.filters.update(FILTERS)
    return made.from_string(text).render(variables)


def test_filters_work_where_nothing_of_ours_renders() -> None:
    assert rendered("{{ 'a *b*' | markdown2html }}").strip() == "<p>a <em>b</em></p>"
    assert "textbf" in rendered("{{ '**b**' | markdown2latex }}")
    assert rendered("{{ '# T' | markdown2rst }}").split() == ["T", "===="]
    assert "== T" in rendered("{{ '# T' | markdown2asciidoc }}")
    assert rendered("{{ {'text/plain': 1} | filter_data_type }}") == "['text/plain']"
    assert "hl-" in rendered("{{ 'x = 1' | highlight_code }}")
    assert rendered("{{ '%cd x' | ipython2python }}") == "get_ipython().run_line_magic('cd', 'x')"


def test_anchors() -> None:
    assert references.add_anchor("<h2>A <b>b</b></h2>x", "#") == (
        '<h2 id="A-b">A <b>b</b><a class="anchor-link" href="#A-b">#</a></h2>x'
    )
    assert 'id="k"' in references.add_anchor('<h1 id="k">A</h1>') and "#k" in references.add_anchor('<h1 id="k">A</h1>')


def test_references_and_paths_of_latex() -> None:
    assert (
        references.resolve_references(r"\href{\#here}{x} \href{http://a}{y}")
        == r"\hyperref[here]{x} \href{http://a}{y}"
    )
    source = (
        r"{{ '\\includegraphics[width=1cm]{../a.png}\\includegraphics{b.png}' | convert_explicitly_relative_paths }}"
    )
    made = rendered(source, resources={"metadata": {"path": "/n/b"}})
    assert made == r"\includegraphics[width=1cm]{/n/a.png}\includegraphics{b.png}"


def test_html_is_cleaned_and_code_highlighted() -> None:
    assert clean_html('<p onclick="x">a</p><script>1</script>') == "<p>a</p>"
    assert highlight2html("x = 1", "python").startswith('<div class="highlight')


def test_pandoc_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("pandoc"):
        assert convert_pandoc("*a*", "markdown", "html").strip() == "<p><em>a</em></p>"
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingProgram, match="needs pandoc"):
        convert_pandoc("x", "markdown", "html")
