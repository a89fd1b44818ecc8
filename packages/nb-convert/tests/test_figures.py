"""Pictures become files, all of them below the folder of the result, each under a name of its own."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_nb_convert.conversion import Conversion
from antiphon_nb_convert.preprocessors.figures import extract_attachments, extract_outputs

PNG = base64.b64encode(b"\x89PNG one").decode()
OTHER = base64.b64encode(b"\x89PNG two").decode()


def display(data: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def conversion(*cells: dict[str, Any], folder: str = "my_files") -> Conversion:
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}
    return Conversion(notebook, {"output_files_dir": folder, "unique_key": "my"})


def code(*outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": "", "metadata": {}, "outputs": list(outputs), "execution_count": 1}


def markdown(source: str, **attachments: str) -> dict[str, Any]:
    kept = {name.replace("__", "."): {"image/png": data} for name, data in attachments.items()}
    return {"cell_type": "markdown", "source": source, "metadata": {}, "attachments": kept}


def test_pictures_of_outputs_get_names_by_their_place() -> None:
    data = {"image/png": PNG, "image/svg+xml": "<svg/>", "text/plain": "x"}
    made = extract_outputs(conversion(code(), code(display({"text/plain": "y"}), display(data))))
    names = made.notebook["cells"][1]["outputs"][1]["metadata"]["filenames"]
    assert names == {"image/png": "my_files/my_1_1.png", "image/svg+xml": "my_files/my_1_1.svg"}
    assert made.files == {"my_files/my_1_1.png": b"\x89PNG one", "my_files/my_1_1.svg": b"<svg/>"}


@pytest.mark.parametrize("names", [{"image/png": "/etc/x", "image/jpeg": "../x"}, ["x"], "x", None])
def test_files_that_the_notebook_itself_names_are_forgotten(names: object) -> None:
    made = extract_outputs(conversion(code(display({"image/png": PNG}, filenames=names))))
    assert made.notebook["cells"][0]["outputs"][0]["metadata"]["filenames"] == {"image/png": "my_files/my_0_0.png"}


def test_a_name_that_the_notebook_proposes_is_only_a_name() -> None:
    made = extract_outputs(
        conversion(
            code(
                display({"image/png": PNG}, filename="../../etc/plot.png"),
                display({"image/png": OTHER}, filename="plot.exe"),
            )
        )
    )
    assert set(made.files) == {"my_files/plot.png", "my_files/plot_1.png"}


@given(name=st.text(max_size=20), folder=st.sampled_from(["", "f"]))
def test_no_name_leads_out_of_the_folder(name: str, folder: str) -> None:
    made = extract_outputs(conversion(code(display({"image/png": PNG}, filename=name)), folder=folder))
    (path,) = made.files
    assert not path.startswith(("/", ".")) and ".." not in path.split("/")
    assert path.count("/") == len(folder)
    assert path.endswith(".png")


@pytest.mark.parametrize("data", ["not base64!", 5, None, ["x"]])
def test_what_is_no_picture_gives_way_to_another_form(data: Any) -> None:
    given = conversion(code(display({"image/png": data, "text/plain": "x"})))
    made = extract_outputs(given)
    assert made.files == {}
    assert made.notebook == conversion(code(display({"text/plain": "x"}))).notebook
    assert given == conversion(code(display({"image/png": data, "text/plain": "x"})))


def test_attachments_of_two_cells_under_one_name_are_two_files() -> None:
    made = extract_attachments(
        conversion(
            markdown("![a](attachment:a.png) and ![gone](attachment:b.png)", a__png=PNG),
            markdown('<img src="attachment:a.png">', a__png=OTHER),
            markdown("![same](attachment:a.png)", a__png=PNG),
        )
    )
    assert [cell["source"] for cell in made.notebook["cells"]] == [
        "![a](my_files/a.png) and ![gone](attachment:b.png)",
        '<img src="my_files/a_1.png">',
        "![same](my_files/a.png)",
    ]
    assert made.files == {"my_files/a.png": b"\x89PNG one", "my_files/a_1.png": b"\x89PNG two"}


def test_names_with_blanks_are_found_both_ways() -> None:
    cell = {**markdown("![a](attachment:my%20plot.png)"), "attachments": {"my plot.png": {"image/png": PNG}}}
    made = extract_attachments(conversion(cell))
    assert made.notebook["cells"][0]["source"] == "![a](my_files/my_plot.png)"
