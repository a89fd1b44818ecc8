from __future__ import annotations

import threading

from antiphon_kernel_base import Frontend, current_frontend
from antiphon_kernel_base.frontend import use_frontend
from antiphon_kernel_base.publisher import Publisher
from antiphon_wire_protocol.message.session import Session


def test_the_newest_frontend_is_that_of_threads_without_one():
    first, second = (Frontend(None, Publisher(Session(), lambda: None)) for _ in range(2))
    seen = []
    with use_frontend(first):
        assert current_frontend() is first
        with use_frontend(second):
            assert current_frontend() is second
        thread = threading.Thread(target=lambda: seen.append(current_frontend()))
        thread.start()
        thread.join()
        assert current_frontend() is first
    assert seen == [second]


def test_text_that_an_interrupt_kept_from_being_queued_comes_before_what_follows():
    sent = []
    session = Session()
    publisher = Publisher(session, lambda: None)
    frontend = Frontend(None, publisher)
    frontend.begin("stdout").parts.append("half a print")  # and the interrupt hits before it is queued
    frontend.error("KeyboardInterrupt", "", [])
    publisher.take(lambda channel, frames: sent.append(session.read(frames).msg_type), flush=True)
    assert sent == ["stream", "error"]
