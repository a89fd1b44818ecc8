"""The comparison can fail, and passes over nothing but names drawn by chance and times."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from comparing import Names, comparable, differences
from PIL import Image


def compare(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> list[str]:
    return differences(comparable(ours, Names()), comparable(theirs, Names()))


def picture(colour: str, size: tuple[int, int] = (4, 4)) -> dict[str, Any]:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return {"type": "display_data", "data": {"image/png": base64.b64encode(file.getvalue()).decode()}}


HTML = {"type": "display_data", "data": {"text/html": "<b>x</b>", "text/plain": "x"}}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ([], [HTML]),
        ([HTML, HTML], [HTML]),
        ([{"type": "execute_result", "data": HTML["data"]}], [HTML]),
        ([{"type": "display_data", "data": {"text/plain": "x"}}], [HTML]),
        ([{"type": "display_data", "data": {"text/html": "<b>y</b>", "text/plain": "x"}}], [HTML]),
        ([{"type": "stream", "name": "stdout", "text": "1"}], [{"type": "stream", "name": "stdout", "text": "2"}]),
        ([picture("red")], [picture("blue")]),
        ([picture("red")], [picture("red", (5, 4))]),
        ([{"type": "comm_msg", "comm_id": "a" * 32}, {"type": "comm_msg", "comm_id": "b" * 32}],
         [{"type": "comm_msg", "comm_id": "c" * 32}, {"type": "comm_msg", "comm_id": "c" * 32}]),
    ],
)  # fmt: skip
def test_what_differs_is_found(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> None:
    assert compare(ours, theirs)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ([HTML], [HTML]),
        ([picture("#ff0000")], [picture("#fe0101")]),
        ([{"type": "comm_msg", "comm_id": "a" * 32}], [{"type": "comm_msg", "comm_id": "b" * 32}]),
        ([{"type": "stream", "text": "<a at 0x7f00aa12>"}], [{"type": "stream", "text": "<a at 0x7f11bb34>"}]),
        ([{"type": "stream", "text": "3/3 [00:00<00:00, 12.5it/s]"}],
         [{"type": "stream", "text": "3/3 [00:01<00:00, 9.1it/s]"}]),
    ],
)  # fmt: skip
def test_what_varies_at_every_run_is_not(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> None:
    assert compare(ours, theirs) == []
