"""Prompts are taken off pasted sessions; everything else stays as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_console_client.pasting import without_prompts

CODE = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20), min_size=1
)


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        (">>> 1 + 1\n2\n>>> 'a'\n'a'", "1 + 1\n'a'"),
        (">>> for i in x:\n...     print(i)\n...\n0\n1", "for i in x:\n    print(i)\n"),
        ("In [1]: x = 1\n\nIn [2]: x\nOut[2]: 1", "x = 1\n\nx"),
        (
            "In [12]: def f():\n    ...:     return 1\n    ...: \n\nIn [13]: f()\nOut[13]: 1",
            "def f():\n    return 1\n\n\nf()",
        ),
        ("[ins] In [1]: x = 1\n         ...: y = 2", "x = 1\ny = 2"),
        ("    >>> x = 1\n    >>> y = 2\n", "    x = 1\n    y = 2\n"),
        ("x = 1\n>>> y", "x = 1\n>>> y"),
        ("...", "..."),
        ("def f():\n    ...\n", "def f():\n    ...\n"),
        ("", ""),
        ("\n>>> x", "\nx"),
    ],
)
def test_sessions_become_code(pasted: str, code: str) -> None:
    assert without_prompts(pasted).rstrip("\n") == code.rstrip("\n")


@given(CODE)
def test_the_prompts_of_python_come_off_whatever_stands_behind_them(lines: list[str]) -> None:
    session = "\n".join(f"{'... ' if at else '>>> '}{line}" for at, line in enumerate(lines))
    assert without_prompts(session).split("\n") == [*"\n".join(lines).rstrip("\n").split("\n")]


@given(CODE)
def test_numbered_prompts_come_off_whatever_stands_behind_them(lines: list[str]) -> None:
    session = "\n".join(f"{'   ...: ' if at else 'In [7]: '}{line}" for at, line in enumerate(lines))
    assert without_prompts(session).split("\n") == [*"\n".join(lines).rstrip("\n").split("\n")]


@given(st.text().filter(lambda text: not text.lstrip().startswith((">>>", "...", "In", "[", "Out"))))
def test_what_has_no_prompt_is_left_alone(text: str) -> None:
    assert without_prompts(text) == text
