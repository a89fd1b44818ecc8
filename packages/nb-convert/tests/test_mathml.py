from __future__ import annotations

import re
import time

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.markdown.html import to_html
from antiphon_nb_convert.markdown.parsing import parse
from antiphon_nb_convert.mathml import MAX_LENGTH, Formulas, to_mathml
from antiphon_nb_convert.sanitizing import sanitize

MATHML = "{http://www.w3.org/1998/Math/MathML}"


def made(tex: str, display: bool = False) -> str:
    found = to_mathml(tex, display)
    assert found is not None, tex
    return found


def seen(tex: str, display: bool = True) -> str:
    """What stands before the annotation."""
    return made(tex, display).partition("<semantics>")[2].partition("<annotation")[0]


def test_a_formula_keeps_its_source() -> None:
    assert made("x < y") == (
        '<math display="inline"><semantics><mrow><mi>x</mi><mo>&lt;</mo><mi>y</mi></mrow>'
        '<annotation encoding="application/x-tex">x &lt; y</annotation></semantics></math>'
    )
    assert made("x", True).startswith('<math display="block">')


@pytest.mark.parametrize(
    ("tex", "part"),
    [
        (r"\mathbb{R}^n", "<mi>\u211d</mi>"),
        (r"\mathrm{d}x", '<mi mathvariant="normal">d</mi>'),
        (r"\boldsymbol{x}", "<mi>\U0001d499</mi>"),
        (r"\sum_{i=1}^n i", '<munderover><mo movablelimits="true">∑</mo>'),
        (r"\lim_{x\to 0} x", '<munder><mo movablelimits="true">lim</mo>'),
        (r"\operatorname*{arg\,min}_x", '<munder><mo movablelimits="true">argmin</mo>'),
        (r"\begin{bmatrix}1\end{bmatrix}^T", "<msup><mrow><mo>[</mo><mtable>"),
        (r"\begin{aligned}a&=b\\&=c\end{aligned}", '<mtd style="text-align: right; padding-right: 0">'),
        (r"\begin{equation}\label{e} x \end{equation}", "<mi>x</mi>"),
        (r"\begin{align} a &= b \nonumber \end{align}", '<mtable displaystyle="true">'),
        (r"\begin{gather}a\\b\end{gather}", '<mtable displaystyle="true"><mtr><mtd><mi>a</mi></mtd></mtr>'),
        (r"a \\ b", '<mtable displaystyle="true"><mtr><mtd><mi>a</mi></mtd></mtr>'),
        (r"\begin{array}{c|c}a&b\end{array}", "border-right: 1px solid"),
        (r"x \tag{4.2}", "<mtext>(4.2)</mtext>"),
        (r"\text{if $x$ <b>}", "<mtext>if\xa0</mtext><mi>x</mi><mtext>\xa0&lt;b&gt;</mtext>"),
        (r"\left\{ x \right.", '<mo stretchy="true" fence="true" form="prefix">{</mo>'),
        (r"a \iff b", "<mo>⟺</mo>"),
        ("x % comment\n+ y", "<mo>+</mo><mi>y</mi>"),
        (r"\begin{dcases} a & b \end{dcases}", "<mo"),
        (r"\boxed{x}", '<mrow style="border: 1px solid; padding: 0.3em"><mrow><mi>x</mi></mrow></mrow>'),
        (r"\cancel{x}", '<mrow style="background: linear-gradient(to bottom right, '),
        (r"\!x", '<mspace width="-0.167em">'),
    ],
)
def test_tex_of_notebooks(tex: str, part: str) -> None:
    assert part in seen(tex)


@pytest.mark.parametrize(
    "tex",
    [
        r"\nosuchcommand x", r"\eqref{a}", r"\ref{a}", r"\frac", "{", "}", "x^", "a^b^c", r"\left( x", "", " ", "a & b",
        r"\href{javascript:alert(1)}{x}", r"\style{color:red}{x}", r"\ce{H2O}", r"\tag{1}", r"a\tag{1}\tag{2}",
        "x" * (MAX_LENGTH + 1),
    ],
)  # fmt: skip
def test_what_it_cannot_tell_stays_tex(tex: str) -> None:
    assert to_mathml(tex, True) is None


def test_definitions_hold_for_the_formulas_after_them() -> None:
    formulas = Formulas()
    defining = (
        r"\newcommand{\R}{\mathbb R}\def\v#1{\mathbf{#1}}\DeclareMathOperator{\Tr}{Tr}\newcommand{\p}[2][q]{#1+#2}"
    )
    assert formulas(defining, True) == ""
    found = formulas(r"\v{x}\in\R \Tr A \p{1} \p[z]2", False)
    assert found is not None
    for part in (
        "\U0001d431",
        "\u211d",
        "<mo>Tr</mo>",
        "<mi>q</mi><mo>+</mo><mn>1</mn>",
        "<mi>z</mi><mo>+</mo><mn>2</mn>",
    ):
        assert part in found
    assert Formulas()(r"\R", False) is None


HOSTILE = [
    r"\newcommand{\x}{\x\x}\x",
    "".join(rf"\def\{a}{{\{b}\{b}}}" for a, b in zip("abcdefghijklmnopqrst", "bcdefghijklmnopqrstu", strict=True))
    + r"\a",
    "{" * 3000 + "x" + "}" * 3000,
    r"\frac" * 1500,
    r"\sqrt{" * 1400 + "x" + "}" * 1400,
    "x^{" * 2000 + "}" * 2000,
    r"\left(" * 900 + r"\right)" * 900,
    r"\hat" * 2000,
    r"\operatorname{" + " " * 9000,
    r"\mathop{" * 1200,
    r"\text{" * 1500,
    r"\newcommand" * 900,
    "'" * 9000,
    "&" * 9000,
    "\\\\" * 4000,
]


@pytest.mark.parametrize("tex", HOSTILE, ids=lambda tex: tex[:12])
def test_hostile_formulas_end_soon(tex: str) -> None:
    begun = time.perf_counter()
    to_mathml(tex, True)
    assert time.perf_counter() - begun < 10  # tenths of a second; minutes, where a pattern went wrong


PIECES = st.sampled_from(
    [
     r"\frac", r"\sqrt", "{", "}", "^", "_", "x", "1", "&", r"\\", r"\left(", r"\right)",
     r"\text{a<b}", r"\begin{matrix}",
     r"\end{matrix}", r"\begin{align}", r"\end{align}", "<script>", '"', "'", r"\mathbf", r"\color{red}", r"\sum", "$",
     "#",     r"\newcommand{\a}{b}", r"\a", "%", "\n", r"\label{a}", r"\tag{1}", r"\operatorname", r"\limits", "]", "["]
)  # fmt: skip


@settings(deadline=None)  # a loaded machine is no failure
@given(st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join), st.booleans())
def test_never_raises_and_what_it_makes_is_well_formed(tex: str, display: bool) -> None:
    found = to_mathml(tex, display)
    if not found:
        return
    parser = html5lib.HTMLParser()
    (math,) = list(parser.parseFragment(found))
    assert [code for _place, code, _names in parser.errors if "codepoint" not in code] == []
    assert math.tag == MATHML + "math"
    for element in math.iter():
        assert element.tag.startswith(MATHML)
        assert not {"href", "src"} & set(element.attrib) and not any(name.startswith("on") for name in element.attrib)


NUMBERED = r"""
See \eqref{b}, $\ref{a}$ and \eqref{nowhere}.

\begin{equation}\label{a} x = y \end{equation}

\begin{align} p &= q \label{p}\\ &= \begin{matrix}1\\2\end{matrix} \nonumber \\ r &= s \label{b} \end{align}

$$x \tag{A.1}\label{t}$$

$$\begin{gather}u\\v \tag*{z}\end{gather}$$

\begin{equation*}w\end{equation*}
"""


def test_equations_are_numbered_and_referred_to() -> None:
    """As AMS's LaTeX numbers them, over all cells."""
    formulas = Formulas()
    cells = [parse(NUMBERED), parse(r"\begin{equation}l\end{equation} \eqref{t}")]
    for tokens in cells:
        formulas.read(tokens)
    page = "".join(to_html(tokens, formula=formulas) for tokens in cells)
    assert '<a class="equation-reference" href="#equation-p">(3)</a>' in page  # one id for each formula
    assert '<a class="equation-reference" href="#equation-a">1</a>' in page
    assert '<a class="equation-reference" href="#equation-t">(A.1)</a>' in page
    assert '<code class="math">\\eqref{nowhere}</code>' in page
    assert re.findall(r"<mtext>(.*?)</mtext>", page) == ["(1)", "(2)", "(3)", "(A.1)", "(4)", "z", "(5)"]
    assert re.findall(r'id="(.*?)"', page) == ["equation-a", "equation-p", "equation-t"]
    assert sanitize(page).count('href="#equation-') == 3


def test_what_was_not_read_has_no_numbers() -> None:
    assert "(1)" not in seen(r"\begin{align} a &= b \\ c &= d \end{align}")
