from __future__ import annotations

import threading

from antiphon_kernel_base.frontend import Frontend
from antiphon_kernel_base.publisher import Publisher
from antiphon_wire_protocol.message.content import ClearOutput, ExecuteReply, ExecuteRequest
from antiphon_wire_protocol.message.session import Session


def make():
    session = Session()
    wakes = []
    publisher = Publisher(session, lambda: wakes.append(1))
    request = session.read(session.frames(session.message(ExecuteRequest(code="x"))))
    return publisher, request, wakes


def taken(publisher, flush=True):
    out = []
    session = Session()
    wait = publisher.take(lambda channel, frames: out.append((channel, session.read(frames).content)), flush=flush)
    return out, wait


def test_one_line_for_everything():
    publisher, request, _ = make()
    frontend = Frontend(request, publisher)
    frontend.stream("stdout", "a")
    frontend.stream("stdout", "b")
    frontend.clear()
    frontend.stream("stdout", "c")
    publisher.send("shell", publisher.session.message(ExecuteReply(), parent=request))
    out, _ = taken(publisher)
    assert [channel for channel, _ in out] == ["iopub", "iopub", "iopub", "shell"]
    assert [getattr(content, "text", None) for _, content in out] == ["ab", None, "c", None]


def test_the_first_text_leaves_at_once_and_the_next_is_gathered():
    publisher, request, wakes = make()
    frontend = Frontend(request, publisher)
    frontend.stream("stdout", "first\n")
    assert wakes
    out, wait = taken(publisher, flush=False)
    assert [content.text for _, content in out] == ["first\n"] and wait is None
    woken = len(wakes)
    for _ in range(100):
        frontend.stream("stdout", ".")
    assert len(wakes) == woken + 1, "a hundred writes wake the owner once"
    out, wait = taken(publisher, flush=False)
    assert out == [] and 0 < wait <= 0.02
    frontend.clear()
    out, _ = taken(publisher, flush=False)
    assert [type(content).__name__ for _, content in out] == ["Stream", "ClearOutput"], "nothing waits behind an event"


def test_a_line_and_its_end_leave_together():
    publisher, request, _ = make()
    frontend = Frontend(request, publisher)
    frontend.stream("stdout", "line")
    out, wait = taken(publisher, flush=False)
    assert out == [] and 0 < wait <= 0.01
    frontend.stream("stdout", "\n")
    out, _ = taken(publisher, flush=False)
    assert [content.text for _, content in out] == ["line\n"]


def test_a_line_without_an_end_does_not_wait_for_one():
    publisher, request, _ = make()
    Frontend(request, publisher).stream("stdout", "prompt: ")
    taken(publisher, flush=False)
    out, _ = taken(publisher, flush=False)
    assert [content.text for _, content in out] == ["prompt: "]


def test_what_user_code_changes_later_does_not_change_what_was_shown():
    publisher, request, _ = make()
    data = {"application/json": {"n": 1}}
    Frontend(request, publisher).display(data)
    data["application/json"]["n"] = 2
    out, _ = taken(publisher)
    assert out[0][1].data == {"application/json": {"n": 1}}


def test_a_call_is_a_barrier():
    publisher, request, _ = make()
    seen = []
    publisher.publish(ClearOutput(), request)
    publisher.call(lambda: seen.append("barrier"))
    publisher.publish(ClearOutput(), request)
    publisher.take(lambda channel, frames: seen.append(channel))
    assert seen == ["iopub", "barrier", "iopub"]


def test_no_text_of_many_threads_is_lost():
    publisher, request, _ = make()
    frontend = Frontend(request, publisher)
    lines = 3_000
    writers = [
        threading.Thread(target=lambda name=name: [frontend.stream("stdout", name) for _ in range(lines)])
        for name in "abcd"
    ]
    out: list[str] = []
    session = Session()
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        publisher.take(lambda channel, frames: out.append(session.read(frames).content.text))
    publisher.take(lambda channel, frames: out.append(session.read(frames).content.text), flush=True)
    text = "".join(out)
    assert {name: text.count(name) for name in "abcd"} == dict.fromkeys("abcd", lines)
