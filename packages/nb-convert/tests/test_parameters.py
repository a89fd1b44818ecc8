"""Parameters: where the cell goes, and what the defaults tell."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_nb_convert.execution.literals import UnsaidValue
from antiphon_nb_convert.execution.parameters import Parameter, ParameterWarning, infer, inject, typed, unknown


def notebook(*cells: tuple[str, str] | str, language: str = "python", kernel: str = "") -> dict[str, Any]:
    """Code cells, each its source, or its source and a tag."""
    pairs = [cell if isinstance(cell, tuple) else (cell, "") for cell in cells]
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": kernel}, "language_info": {"name": language}},
        "cells": [
            {
                "cell_type": "code",
                "id": f"c{number}",
                "source": source,
                "metadata": {"tags": [tag]} if tag else {},
                "outputs": [],
                "execution_count": None,
            }
            for number, (source, tag) in enumerate(pairs)
        ],
    }


def sources(found: dict[str, Any]) -> list[str]:
    return [cell["source"] for cell in found["cells"]]


def test_behind_the_defaults_and_replaced_when_run_again() -> None:
    plain = notebook("import x", ("a = 1", "parameters"), "a")
    once = inject(plain, {"a": 2})
    assert sources(once) == ["import x", "a = 1", "# Parameters\na = 2", "a"]
    assert once["cells"][2]["metadata"]["tags"] == ["injected-parameters"]
    again = inject(once, {"a": "three"})
    assert sources(again) == ["import x", "a = 1", "# Parameters\na = 'three'", "a"]
    assert len({cell["id"] for cell in again["cells"]}) == 4
    assert sources(plain) == ["import x", "a = 1", "a"], "the notebook that was given is as it was"


def test_without_defaults_at_the_top_and_without_values_nowhere() -> None:
    assert sources(inject(notebook("a", language="R"), {"a": None})) == ["# Parameters\na = NULL", "a"]
    plain = notebook("a")
    assert inject(plain, {}) is plain


def test_the_kernels_name_tells_more_than_its_language() -> None:
    assert sources(inject(notebook("1", kernel="sparkkernel"), {"a": 1}))[0] == "// Parameters\nval a = 1"
    assert sources(inject(notebook("1", kernel=".net-fsharp"), {"a": 1}))[0] == "// Parameters\nlet a = 1"
    assert sources(inject(notebook("1"), {"a": 1}, language="julia"))[0] == "# Parameters\na = 1"


def test_unknown_names_warn_and_unknown_languages_are_refused() -> None:
    plain = notebook(("a = 1", "parameters"))
    with pytest.warns(ParameterWarning, match="no parameter 'b'"):
        assert "b = 2" in sources(inject(plain, {"b": 2}))[1]
    assert unknown(plain, ["a", "b"]) == ["b"]
    assert unknown(notebook("a = 1"), ["b"]) == []
    with pytest.raises(UnsaidValue, match="parameters cannot be written in cobol"):
        inject(notebook("1", language="COBOL"), {"a": 1})


def test_what_python_defaults_tell() -> None:
    cell = """%matplotlib inline
a = 1  # how many
b: float = 2.5
c = "x # y"  # type: str  # the text
d = [
    1,
]  # a list
e = None
f = compute(1)
a = 5
import os
os.x = 3
!ls
"""
    assert infer(notebook((cell, "parameters"))) == [
        Parameter("a", "int", "5", ""),
        Parameter("b", "float", "2.5", ""),
        Parameter("c", "str", '"x # y"', "the text"),
        Parameter("d", "list", "[\n    1,\n]", "a list"),
        Parameter("e", "", "None", ""),
        Parameter("f", "", "compute(1)", ""),
    ]


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        ("R", "a <- 1 # how\nb = 'x # y'\nif (a == 2) b", [("a", "int", "1", "how"), ("b", "str", "'x # y'", "")]),
        ("julia", "a::Int = 1\nb = true", [("a", "Int", "1", ""), ("b", "bool", "true", "")]),
        ("scala", "val a: Int = 1 // how\nvar b = 2.5", [("a", "Int", "1", "how"), ("b", "float", "2.5", "")]),
        ("bash", "a=1\nexport b='c'", [("a", "int", "1", ""), ("b", "str", "'c'", "")]),
        ("C#", "var a = 1; // how", [("a", "int", "1", "how")]),
        ("F#", "let mutable a = 1", [("a", "int", "1", "")]),
        ("matlab", "a = 1; % how", [("a", "int", "1", "how")]),
        ("powershell", "$a = $True # how", [("a", "bool", "$True", "how")]),
        ("python", "this is no Python\na = 1", [("a", "int", "1", "")]),
    ],
)
def test_what_other_languages_tell(language: str, source: str, expected: list[tuple[str, str, str, str]]) -> None:
    assert infer(notebook((source, "parameters"), language=language)) == [Parameter(*found) for found in expected]


def test_without_a_cell_of_defaults_nothing_is_told() -> None:
    assert infer(notebook("a = 1")) == []


@pytest.mark.parametrize(
    ("word", "value"),
    [("True", True), ("None", None), ("-3", -3), ("1e3", 1000.0), (".5", 0.5), ("inf", float("inf"))]
    + [(word, word) for word in ("true", "1_000", "x", "", "1.2.3", "0x10", "e5", "infinity")],
)
def test_words_of_a_command_line(word: str, value: object) -> None:
    found = typed(word)
    assert (found, type(found)) == (value, type(value))


@given(st.text(), st.sampled_from(["python", "R", "scala", "bash", "matlab", "nobody's"]))
def test_any_cell_of_defaults_can_be_looked_at(source: str, language: str) -> None:
    infer(notebook((source, "parameters"), language=language))
