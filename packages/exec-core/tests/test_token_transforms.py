"""Transforms that look for a token, as users write them."""

from __future__ import annotations

import tokenize
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_exec_core.testing import interpreter, run_in, said
from antiphon_exec_core.token_transforms import tokens_by_line
from antiphon_exec_core.transformer import Transformer


class Word:
    """Puts `text` for the first name `word`."""

    priority, word, text = 10, "answer", "42"

    def __init__(self, start: tuple[int, int]) -> None:
        self.start_line, self.start_col = start[0] - 1, start[1]

    @classmethod
    def find(cls, lines: list[list[tokenize.TokenInfo]]) -> Word | None:
        places = [token.start for line in lines for token in line if token.string == cls.word]
        return cls(places[0]) if places else None

    def transform(self, lines: list[str]) -> list[str]:
        line = lines[self.start_line]
        changed = line[: self.start_col] + self.text + line[self.start_col + len(self.word) :]
        return [*lines[: self.start_line], changed, *lines[self.start_line + 1 :]]


class Other(Word):
    priority, text = 5, "other"


class Endless(Word):
    text = "answer + 1"


def transformed(code: str, *transforms: Any) -> str:
    transformer = Transformer()
    transformer.tokens.extend(transforms)
    return transformer.transform(code)


def test_each_place_is_changed_and_texts_are_not() -> None:
    assert transformed("answer + f(\n    answer) # answer\n'answer'", Word) == "42 + f(\n    42) # answer\n'answer'\n"
    assert transformed("x = 1", Word) == "x = 1\n"


def test_the_lower_priority_comes_first() -> None:
    assert transformed("answer", Word, Other) == "other\n" == transformed("answer", Other, Word)


def test_magics_and_cells_beside() -> None:
    assert transformed("%time answer\nanswer", Word) == "get_ipython().run_line_magic('time', 'answer')\n42\n"


def test_in_a_session() -> None:
    with interpreter() as made:
        made.transformer.tokens.append(Word)
        assert said(made, "answer") == "Out: 42\n"
        assert made.is_complete("if answer:") == ("incomplete", "    ")
        made.transformer.tokens.append(Endless)
        made.transformer.tokens.remove(Word)
        assert said(made, "answer").startswith("RuntimeError: the input transforms do not come to an end: Endless")
        made.transformer.tokens.remove(Endless)
        assert not run_in(made, "answer")[0].ok and run_in(made, "1")[0].ok


def test_side_effects_do_not_happen_while_typing() -> None:
    class Counts(Word):
        has_side_effects = True
        found = 0

        @classmethod
        def find(cls, lines: list[list[tokenize.TokenInfo]]) -> Word | None:
            Counts.found += 1
            return None

    transformer = Transformer()
    transformer.tokens.append(Counts)
    transformer.check_complete("answer")
    assert Counts.found == 0
    transformer.transform("answer")
    assert Counts.found == 1


def test_logical_lines() -> None:
    lines = tokens_by_line(["a = (1,\n", "2)\n", "\n", "b\n"])
    assert [[token.string for token in line] for line in lines[:2]] == [
        ["a", "=", "(", "1", ",", "\n", "2", ")", "\n"],
        ["\n"],
    ]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning")
@settings(deadline=None)  # a loaded machine is no failure
@given(st.text(alphabet="ab (['\"\\\n\t#$0", max_size=30))
def test_no_text_makes_it_fail(text: str) -> None:
    tokens_by_line(text.splitlines(keepends=True))
