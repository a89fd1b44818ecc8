"""Cells of one notebook that know of each other."""

from __future__ import annotations

from typing import Any

from antiphon_nb_convert.conversion import Conversion
from antiphon_nb_convert.rendering import Rendering
from antiphon_nb_convert.settings import Html


def rendering(*sources: str) -> tuple[Rendering, list[dict[str, Any]]]:
    cells = [
        {"id": f"c{number}", "cell_type": "markdown", "metadata": {}, "source": source}
        for number, source in enumerate(sources)
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    return Rendering(Conversion(notebook, {}), Html(), (), lambda html: html), cells


def test_what_a_formula_defines_holds_for_later_cells() -> None:
    made, cells = rendering(r"$\newcommand{\R}{\mathbb R}$ x", r"$\R$")
    assert made.markdown(cells[0]["source"], cells[0]) == "<p> x</p>\n"
    assert "\u211d</mi>" in made.markdown(cells[1]["source"], cells[1])


def test_headings_are_unique_over_all_cells_and_links_find_them() -> None:
    made, cells = rendering("# A b\n\n[there](#a-b-1)", "# A b")
    assert 'href="#A-b-1">there' in made.markdown(cells[0]["source"], cells[0])
    assert '<h1 id="A-b-1">' in made.markdown(cells[1]["source"], cells[1])


def test_footnotes_of_two_cells_have_ids_of_their_own() -> None:
    made, cells = rendering("a[^1]\n\n[^1]: x", "b[^1]\n\n[^1]: y")
    first, second = (made.markdown(cell["source"], cell) for cell in cells)
    assert 'id="1-fn-1"' in first and 'id="2-fn-1"' in second
