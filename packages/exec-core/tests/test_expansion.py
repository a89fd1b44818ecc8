from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_exec_core.expansion import expand

NAMES = {"x": 5, "name": "file", "d": {"a": "b"}, "point": SimpleNamespace(y=2), "items": [1, 2, 3]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("echo $x", "echo 5"),
        ("echo {x}", "echo 5"),
        ("echo {x + 1}", "echo 6"),
        ("echo {x!r:>3}", "echo   5"),
        ("{items[1:2]}", "[2]"),
        ("{d['a']}", "b"),
        ("$point.y", "2"),
        ("$name.txt", "file.txt"),
        ("$$HOME", "$HOME"),
        ("$HOME $unknown", "$HOME $unknown"),
        ("awk '{print $1}'", "awk '{print $1}'"),
        ("{{x}}", "{x}"),
        ("echo } {", "echo } {"),
        ("{1/0} $x", "{1/0} 5"),
        ("${x}", "$5"),
        ("echo $$ $x", "echo $$ 5"),
        ("'$x' $x", "'$x' 5"),
        ('"it\'s $x"', '"it\'s 5"'),
        ("awk '{print $x}' '$$x'", "awk '{print $x}' '$$x'"),
        ("nothing", "nothing"),
    ],
)
def test_expand(text: str, expected: str) -> None:
    assert expand(text, dict(NAMES), {}) == expected


def test_local_names_come_first() -> None:
    assert expand("$x {x}", {"x": 1}, {"x": 2}) == "2 2"


@settings(deadline=None)  # a loaded machine is no failure
@given(st.text(alphabet="{}$x!: a.'1", max_size=30))
def test_expansion_never_fails(text: str) -> None:
    assert isinstance(expand(text, {"x": 1, "a": "b"}, {}), str)
