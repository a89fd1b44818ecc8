from __future__ import annotations

import html
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.highlighting import (
    MAX_LENGTH,
    css,
    highlight,
    highlight_latex,
    highlight_typst,
    latex_definitions,
    spans,
)


def text_of(fragment: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", fragment))


def test_python_in_spans_with_classes() -> None:
    assert highlight("def f(x):\n    return x < 1\n", "python") == (
        '<div class="highlight hl-ipython3"><pre tabindex="0"><code>'
        '<span class="k">def </span><span class="nf">f</span>(x):\n'
        '    <span class="k">return </span>x <span class="o">&lt; </span><span class="mi">1</span></code></pre></div>'
    )


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("%matplotlib inline", '<span class="o">%</span><span class="k">matplotlib</span> inline'),
        ("x = %timeit -o 1", '<span class="k">timeit</span> -o 1'),
        ("!ls | grep $HOME", '<span class="nv">$HOME</span>'),
        ("files = !ls $HOME", '<span class="nv">$HOME</span>'),
        ("%%bash\necho $HOME", '<span class="nv">$HOME</span>'),
        ("%%time\nimport x", '<span class="kn">import </span>'),
        ("%%html\n<b>x</b>", '&lt;<span class="nt">b</span>&gt;'),
        ("?len", '<span class="o">?</span>'),
        ("len??", '<span class="o">??</span>'),
        ("a != b", '<span class="o">!= </span>'),
        ("a = (b\n  % c)", '<span class="o">% </span>c)'),
        ("a = '''\n!x\n?y\n'''", "\n!x\n?y\n"),
    ],
)
def test_what_cells_may_hold_beyond_python(code: str, part: str) -> None:
    assert part in spans(code, "ipython3")


def test_unknown_languages_and_very_long_code_are_plain() -> None:
    assert spans("a < b", "no such") == spans("a < b") == "a &lt; b"
    assert 'class="highlight hl-no--x--such"' in highlight("a", 'no "x" such')
    assert spans("x = 1\n" * MAX_LENGTH, "python") == "x = 1\n" * MAX_LENGTH


LANGUAGES = st.sampled_from(["python", "", "bash", "r", "julia", "html", "javascript", "sql", "c++", "nonsense"])
PIECES = st.sampled_from(
    ["%", "%%", "!", "?", "\n", " ", "x", "=", "'''", '"', "\\", "<", "&", "%%bash\n", "(", "\r", "\t"]
)


@settings(deadline=None)  # a loaded machine is no failure
@given(st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join), LANGUAGES)
def test_the_text_is_kept(code: str, language: str) -> None:
    def plain(text: str) -> str:  # Pygments reads the three kinds of line end as one
        return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")

    assert plain(text_of(spans(code, language))) == plain(code)
    assert not re.search(r"<(?!/?span\b)", spans(code, language))


def test_latex_and_typst() -> None:
    made = highlight_latex("x = 'é$'\n", "python")
    assert made.startswith("\\begin{Verbatim}[commandchars=\\\\\\{\\}]\n") and made.endswith("\n\\end{Verbatim}\n")
    assert r"\PYZdl{}" in made and r"\PY{n}{x}" in made
    assert r"\def\PY" in latex_definitions() and latex_definitions("dark") != latex_definitions("light")
    assert highlight_typst('a = "\\"\n\tb\n', "ipython3") == r'#raw(block: true, lang: "python", "a = \"\\\"\n\tb")'
    assert highlight_typst("x") == '#raw(block: true, "x")'


def luminance(color: str) -> float:
    parts = [int(color[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("theme", "grounds"), [("light", ["#f7f7f7", "#ffffff"]), ("dark", ["#1c2128", "#111111"])])
def test_colours_can_be_read(theme: str, grounds: list[str]) -> None:
    """WCAG 2, AA: a contrast of at least 4.5 to 1."""
    colors = re.findall(r"[^-]color: (#[0-9a-f]{6})", css(theme))
    assert len(colors) > 10
    for color in colors:
        for ground in grounds:
            light, dark = sorted((luminance(color), luminance(ground)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (color, ground)


def test_themes() -> None:
    assert css() == css("auto") and css("light") in css() and "@media (prefers-color-scheme: dark)" in css()
    assert ".code .k" in css("monokai", ".code") and "pre {" not in css("monokai")
    with pytest.raises(ValueError, match=r"there is no theme 'nix'; there are light, dark, .*monokai"):
        css("nix")


def test_python_needs_no_lexer_of_pygments() -> None:
    """Importing them would cost more than the notebook."""
    program = (
        "import sys; from antiphon_nb_convert.highlighting import highlight, css;"
        "highlight('x = 1\\n%time y', 'ipython3'); css();"
        "print(*sorted(n for n in sys.modules if n.startswith(('pygments', 'IPython', 'nh3'))))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert found == []
