from __future__ import annotations

import os

import pytest

from antiphon_kernel_base import originals
from antiphon_kernel_base.originals import Original


def test_what_is_read_arrives_whole():
    reading, writing = os.pipe()
    assert Original(writing).write(b"x" * 5000) == 5000
    assert os.read(reading, 9000) == b"x" * 5000
    Original(writing).line("a \udc80 line")
    assert os.read(reading, 99) == b"a \\udc80 line\n"
    os.close(reading)
    os.close(writing)


def test_a_closed_end_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    assert Original(writing).write(b"words") == 0
    os.close(writing)
    assert Original(writing).write(b"words") == 0


@pytest.mark.skipif(os.name == "nt", reason="a pipe cannot be asked there")
def test_what_nobody_reads_is_waited_for_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(originals, "PATIENCE", 0.05)
    reading, writing = os.pipe()
    original = Original(writing)
    room = original.write(b"x" * 1_000_000)
    assert 0 < room < 1_000_000
    monkeypatch.setattr(originals, "PATIENCE", 1000)  # a second wait would show
    assert original.write(b"lost") == 0
    os.read(reading, room)
    assert original.write(b"heard again") == 11
    assert os.read(reading, 99) == b"heard again"
    os.close(reading)
    os.close(writing)
