"""SVG drawings of outputs become PDF for LaTeX."""

from __future__ import annotations

import base64
from typing import Any

from antiphon_nb_convert.conversion import Conversion
from antiphon_nb_convert.notebook import checked
from antiphon_nb_convert.pipeline import convert
from antiphon_nb_convert.policy import Policy
from antiphon_nb_convert.preprocessors.drawings import draw_pdf

SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><rect width='9' height='9'/></svg>"


def notebook(*bundles: dict[str, str]) -> dict[str, Any]:
    outputs = [{"output_type": "display_data", "metadata": {}, "data": bundle} for bundle in bundles]
    cell = {"cell_type": "code", "metadata": {}, "source": "", "execution_count": 1, "outputs": outputs}
    return checked({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}, Policy())


def test_each_drawing_gets_a_pdf_once() -> None:
    before = Conversion(
        notebook({"image/svg+xml": SVG, "text/plain": "d"}, {"image/svg+xml": SVG, "application/pdf": "eA=="},
                 {"image/svg+xml": "<svg"}, {"text/plain": "t"}),
        {},
    )  # fmt: skip
    drawn, kept, broken, plain = draw_pdf(before).notebook["cells"][0]["outputs"]
    assert (
        base64.b64decode(drawn["data"]["application/pdf"]).startswith(b"%PDF-") and drawn["data"]["text/plain"] == "d"
    )
    assert kept["data"]["application/pdf"] == "eA==" and set(broken["data"]) == {"image/svg+xml"}
    assert plain["data"] == {"text/plain": "t"}
    assert "application/pdf" not in before.notebook["cells"][0]["outputs"][0]["data"]


def test_latex_shows_the_pdf() -> None:
    made = convert(notebook({"image/svg+xml": SVG, "text/plain": "d"}), "latex")
    (path,) = [path for path in made.files if path.endswith(".pdf")]
    assert path in str(made.content) and made.files[path].startswith(b"%PDF-")
