"""What is left out, and that the notebook handed in stays as it was."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from antiphon_nb_convert.conversion import Conversion
from antiphon_nb_convert.errors import ConversionError
from antiphon_nb_convert.preprocessors.removal import (
    clear_metadata,
    clear_outputs,
    masked,
    remove_matching,
    remove_tagged,
)


def conversion(*cells: dict[str, Any], **metadata: Any) -> Conversion:
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)}
    return Conversion(notebook, {})


def code(source: str, *tags: str, outputs: Any = (), **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": source,
        "source": source,
        "metadata": {"tags": list(tags), **metadata},
        "outputs": list(outputs),
        "execution_count": 3,
    }


def stream(text: str, *tags: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text, "metadata": {"tags": list(tags)}}


def sources(made: Conversion) -> list[str]:
    return [cell["source"] for cell in made.notebook["cells"]]


def test_cells_inputs_and_outputs_go_by_their_tags() -> None:
    given = conversion(
        code("a", "gone"),
        code("b", "no-input"),
        code("c", "no-output", outputs=[stream("x")], collapsed=True),
        code("d", outputs=[stream("kept"), stream("left out", "secret")]),
    )
    before = copy.deepcopy(given)
    made = remove_tagged(
        given,
        cell_tags=["gone"],
        input_tags=["no-input"],
        all_outputs_tags=["no-output"],
        single_output_tags=["secret"],
    )
    assert sources(made) == ["b", "c", "d"]
    b, c, d = made.notebook["cells"]
    assert b["metadata"]["transient"] == {"remove_source": True}
    assert (c["outputs"], c["execution_count"], "collapsed" in c["metadata"]) == ([], None, False)
    assert [output["text"] for output in d["outputs"]] == ["kept"]
    assert given == before


def test_no_tag_is_special_by_itself() -> None:
    given = conversion(code("a", "remove-cell", "hide-input"))
    assert remove_tagged(given).notebook == given.notebook


def test_patterns_match_where_a_source_begins() -> None:
    given = conversion(code("# private\n1"), code("1 # private"), code(""))
    assert sources(remove_matching(given, patterns=[r"# private", r"\s*\Z"])) == ["1 # private"]
    assert remove_matching(given, patterns=[]) is given
    with pytest.raises(ConversionError, match=r"pattern '\(': "):
        remove_matching(given, patterns=["("])


def test_outputs_and_metadata_are_cleared() -> None:
    given = conversion(
        code("a", "t", outputs=[stream("x")], scrolled=True, kept=1),
        {"cell_type": "markdown", "source": "m", "metadata": {"x": 1}},
        language_info={"name": "python"},
        kernelspec={"name": "p", "display_name": "P"},
    )
    cleared = clear_outputs(given).notebook["cells"]
    assert cleared[0]["outputs"] == [] and cleared[0]["metadata"] == {"tags": ["t"], "kept": 1}
    assert cleared[1] is given.notebook["cells"][1]
    made = clear_metadata(given, keep_in_cells=["tags"], keep_in_notebook=["language_info", ("kernelspec", "name")])
    assert made.notebook["metadata"] == {"language_info": {"name": "python"}, "kernelspec": {"name": "p"}}
    assert [cell["metadata"] for cell in made.notebook["cells"]] == [{"tags": ["t"]}, {}]
    assert clear_metadata(given, cells=False, notebook=False) == given


def test_masks_follow_paths_and_forget_what_is_not_there() -> None:
    metadata = {"a": {"b": {"c": 1, "d": 2}}, "e": 3, "f": 4}
    assert masked(metadata, [("a", "b", "c"), "e", ("a", "x"), ("e", "y"), "z"]) == {"a": {"b": {"c": 1}}, "e": 3}
