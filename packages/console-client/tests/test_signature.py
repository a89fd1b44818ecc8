"""Which call is typed, and what is said of it in one line."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_console_client.signature import hint, open_call, parts


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("f(", (1, 0)),
        ("f(a, b", (1, 1)),
        ("f(a, g(b, c), ", (1, 2)),
        ("f(a, g(b", (6, 0)),
        ("f([1, 2, ", None),
        ("f([1, 2], ", (1, 1)),
        ("f({1: 2, 3: (4, 5)}, x", (1, 1)),
        ("(1, ", None),
        ("x = (1, ", None),
        ("f('(, ', ", (1, 1)),
        ("f('''a,\n(', ''', ", (1, 1)),
        ("f('it\\'s, ', ", (1, 1)),
        ("f(  # one, two\n", (1, 0)),
        ("f('never closed, \ng(", (19, 0)),
        ("a.b[0](x, ", (6, 1)),
        ("f(x)(", (4, 0)),
        ("f()", None),
        (")", None),
        ("", None),
    ],
)
def test_the_innermost_open_call(text: str, call: tuple[int, int] | None) -> None:
    assert open_call(text) == call


@given(st.text(alphabet="ab.,()[]{}'\"#\\\n =1"))
def test_any_text_is_scanned(text: str) -> None:
    found = open_call(text)
    if found is not None:
        at, argument = found
        assert text[at] == "("
        assert 0 <= argument <= text.count(",", at)


EXPRESSIONS = st.recursive(
    st.sampled_from(["a", "1", "'x, ('", '"a)"', "'''\n,'''", "[1, 2]", "(3, 4)", "{5: 6}"]),
    lambda inner: st.lists(inner, max_size=3).map(lambda given: f"f({', '.join(given)})"),
)


@given(st.lists(EXPRESSIONS, max_size=4), EXPRESSIONS)
def test_complete_arguments_are_counted_as_python_counts_them(before: list[str], other: str) -> None:
    text = f"{other} + call({', '.join(before)}"
    parsed = ast.parse(text + ")", mode="eval").body
    assert isinstance(parsed, ast.BinOp)
    assert isinstance(parsed.right, ast.Call)
    assert open_call(text) == (len(other) + 7, max(0, len(parsed.right.args) - 1))


OURS = "Signature: area(width, height=3)\nDocstring: how wide\nType: function"
IPYTHON = (
    "\x1b[31mSignature:\x1b[39m\narea(\n    width: int,\n    height: int = 3,\n) -> int\n\x1b[31mDocstring:\x1b[39m x"
)


@pytest.mark.parametrize(
    ("page", "signature"),
    [
        (OURS, "area(width, height=3)"),
        (IPYTHON, "area(width: int, height: int = 3) -> int"),
        ("Init signature: Box(a)\nCall signature: Box(b)\nDocstring: x", "Box(a)"),
        ("Type: int\nString form: 3", ""),
        ("", ""),
    ],
)
def test_the_signature_is_found_on_the_page(page: str, signature: str) -> None:
    assert hint(page) == signature


@pytest.mark.parametrize(
    ("signature", "argument", "active"),
    [
        ("f(a, b=(1, 2), *rest)", 0, "a"),
        ("f(a, b=(1, 2), *rest)", 1, "b=(1, 2)"),
        ("f(a, b=(1, 2), *rest)", 2, "*rest"),
        ("f(a, b=(1, 2), *rest)", 9, "*rest"),
        ("f(a, /, *, b)", 1, "b"),
        ("f(a)", 1, ""),
        ("f()", 0, ""),
        ("f", 0, ""),
        ("f(a: list[int] = [1, 2], b) -> dict[str, int]", 1, "b"),
    ],
)
def test_the_argument_that_is_typed_stands_out(signature: str, argument: int, active: str) -> None:
    found = parts(signature, argument)
    assert found[1] == active
    assert "".join(found) == signature


@given(st.text(alphabet="ab,()[]{}=*/ "), st.integers(0, 5))
def test_nothing_of_a_signature_is_lost(signature: str, argument: int) -> None:
    assert "".join(parts(signature, argument)) == signature


@given(st.text())
def test_any_page_is_read(page: str) -> None:
    assert "\n" not in hint(page)
