"""Streams that were written in pieces."""

from __future__ import annotations

from typing import Any

from antiphon_nb_convert.conversion import Conversion
from antiphon_nb_convert.preprocessors.coalescing import coalesce_streams
from antiphon_nb_convert.preprocessors.magics_language import mark_magics


def cells(*found: dict[str, Any]) -> Conversion:
    return Conversion({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(found)}, {})


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": list(outputs), "execution_count": None}


def stream(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def test_neighbours_of_one_stream_are_joined_and_settled() -> None:
    shown = {"output_type": "display_data", "data": {}, "metadata": {}}
    made = coalesce_streams(
        cells(
            code(
                "",
                stream("stdout", "10%"),
                stream("stdout", "\r20%\n"),
                stream("stderr", "ab\bc"),
                shown,
                shown,
                stream("stdout", "x"),
            ),
            {"cell_type": "markdown", "source": "m", "metadata": {}},
        )
    )
    assert made.notebook["cells"][0]["outputs"] == [
        stream("stdout", "20%\n"),
        stream("stderr", "ac"),
        shown,
        shown,
        stream("stdout", "x"),
    ]


def test_cells_in_another_language_are_marked() -> None:
    made = mark_magics(cells(code("%%bash -x\nls"), code("\n%%mine\nx"), code("x")), languages={"%%mine": "ada"})
    assert [cell["metadata"].get("magics_language") for cell in made.notebook["cells"]] == ["bash", "ada", None]
