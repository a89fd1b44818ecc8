from __future__ import annotations

import io

import pytest

from antiphon_kernel_base.frontend import Frontend
from antiphon_kernel_base.publisher import Publisher
from antiphon_kernel_base.streams import FrontendStream
from antiphon_wire_protocol.message.session import Session


class Heard(Frontend):
    """A frontend whose text stays where it can be read."""

    def __init__(self):
        super().__init__(None, Publisher(Session(), lambda: None))

    @property
    def text(self):
        return [(self.run.name, part) for part in self.run.parts] if self.run is not None else []


@pytest.fixture
def heard():
    return Heard()


def test_a_write_goes_to_the_current_frontend(heard):
    stream = FrontendStream("stdout", current=lambda: heard)
    print("a", 1, file=stream)
    assert "".join(text for _, text in heard.text) == "a 1\n"
    assert stream.writable() and not stream.isatty() and stream.encoding == "UTF-8"


def test_without_a_frontend_it_goes_where_it_would_have_gone():
    original = io.StringIO()
    FrontendStream("stderr", original, current=lambda: None).write("early")
    assert original.getvalue() == "early"


def test_bytes_are_text_in_the_making(heard):
    stream = FrontendStream("stdout", current=lambda: heard)
    euro = "€".encode()
    stream.buffer.write(euro[:1])
    stream.buffer.write(euro[1:])
    assert "".join(text for _, text in heard.text) == "€"


def test_closing_does_not_silence(heard):
    stream = FrontendStream("stdout", current=lambda: heard)
    stream.close()
    stream.write("still here")
    assert heard.text


def test_only_text(heard):
    with pytest.raises(TypeError, match="bytes"):
        FrontendStream("stdout", current=lambda: heard).write(b"x")


def test_redirected_for_a_forked_child(heard):
    stream = FrontendStream("stdout", current=lambda: heard)
    file = io.StringIO()
    stream.redirect(file)
    stream.write("child")
    assert file.getvalue() == "child" and not heard.text


def test_what_was_written_by_other_ways_is_put_in_line_before_each_piece_of_text(heard):
    caught_up = []
    stream = FrontendStream("stdout", current=lambda: heard, catch_up=lambda: caught_up.append(len(heard.text)))
    print("one", file=stream)
    print("two", file=stream)
    assert caught_up == [0, 2], "before the text, and not again before the end of its line"
    stream.redirect(io.StringIO())
    stream.write("in a forked child")
    assert len(caught_up) == 2
