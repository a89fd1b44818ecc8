"""Marks of a deck: every section that begins ends, and in the right order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_nb_convert.conversion import Conversion
from antiphon_nb_convert.errors import ConversionError
from antiphon_nb_convert.preprocessors.slides import is_deck, mark_slides


def deck(*kinds: str | None) -> Conversion:
    cells = [
        {"cell_type": "markdown", "source": "", "metadata": {"slideshow": {"slide_type": kind}} if kind else {}}
        for kind in kinds
    ]
    return Conversion({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}, {})


def written(made: Conversion) -> str:
    """The deck as brackets: `[` slide, `(` sub-slide, `<` fragment."""
    text = ""
    for cell in made.notebook["cells"]:
        marks: dict[str, Any] = cell["metadata"]
        for what, begin in (("slide", "["), ("subslide", "("), ("fragment", "<")):
            text += begin if marks.get(f"{what}_start") else ""
        text += {"skip": "", "notes": "n"}.get(marks["slide_type"], "x")
        for what, end in (("fragment", ">"), ("subslide", ")"), ("slide", "]")):
            text += end if marks.get(f"{what}_end") else ""
    return text


@pytest.mark.parametrize(
    ("kinds", "brackets"),
    [
        ([None], "[(x)]"),
        (["slide", None, "slide"], "[(xx)][(x)]"),
        (["slide", "subslide", "fragment", None, "fragment", "slide"], "[(x)(x<xx><x>)][(x)]"),
        (["skip", "notes", "subslide", "notes", "fragment"], "n[(xn<x>)]"),
        (["fragment", "fragment"], "[(x<x>)]"),
        (["slide", "skip", "skip"], "[(x)]"),
    ],
)
def test_what_begins_ends(kinds: list[str | None], brackets: str) -> None:
    assert written(mark_slides(deck(*kinds))) == brackets


@given(st.lists(st.sampled_from(["slide", "subslide", "fragment", "skip", "notes", None]), max_size=12))
def test_brackets_always_match(kinds: list[str | None]) -> None:
    if all(kind in ("skip", "notes") for kind in kinds):
        with pytest.raises(ConversionError, match="no cell is left to be shown"):
            mark_slides(deck(*kinds))
        return
    open_: list[str] = []
    for sign in written(mark_slides(deck(*kinds))):
        if sign in "[(<":
            assert len(open_) == "[(<".index(sign)
            open_.append(sign)
        elif sign in "])>":
            assert open_.pop() == "[(<"["])>".index(sign)]
        elif sign == "x":
            assert len(open_) >= 2
    assert not open_


def test_a_deck_is_what_somebody_made_one() -> None:
    assert is_deck(deck(None, "slide"))
    assert not is_deck(deck(None, "-"))
