from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_exec_core.expressions import callee_before, expression_before, name_at, read_cursor

CELLS = st.text(alphabet="ab1_.()[]{}'\"#\\\n =,%", max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("os.path", "os.path"),
        ("x = os", "os"),
        ("f(a, b)", "f(a, b)"),
        ("foo(bar[1]", "bar[1]"),
        ("d['a.b'].c", "d['a.b'].c"),
        ("d[')'](1)", "d[')'](1)"),
        ("'abc'.upper", "'abc'.upper"),
        ("a + [1, 2]", "[1, 2]"),
        ("return (x)", "(x)"),
        ("1.", ""),
        ("a b", "b"),
        ("", ""),
        ("f(", ""),
        (")", ""),
    ],
)
def test_expression_before(text: str, expected: str) -> None:
    assert expression_before(text, len(text)) == expected


def test_the_cursor_knows_strings_comments_and_brackets() -> None:
    cursor = read_cursor("f(1, [2, 'ab", 12)
    assert (cursor.brackets, cursor.quote, cursor.string_start) == ((1, 5), "'", 10)
    assert read_cursor("x = 'a' # it's", 14).in_comment
    assert read_cursor('"""a\nb', 6).quote == '"""'
    assert read_cursor("f('it\\'s') + [", 14).brackets == (13,)
    assert read_cursor("'unclosed\nf(", 12).brackets == (11,)


@pytest.mark.parametrize(
    ("code", "position", "expected"),
    [
        ("json.dumps", 3, "json"),
        ("json.dumps", 6, "json.dumps"),
        ("json.dumps(", 11, "json.dumps"),
        ("json.dumps(a=5)", 12, "json.dumps"),
        ("f(a == 5)", 3, "a"),
        ("f(a, b)", 6, "b"),
        ("print(a, ", 9, "print"),
        ("a = 5\nb = hello('string', there)", 12, "hello"),
        ("%time", 3, "%time"),
        ("%%bash\nls", 4, "%%bash"),
        ("7 %foo", 6, "foo"),
        ("", 0, ""),
    ],
)
def test_name_at(code: str, position: int, expected: str) -> None:
    assert name_at(code, position) == expected


def test_callee_of_the_innermost_call() -> None:
    assert callee_before(read_cursor("f(g(1), h[", 10)) == ("f", 1)
    assert callee_before(read_cursor("(1 + ", 5)) is None


@given(CELLS, st.integers(-5, 70))
def test_no_text_is_too_odd(text: str, position: int) -> None:
    cursor = read_cursor(text, position)
    assert cursor.before == text[: cursor.position]
    assert all(text[at] in "([{" for at in cursor.brackets)
    assert expression_before(text, cursor.position) in text
    name_at(text, position)


def test_a_long_cell_takes_little_time() -> None:
    text = "x = f([1, 2], {'a': \"b\"}) # it's\n" * 5000 + "os."
    assert read_cursor(text, len(text)).brackets == ()
