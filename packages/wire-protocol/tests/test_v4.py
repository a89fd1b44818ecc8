"""Version 4 as IPython 1 and 2 spoke it, and the kernels written for them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_wire_protocol.errors import RemoteProtocolError
from antiphon_wire_protocol.message import content as c
from antiphon_wire_protocol.message.messages import Message
from antiphon_wire_protocol.message.session import DELIMITER, Session
from antiphon_wire_protocol.message.v4 import _FROM_V4, REMEMBERED, V4Peer, speaks_v4

OURS = Session()


def said(msg_type: str, content: Any, parent: dict[str, Any] | None = None) -> Message:
    """A message of a version 4 peer, taken in as version 4: no date and no version in its header."""
    return said_to(V4Peer(), msg_type, content, parent)


def said_to(peer: V4Peer, msg_type: str, content: Any, parent: dict[str, Any] | None = None) -> Message:
    header = {"msg_id": "1", "msg_type": msg_type, "session": "s", "username": "u"}
    frames = [DELIMITER, b"", *(json.dumps(part).encode() for part in (header, parent or {}, {}, content))]
    return peer.read(lambda: OURS.read(frames))


def written(message: Message) -> tuple[str, dict[str, Any]]:
    """Type and content as a version 4 peer reads them."""
    frames = OURS.frames(V4Peer().to_v4(message))
    return json.loads(bytes(frames[2]))["msg_type"], json.loads(bytes(frames[5]))


@pytest.mark.parametrize(
    ("version", "old"),
    [
        ([4, 1], True),
        ([4, 0], True),
        ("4.1", True),
        ([5, 0], False),
        ("5.5", False),
        ("", False),
        (None, False),
        ("41", False),
    ],
)
def test_who_speaks_version_4(version: object, old: bool) -> None:
    assert speaks_v4(version) is old


def test_old_names_get_their_new_ones() -> None:
    assert said("pyin", {"code": "x", "execution_count": 1}).content == c.ExecuteInput(code="x", execution_count=1)
    error = said("pyerr", {"ename": "E", "evalue": "v", "traceback": ["t"]})
    assert error.content == c.Error(ename="E", evalue="v", traceback=["t"])
    assert error.msg_type == "error"
    result = said("pyout", {"data": {"text/plain": "1"}, "metadata": {}, "execution_count": 1})
    assert result.content == c.ExecuteResult(execution_count=1, data={"text/plain": "1"})


def test_a_parents_name_is_renewed_too() -> None:
    parent = {"msg_id": "2", "msg_type": "object_info_request", "session": "s", "username": "u"}
    message = said("status", {"execution_state": "busy"}, parent)
    assert message.parent_header is not None
    assert (message.parent_header.msg_type, message.parent_id) == ("inspect_request", "2")


def test_a_stream_has_text() -> None:
    assert said("stream", {"name": "stderr", "data": "x"}).content == c.Stream(name="stderr", text="x")


def test_json_was_text() -> None:
    message = said("display_data", {"source": "x", "data": {"application/json": '{"a": 1}'}, "metadata": {}})
    assert message.content == c.DisplayData(data={"application/json": {"a": 1}})


def test_kernel_info() -> None:
    old = {
        "protocol_version": [4, 1],
        "ipython_version": [2, 0, 0, ""],
        "language_version": [2, 7, 6],
        "language": "python",
    }
    assert said("kernel_info_reply", old).content == c.KernelInfoReply(
        protocol_version="4.1",
        implementation="ipython",
        implementation_version="2.0.0",
        language_info={"name": "python", "version": "2.7.6"},
    )


def test_an_inspection_is_read_from_its_parts() -> None:
    found = said(
        "object_info_reply", {"name": "f", "found": True, "definition": "f(x)", "docstring": "Does.", "source": None}
    )
    assert found.content == c.InspectReply(found=True, data={"text/plain": "f(x)\n\nDoes."})
    assert said("object_info_reply", {"name": "f", "found": False}).content == c.InspectReply()


def test_a_completion_knows_where_it_was_asked_for() -> None:
    peer = V4Peer()
    request = OURS.message(c.CompleteRequest(code="a = 1\nprint(a.rea", cursor_pos=17))
    sent = peer.to_v4(request)
    assert c.fields(sent.content) == {"text": "", "line": "print(a.rea", "block": None, "cursor_pos": 11}
    parent = {"msg_id": request.msg_id, "msg_type": "complete_request", "session": "s", "username": "u"}
    got = said_to(peer, "complete_reply", {"matches": ["a.real"], "matched_text": "a.rea", "status": "ok"}, parent)
    assert got.content == c.CompleteReply(matches=["a.real"], cursor_start=12, cursor_end=17)


def test_completions_without_an_answer_do_not_pile_up() -> None:
    peer = V4Peer()
    for _ in range(REMEMBERED + 10):
        peer.to_v4(OURS.message(c.CompleteRequest(code="x", cursor_pos=1)))
    assert len(peer._cursors) == REMEMBERED


def test_a_page_is_a_bundle() -> None:
    old = {
        "status": "ok",
        "execution_count": 1,
        "payload": [{"source": "IPython.kernel.zmq.page.page", "text": "help", "start_line_number": 2}],
        "user_variables": {},
        "user_expressions": {},
    }
    content = said("execute_reply", old).content
    assert isinstance(content, c.ExecuteReply)
    assert content.payload == [{"source": "page", "data": {"text/plain": "help"}, "start": 2}]


def test_requests_of_old_clients() -> None:
    assert said("object_info_request", {"oname": "a.b", "detail_level": 1}).content == c.InspectRequest(
        code="a.b", cursor_pos=3, detail_level=1
    )
    assert said("complete_request", {"text": "a.", "line": "x = a.", "block": None, "cursor_pos": 6}).content == (
        c.CompleteRequest(code="x = a.", cursor_pos=6)
    )


@pytest.mark.parametrize(
    ("code", "cursor", "name"),
    [
        ("a.b.c", 5, "a.b.c"),
        ("f(x)", 1, "f"),
        ("f(", 2, "f"),
        ("x = long.na", 11, "long.na"),
        ("1 + ", 4, ""),
        ("l\nm.", 4, "m"),
    ],
)
def test_the_name_at_the_cursor_is_asked_about(code: str, cursor: int, name: str) -> None:
    request = OURS.message(c.InspectRequest(code=code, cursor_pos=cursor))
    assert written(request) == ("object_info_request", {"oname": name, "detail_level": 0})


def test_answers_for_old_clients() -> None:
    assert written(OURS.message(c.Stream(name="stdout", text="x"))) == ("stream", {"name": "stdout", "data": "x"})
    assert written(OURS.message(c.ExecuteInput(code="x", execution_count=1)))[0] == "pyin"
    assert written(OURS.message(c.ExecuteResult(execution_count=1, data={"application/json": {"a": 1}}))) == (
        "pyout",
        {"source": "", "execution_count": 1, "data": {"application/json": '{"a":1}'}, "metadata": {}},
    )
    assert written(
        OURS.message(c.KernelInfoReply(protocol_version="5.5", language_info={"name": "p", "version": "3.11"}))
    ) == (
        "kernel_info_reply",
        {"protocol_version": [4, 1], "language": "p", "language_version": [3, 11]},
    )
    assert written(OURS.message(c.InspectReply(found=True, data={"text/plain": "d"})))[1]["docstring"] == "d"
    assert written(OURS.message(c.ExecuteRequest(code="x")))[1]["user_variables"] == []


def test_what_both_versions_share_goes_through() -> None:
    for content in (c.Status(execution_state="busy"), c.CommMsg(comm_id="i", data={"a": 1}), c.InputReply(value="x")):
        message = OURS.message(content, buffers=(b"b",))
        name, fields = written(message)
        assert said(name, fields).content == content
        assert V4Peer().to_v4(message).buffers == (b"b",)


def test_what_is_neither_version_is_refused() -> None:
    with pytest.raises(RemoteProtocolError, match="content of status"):
        said("status", {"state": "busy"})


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "data",
    "name",
    "text",
    "line",
    "oname",
    "cursor_pos",
    "matched_text",
    "matches",
    "payload",
    "found",
    "docstring",
]
FIELDS += ["protocol_version", "language", "language_version", "ipython_version", "source"]


@given(st.sampled_from([*_FROM_V4, "complete_reply"]), st.dictionaries(st.sampled_from(FIELDS), json_like) | json_like)
def test_random_content_is_a_message_or_a_protocol_error(msg_type: str, content: object) -> None:
    try:
        said(msg_type, content)
    except RemoteProtocolError as error:
        assert str(error)
