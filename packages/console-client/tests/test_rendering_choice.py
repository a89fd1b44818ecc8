"""Which form of a value is shown."""

from __future__ import annotations

import pytest

from antiphon_console_client.rendering import Look, choose
from antiphon_console_client.rendering.choice import DEFAULT_PREFERENCE

LOOK = Look(colour=False)
HTML = {"text/html": "<table><tr><td>1</table>", "text/plain": "   a\n0  1"}


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        ({"text/plain": "x", "image/png": "AAAA"}, "text/plain"),
        ({"text/markdown": "x", "text/plain": "<Markdown object>"}, "text/markdown"),
        (HTML, "text/plain"),
        ({"text/html": "<b>x</b>", "text/plain": "<IPython.core.display.HTML object>"}, "text/html"),
        ({"text/html": "<b>x</b>"}, "text/html"),
        ({"text/latex": "$x$", "text/plain": "x"}, "text/latex"),
        ({"text/latex": "$x$", "text/plain": " 2\nx"}, "text/plain"),
        ({"application/json": [1], "text/plain": "<JSON object>"}, "application/json"),
        (
            {"application/vnd.jupyter.widget-view+json": {}, "text/html": "<b>", "text/plain": "IntSlider()"},
            "text/plain",
        ),
        ({"application/x": 1}, ""),
        ({"application/json": "not json"}, ""),
    ],
)
def test_the_built_in_order(data: dict[str, object], mime: str) -> None:
    assert choose(data, {}, (), LOOK).mime == mime


def test_an_order_of_ones_own_is_taken_as_it_stands() -> None:
    assert choose(HTML, {}, ("text/html", "text/plain"), LOOK).mime == "text/html"
    assert choose({"text/latex": "$x$", "text/plain": "x"}, {}, ("text/plain",), LOOK).mime == "text/plain"
    assert choose(HTML, {}, DEFAULT_PREFERENCE, LOOK).mime == "text/plain"


def test_an_image_goes_first_where_it_can_be_drawn() -> None:
    data = {"image/png": "AAAA", "text/plain": "<Figure>"}
    chosen = choose(data, {"image/png": {"width": 3}}, (), Look(pictures=True))
    assert (chosen.mime, chosen.text, chosen.metadata) == ("image/png", "<Figure>", {"width": 3})
