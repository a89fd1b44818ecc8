from __future__ import annotations

import pytest

from antiphon_nb_convert.media import alternative

SVG = "image/svg+xml"


@pytest.mark.parametrize(
    ("mime", "data", "metadata", "text"),
    [
        ("image/png", {"text/plain": "<Figure size 640x480 with 1 Axes>"}, {}, "Figure size 640x480 with 1 Axes"),
        ("image/png", {"text/plain": "<IPython.core.display.Image object>"}, {}, "Picture"),
        ("image/png", {"text/plain": "a chart"}, {}, "a chart"),
        ("image/png", {"text/plain": "x" * 300}, {}, "Picture"),
        ("image/png", {"text/plain": "a chart"}, {"alt": "sales by month"}, "sales by month"),
        ("image/png", {"text/plain": "a chart"}, {"alt": " "}, "a chart"),
        ("image/png", {}, {"image/png": {"alt": "of this form"}, "alt": "of all forms"}, "of this form"),
        (SVG, {SVG: '<svg><title id="t"> Bread &amp; butter </title></svg>', "text/plain": "x"}, {}, "Bread & butter"),
        (SVG, {SVG: "<svg><title></title></svg>", "text/plain": "<IPython.core.display.SVG object>"}, {}, "Picture"),
    ],
)
def test_what_stands_for_a_picture(mime, data, metadata, text):
    output = {"output_type": "display_data", "data": {mime: "", **data}, "metadata": metadata}
    assert alternative(output, mime) == text
