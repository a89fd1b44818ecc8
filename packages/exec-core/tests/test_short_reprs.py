from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from antiphon_exec_core.short_reprs import Reprs, short_repr


class Bad:
    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        ([1, 2, 3], "[1, 2, 3]"),
        ({"a": 1}, "{'a': 1}"),
        (Bad(), "<unprintable>"),
        ([Bad()], "<unprintable>"),
        ("x" * 1000, "'" + "x" * 296 + "..."),
    ],
)
def test_short_repr(value: object, text: str) -> None:
    assert short_repr(value) == text


@pytest.mark.parametrize(
    "value", [list(range(10**6)), "x" * 10**7, {n: n for n in range(10**5)}, [[0] * 10**6] * 9, 10**4000]
)
def test_large_values_are_cut_and_not_read_whole(value: Any) -> None:
    before = time.process_time()
    assert len(short_repr(value)) <= 300
    assert time.process_time() - before < 0.5


def test_a_budget_of_characters() -> None:
    reprs = Reprs(characters=10)
    assert [reprs("abcdef"), reprs("ghijkl"), reprs(1)] == ["'abcdef'", "'ghijkl'", "..."]


def test_a_budget_of_time() -> None:
    never = threading.Event()

    class Slow:
        def __repr__(self) -> str:
            never.wait(30)
            return "late"

    reprs = Reprs(seconds=0.05)
    assert [reprs(Slow()), reprs(Slow()), reprs(5)] == ["<takes too long>", "...", "5"]
    never.set()
