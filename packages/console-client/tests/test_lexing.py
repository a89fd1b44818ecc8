"""Languages by the names that kernels give."""

from __future__ import annotations

import pytest
from prompt_toolkit.document import Document
from prompt_toolkit.lexers import SimpleLexer

from antiphon_console_client.lexing import LateLexer, lexer


def words(found: object, text: str) -> dict[str, str]:
    """The class of each word of a line."""
    return {word: style for style, word, *_ in found.lex_document(Document(text))(0)}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["python", "ipython", "ipython3"])
def test_python_by_all_its_names(name: str) -> None:
    assert "pygments.keyword" in words(lexer(name), "def f(): pass")["def"]


@pytest.mark.parametrize(("name", "text", "word"), [("r", "if (x) 1", "if"), ("julia", "function f end", "function")])
def test_other_languages(name: str, text: str, word: str) -> None:
    assert "keyword" in words(lexer(name), text)[word]


@pytest.mark.parametrize("name", ["text", "", "no such language", "../../etc/passwd"])
def test_what_nobody_knows_is_plain_text(name: str) -> None:
    found = lexer(name)
    assert isinstance(found, SimpleLexer)
    assert words(found, "def f") == {"def f": ""}


def test_a_late_lexer_leaves_text_plain_until_it_is_ready() -> None:
    late = LateLexer("python")
    assert words(late, "def f") == {"def f": ""}
    assert not late.is_ready
    before = late.invalidation_hash()
    made = late.ready()
    assert late.is_ready
    assert late.ready() is made
    assert "pygments.keyword" in words(late, "def f")["def"]
    assert late.invalidation_hash() != before  # what was drawn plain is drawn again
