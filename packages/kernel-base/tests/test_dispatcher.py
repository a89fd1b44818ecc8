from __future__ import annotations

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings

from antiphon_kernel_base import KernelBase
from antiphon_kernel_base.dispatcher import TABLE
from antiphon_kernel_base.testing import Bench
from antiphon_wire_protocol.errors import MalformedContent, ProtocolError
from antiphon_wire_protocol.message.content import (
    CommOpen,
    CompleteReply,
    CompleteRequest,
    ExecuteRequest,
    InspectRequest,
    InterruptRequest,
    KernelInfoRequest,
    ShutdownRequest,
    UnknownContent,
)
from antiphon_wire_protocol.message.session import DELIMITER


class Fragile(KernelBase):
    language = "fragile"

    def run(self, code, frontend):
        if code == "fail":
            raise ValueError(code)
        if code == "unjson":
            frontend.display({"text/plain": object()})
        return None

    def complete(self, code, cursor_pos):
        if code == "unjson":
            return CompleteReply(metadata={"x": object()})
        raise RuntimeError("completion is broken")

    def comm(self, message, frontend):
        raise RuntimeError("comms are broken")


def shape(sent):
    """(channel, what) of each message: enough to see the order."""
    return [
        (one.channel, getattr(one.message.content, "execution_state", None) or one.message.msg_type) for one in sent
    ]


def once_each(sent, reply):
    assert shape(sent)[0] == ("iopub", "busy")
    assert shape(sent)[-1] == ("iopub", "idle")
    states = [what for _, what in shape(sent)]
    assert states.count("busy") == states.count("idle") == 1
    assert len([one for one in sent if one.channel != "iopub"]) == (1 if reply else 0)


def test_busy_input_reply_idle():
    sent = Bench(Fragile()).handle(ExecuteRequest(code="x"))
    assert shape(sent) == [
        ("iopub", "busy"),
        ("iopub", "execute_input"),
        ("shell", "execute_reply"),
        ("iopub", "idle"),
    ]
    parents = {one.message.parent_header for one in sent}
    assert len(parents) == 1 and None not in parents
    assert sent[2].message.idents == (b"client",)


def test_a_failed_cell_aborts_those_behind_it_until_the_fence():
    bench = Bench(Fragile())
    bench.handle(ExecuteRequest(code="fail"))
    assert bench.fences == 1
    aborted = bench.handle(ExecuteRequest(code="x"))
    assert aborted[1].message.content.status == "aborted"
    once_each(aborted, reply=True)
    assert bench.handle(KernelInfoRequest())[1].message.content.status == "ok"
    bench.dispatcher.fence_passed()
    assert bench.handle(ExecuteRequest(code="x"))[2].message.content.status == "ok"


def test_a_failed_cell_that_was_told_not_to_aborts_nothing():
    bench = Bench(Fragile())
    bench.handle(ExecuteRequest(code="fail", stop_on_error=False))
    assert bench.fences == 0
    assert bench.handle(ExecuteRequest(code="x"))[2].message.content.status == "ok"


def test_a_handler_that_raises_still_answers():
    sent = Bench(Fragile()).handle(CompleteRequest(code="x", cursor_pos=1))
    once_each(sent, reply=True)
    assert (sent[1].message.content.status, sent[1].message.content.evalue) == ("error", "completion is broken")


def test_a_reply_that_is_not_json_becomes_an_error_reply():
    sent = Bench(Fragile()).handle(CompleteRequest(code="unjson", cursor_pos=1))
    once_each(sent, reply=True)
    assert sent[1].message.content.status == "error"
    assert "not JSON" in sent[1].message.content.evalue


def test_output_that_is_not_json_is_an_error_of_the_cell():
    sent = Bench(Fragile()).handle(ExecuteRequest(code="unjson"))
    once_each(sent, reply=True)
    assert "not JSON" in sent[-2].message.content.evalue


def test_a_comm_handler_that_raises_tells_on_stderr_and_sends_no_reply():
    sent = Bench(Fragile()).handle(CommOpen(comm_id="1", target_name="t"))
    once_each(sent, reply=False)
    assert "comms are broken" in sent[1].message.content.text


def test_unknown_types_are_answered():
    sent = Bench(Fragile()).handle(UnknownContent("tea_request", {"sugar": 2}))
    once_each(sent, reply=True)
    assert sent[1].message.msg_type == "tea_reply"
    assert sent[1].message.content.fields["status"] == "error"


def test_an_unknown_subshell_is_an_error():
    sent = Bench(Fragile()).handle(ExecuteRequest(code="x"), subshell_id="nobody")
    once_each(sent, reply=True)
    assert "nobody" in sent[1].message.content.evalue


def test_interrupts_come_on_control_only():
    assert Bench(Fragile()).handle(InterruptRequest(), "shell")[1].message.content.status == "error"


def test_shutdown_is_told_to_everybody():
    bench = Bench(Fragile())
    sent = bench.handle(ShutdownRequest(restart=True), "control")
    assert shape(sent) == [
        ("iopub", "busy"),
        ("iopub", "shutdown_reply"),
        ("control", "shutdown_reply"),
        ("iopub", "idle"),
    ]
    assert bench.stopped is True


def test_only_what_runs_no_user_code_is_answered_while_busy():
    assert {kind.msg_type for kind, row in TABLE.items() if row.while_busy} == {
        "kernel_info_request",
        "connect_request",
        "interrupt_request",
        "shutdown_request",
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(
    msg_type=st.sampled_from([kind.msg_type for kind in TABLE] + ["x_request", "comm_msg", "debug_request", ""]),
    content=st.dictionaries(st.sampled_from(["code", "cursor_pos", "comm_id", "data", "session", "n"]), JSON),
    metadata=JSON,
    channel=st.sampled_from(["shell", "control"]),
    frames=st.lists(st.binary(max_size=4), max_size=3),
)
def test_whatever_comes_is_answered_once_or_refused_by_name(msg_type, content, metadata, channel, frames):
    bench = Bench(Fragile())
    header = msgspec.json.encode({"msg_id": "1", "msg_type": msg_type})
    wire = [
        b"me",
        DELIMITER,
        b"",
        header,
        b"{}",
        msgspec.json.encode(metadata),
        msgspec.json.encode(content),
        *frames,
    ]
    try:
        request = bench.client.read(wire)
    except MalformedContent as error:
        bench.dispatcher.refuse(error, channel)
    except ProtocolError:
        return
    else:
        bench.dispatcher.handle(request, channel)
    once_each(bench.sent(), reply=msg_type.endswith("_request"))


def test_malformed_content_is_refused_with_a_reply():
    bench = Bench(Fragile())
    bad = bench.client.message(UnknownContent("inspect_request", {"code": 3}), idents=(b"c",))
    with pytest.raises(MalformedContent) as caught:
        bench.client.read(bench.client.frames(bad))
    bench.dispatcher.refuse(caught.value, "shell")
    sent = bench.sent()
    once_each(sent, reply=True)
    assert sent[1].message.msg_type == InspectRequest.msg_type.replace("request", "reply")
    assert "cursor_pos" in sent[1].message.content.evalue or "code" in sent[1].message.content.evalue
