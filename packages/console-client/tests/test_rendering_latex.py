"""LaTeX as Unicode text."""

from __future__ import annotations

# ruff: noqa: RUF001 - mathematical signs are what is tested
import pytest

from antiphon_console_client.rendering import Look
from antiphon_console_client.rendering.latex import render_latex, unicode_lines, unicode_text

ONE_LINE = [
    (r"$\displaystyle \frac{x^{2}}{2} + \sqrt{x+1}$", "x²/2 + √(x+1)"),
    (r"\sum_{i=0}^{n} \alpha_i \leq \beta", "∑ᵢ₌₀ⁿ αᵢ ≤ β"),
    (r"x \in \mathbb{R}^3, \mathcal{L}, \mathbf{v}", "x ∈ ℝ³, ℒ, 𝐯"),
    (r"\frac{1}{2} \cdot \frac{a+b}{c}", "½ · (a+b)/c"),
    (r"e^{i\pi} = \text{minus one}", "e^(iπ) = minus one"),
    (r"\hat{y}, \vec v, \bar{x}", "ŷ, v\u20d7, x̄"),
    (r"\left. \frac{dy}{dx} \right|_{x=0}", "dy/dx |ₓ₌₀"),
    (r"\sqrt[3]{8} \neq \infty", "∛8 ≠ ∞"),
    (r"f\prime, f^\prime, f'", "f′, f′, f′"),
    (r"\unknowncommand{x}", "unknowncommandx"),
    (r"a \implies b \to c \Rightarrow d", "a ⟹ b → c ⇒ d"),
    (r"50\% of \$5 \& \{x\}", "50% of $5 & {x}"),
    ("x^", "x"),
    ("{{{", ""),
    (r"\frac", "()/()"),
]


@pytest.mark.parametrize(("source", "shown"), ONE_LINE)
def test_one_line(source: str, shown: str) -> None:
    assert " ".join(unicode_text(source).split()) == shown


def test_a_matrix_stands_beside_its_text() -> None:
    source = r"$A = \left[\begin{matrix}1 & 2\\3 & 44\\5 & 6\end{matrix}\right]$"
    assert unicode_lines(source) == ["    ⎡1  2 ⎤", "A = ⎢3  44⎥", "    ⎣5  6 ⎦"]


def test_cases_and_aligned_equations() -> None:
    assert unicode_lines(r"f = \begin{cases} 1 & x \\ 0 & y \end{cases}") == ["f = ⎧1  x", "    ⎩0  y"]
    assert unicode_lines(r"\begin{align} a &= b \\ cc &= d \end{align}") == [" a = b", "cc = d"]


def test_a_matrix_within_a_sentence_is_one_line() -> None:
    assert unicode_text(r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}") == "[1 2; 3 4]"


def test_deep_and_long_formulas_end() -> None:
    assert unicode_text("{" * 5000 + "x" + "}" * 5000) is not None
    assert unicode_text(r"\frac" * 5000) is not None
    assert unicode_text(r"\begin{matrix}" * 2000) is not None
    assert render_latex("x" * 60_000, Look()) is None
