"""TeX to Typst: what is known is set, what is not is refused as a whole, and all that comes out compiles."""

# ruff: noqa: E501, RUF001, SIM905 - signs of mathematics look like others
from __future__ import annotations

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.pdf.compiler import fonts
from antiphon_nb_convert.pdf.math import MathConverter, Unknown
from antiphon_nb_convert.pdf.math_symbols import ACCENTS, DELIMITERS, OPERATORS, SPACES, STYLES, SWITCHES, SYMBOLS

KNOWN = [
    (r"x_1^2", "attach(x, t: 2, b: 1)"),
    (r"x^12", "attach(x, t: 1)2"),
    (r"\dfrac12", "display(frac(1, 2))"),
    (r"f'^2", "attach(f, t: ′ 2)"),
    (r"\alpha\beta", "α β"),
    (r"a \over b", "frac(a, b)"),
    (r"{n \choose k}", "binom(n, k)"),
    (r"\frac{(a,b]}{;:}", r"frac(\(a\,b\], \;\:)"),
    (r"\left( x \middle| y \right.", r"lr(\(x mid(\|)y)"),
    (r"\not= \not\in", "≠ ∉"),
    (r"\text{if $x$ is 50\%}", '"if "x" is 50%"'),
    (r"\mathbf{x}", "upright(bold(x))"),
    (r"{\bf x} y", "upright(bold(x))y"),
    (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", r"a & \=b \ c & \=d"),
    (r"\begin{pmatrix}1&2\\3\end{pmatrix}", '''mat(1, 2; 3, "", delim: "(")'''),
    (r"\begin{cases}1 & x\\0\end{cases}", "cases(& 1 && quad x, & 0)"),
    (r"\begin{array}{l|r}a&b\\\hline c&d\end{array}", "mat(a, b; c, d, delim: #none, augment: #(hline: (1, ), vline: (1, )))"),
    (r"\operatorname*{argmax}_x", 'attach(op("argmax", limits: #true), b: x)'),
    (r"\sum\limits_a", "attach(limits(∑), b: a)"),
    (r"\Big(", r"lr(\(, size: #1.8em)"),
    (r"a % nothing", "a"),
    (r"100\% \$", r"100\%\$"),
    (r"\hspace{18mu}\kern2pt", "#h(1em)#h(2pt)"),
    (r"\tag{1} \label{x}", 'wide"(1)"'),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("tex", "expected"), KNOWN)
def test_known(tex: str, expected: str) -> None:
    assert MathConverter().convert(tex) == expected
    compiled(expected)


@pytest.mark.parametrize(
    "tex",
    [
        r"\ce{H2O}", r"\frac{a}", r"{x", r"x}", r"\left( x", r"\begin{foo}x\end{foo}", r"\begin{matrix}x", "x^1^2",
        r"\color{nocolour}{x}", "a$b", r"\text{\unknown}", r"\newcommand{\a}{\a}\a", "\x07", r"\begin{matrix}x\end{align}",
        r"\def\a#1{#1#1}" + r"\a{" * 30 + "x" + "}" * 30, "{" * 100 + "}" * 100, r"\hspace{1e9em}", "\\",
    ],
)  # fmt: skip
def test_unknown_is_refused_and_named(tex: str) -> None:
    assert MathConverter()(tex) is None
    with pytest.raises(Unknown, match=r".+"):
        MathConverter().convert(tex)


def test_macros_hold_for_the_formulas_after() -> None:
    convert = MathConverter()
    assert convert(r"\newcommand{\half}[2][1]{\frac{#1}{#2}} \def\two{2} \DeclareMathOperator{\tr}{tr}") == ""
    assert convert(r"\half{2}") == "frac(1, 2)"
    assert convert(r"\half[3]{\two}") == "frac(3, 2)"
    assert convert(r"\tr A") == 'op("tr", limits: #false)A'
    assert MathConverter()(r"\two") is None


def compiled(inside: str) -> None:
    source = f'#math.equation(block: true, alt: "formula", $ {inside} $);'
    typst.compile(source.encode(), font_paths=fonts(), format="svg")


def test_every_name_of_the_tables_compiles() -> None:
    convert = MathConverter()
    formulas = [rf"\{name}" + ("{}" if name[-1].isalpha() else "") for name in (*SYMBOLS, *OPERATORS, *SPACES)]
    formulas += [rf"\{name}{{ab}}" for name in (*ACCENTS, *STYLES)]
    formulas += [rf"a \{name} bc" for name in SWITCHES]
    formulas += [rf"\left{sign} x \right{sign} \bigl{sign}" for sign in DELIMITERS]
    made = [convert.convert(tex) for tex in formulas]
    compiled(" \\ ".join(made))


PIECES = st.sampled_from(
    [
        *r"\frac \sqrt \left( \right) \left. \right] \begin{matrix} \end{matrix} \begin{aligned} \end{aligned} \text{a} "
        r"\begin{cases} \end{cases} \mathbf \hat \sum \limits \int \\ & ^ _ ' { } ( ) [ ] , ; : / \/ # ~ | \| < > \, "
        r"\quad \middle| \over \color{red} \textcolor{blue} \boxed \cancel \not \overset \underbrace \operatorname{x y} "
        r"\substack \xrightarrow \begin{array}{c|c} \end{array} \hline \displaystyle \rm \binom \big \pmod \phantom".split(),
        "x", "ab", "12", "1.5", "α", "漢", "é", "-", "*", "+", "=", ".", "..", "!", "?", '"', "`", "@", "%\n", "\\ ", " ",
        r"\newcommand{\m}[1]{#1^#1}", r"\m",
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_whatever_comes_out_compiles(tex: str) -> None:
    made = MathConverter()(tex)
    if made is not None:
        compiled(made)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_set_or_refused(tex: str) -> None:
    made = MathConverter()(tex)
    if made is not None:
        compiled(made)
