"""Reading refuses with one line or gives a valid notebook of 4.5; writing gives what nbformat would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_nb_convert.errors import NotebookError
from antiphon_nb_convert.notebook import dumps, language, read, read_file, tags
from antiphon_nb_convert.policy import Policy

POLICY = Policy()


def code(source: str = "1", **fields: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, **fields}


def text_of(*cells: Any, **fields: Any) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": list(cells), **fields})


def full() -> nbformat.NotebookNode:
    v4 = nbformat.v4
    data = {
        "image/png": "iVBO\nRw0=\n",
        "text/plain": "x\ny",
        "application/json": {"a": ["b"]},
        "image/svg+xml": "<svg>\n</svg>",
        "application/javascript": "a\nb",
        "application/vnd.x+json": ["a"],
    }
    outputs = [v4.new_output("display_data", data), v4.new_output("stream", text="a\nb\n"), v4.new_output("error")]
    markdown = v4.new_markdown_cell("x\ny", attachments={"a.png": {"image/png": "aa\nbb"}})
    return v4.new_notebook(cells=[v4.new_code_cell("a = 1\nb", outputs=outputs), markdown, v4.new_raw_cell("r")])


def test_what_is_written_is_what_nbformat_writes() -> None:
    written = nbformat.writes(full())
    assert dumps(read(written, POLICY)).rstrip("\n") == written.rstrip("\n")


def test_what_is_left_out_is_filled_in() -> None:
    notebook = read('{"nbformat": 4, "cells": [{"cell_type": "code"}, {"cell_type": "markdown"}]}', POLICY)
    nbformat.validate(nbformat.from_dict(notebook))
    assert notebook["cells"][0]["outputs"] == []


def test_ids_are_the_same_every_time_and_never_twice() -> None:
    cells = [code(id="same"), code(id="same"), code(id="not an id"), code()]
    first, second = (read(text_of(*cells, nbformat_minor=5), POLICY)["cells"] for _ in range(2))
    names = [cell["id"] for cell in first]
    assert names == [cell["id"] for cell in second]
    assert len(set(names)) == 4
    assert names[0] == "same"


@pytest.mark.parametrize("version", [2, 3])
def test_older_formats_are_read(version: int) -> None:
    notebook = read(dumps(read(text_of(code("a\nb")), POLICY), version), POLICY)
    assert notebook["cells"][0]["source"] == "a\nb"
    nbformat.validate(nbformat.from_dict(notebook))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("", "an empty file"),
        ("{", "not JSON: .* \\(line 1\\)"),
        (b"\xff\xfe", "not UTF-8 at byte 0"),
        ("[]", "a list where an object is expected"),
        ("{}", "does not tell its nbformat"),
        ('{"nbformat": true}', "does not tell its nbformat"),
        ('{"nbformat": 5}', "format 5 of notebooks is newer"),
        ('{"nbformat": 0}', "there is no format 0"),
        ('{"nbformat": 3}', "format 3 cannot be read"),
        ('{"nbformat": 4}', "it has no cells"),
        ('{"nbformat": 4, "cells": [], "metadata": 1}', "its metadata is a number"),
        (text_of(1), "cell 1: a number where an object"),
        (text_of({}), "cell 1: it does not tell its cell_type"),
        (text_of(code(), code(5)), "cell 2: its source is a number where text"),  # type: ignore[arg-type]
        (text_of(code(outputs=[{"output_type": "zzz"}])), "cell 1, output 1: there is no output_type 'zzz'"),
        (text_of(code(outputs=[{"output_type": "display_data", "data": {"text/plain": [1]}}])), "of type text/plain"),
        ("[" * 100_000, "nested deeper than 100 levels"),
        (text_of(metadata=json.loads("[" * 150 + "]" * 150)), "nested deeper than 100 levels"),
        ('{"nbformat": ' + "9" * 5000 + "}", "not JSON that can be read"),
    ],
)
def test_what_is_no_notebook_is_refused_in_one_line(data: str | bytes, said: str) -> None:
    with pytest.raises(NotebookError, match=said) as raised:
        read(data, POLICY, "my.ipynb")
    assert str(raised.value).startswith("my.ipynb: ")
    assert "\n" not in str(raised.value)


def test_limits_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "big.ipynb"
    path.write_text(text_of(code(), code()))
    with pytest.raises(NotebookError, match="2 cells; up to 1 are read"):
        read_file(path, Policy(max_cells=1))
    with pytest.raises(NotebookError, match="notebooks of up to 10 are read"):
        read_file(path, Policy(max_bytes=10))
    with pytest.raises(NotebookError, match="no such file"):
        read_file(tmp_path / "none.ipynb", POLICY)


def test_halves_of_surrogate_pairs_can_be_written_afterwards() -> None:
    notebook = read(text_of(code("\ud800x\U0001f600")), POLICY)
    assert notebook["cells"][0]["source"] == "\ufffdx\U0001f600"
    dumps(notebook).encode()


def test_language_and_tags() -> None:
    assert language(read(text_of(), POLICY)) == "python"
    assert language(read(text_of(metadata={"kernelspec": {"language": "R"}}), POLICY)) == "r"
    assert language(read(text_of(metadata={"language_info": {"name": "julia"}}), POLICY)) == "julia"
    assert tags({"metadata": {"tags": ["a", 1, "b"]}}) == ["a", "b"]
    assert tags({"metadata": {"tags": "a"}}) == tags({}) == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(["cell_type", "source", "metadata", "outputs", "id", "attachments", "execution_count"])
cells = st.dictionaries(fields, json_values | st.sampled_from(["code", "markdown", "raw"]), max_size=6)


@given(cells=st.lists(cells, max_size=3), minor=json_values)
def test_any_json_is_read_or_refused(cells: list[dict[str, Any]], minor: Any) -> None:
    try:
        notebook = read(text_of(*cells, nbformat_minor=minor), POLICY)
    except NotebookError as error:
        assert "\n" not in str(error)
    else:
        dumps(notebook)
        assert len({cell["id"] for cell in notebook["cells"]}) == len(cells)
