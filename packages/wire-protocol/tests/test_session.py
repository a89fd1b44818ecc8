from __future__ import annotations

import datetime
import hashlib
import hmac
import json
import os
import re
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_wire_protocol.errors import (
    BadSignature,
    LocalProtocolError,
    MalformedContent,
    ProtocolError,
    RemoteProtocolError,
    ReplayedSignature,
)
from antiphon_wire_protocol.message.content import (
    CommMsg,
    DisplayData,
    ExecuteReply,
    ExecuteRequest,
    Status,
    Stream,
    UnknownContent,
)
from antiphon_wire_protocol.message.messages import PROTOCOL_VERSION
from antiphon_wire_protocol.message.session import DELIMITER, Session
from antiphon_wire_protocol.testing import carry, paired_sessions

KEY = b"a key"


def signed(
    *parts: bytes, key: bytes = KEY, idents: tuple[bytes, ...] = (), buffers: tuple[bytes, ...] = ()
) -> list[bytes]:
    """Frames as a peer that is not ours makes them."""
    digest = hmac.new(key, b"".join(parts), hashlib.sha256).hexdigest().encode() if key else b""
    return [*idents, DELIMITER, digest, *parts, *buffers]


def header(msg_type: str = "status", **more: Any) -> bytes:
    return json.dumps({"msg_id": "1", "msg_type": msg_type, **more}).encode()


# ── there and back ───────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_written_is_read() -> None:
    client, kernel = paired_sessions()
    sent = client.message(
        ExecuteRequest(code="1+1"), metadata={"cellId": "x"}, buffers=(b"one", b"two"), idents=(b"identity",)
    )
    got = carry(sent, client, kernel)
    assert (got.header, got.content, got.metadata, got.buffers, got.idents) == (
        sent.header,
        sent.content,
        sent.metadata,
        sent.buffers,
        sent.idents,
    )
    assert got.parent_header is None
    assert got.parent_id == ""


def test_the_frames_are_those_of_the_specification() -> None:
    session = Session(KEY, session_id="s", username="u")
    message = session.message(Status(execution_state="busy"), idents=(b"topic",), buffers=(b"buffer",))
    frames = [bytes(frame) for frame in session.frames(message)]
    assert frames[:2] == [b"topic", b"<IDS|MSG>"]
    assert frames[2] == hmac.new(KEY, b"".join(frames[3:7]), hashlib.sha256).hexdigest().encode()
    assert frames[4:] == [b"{}", b"{}", b'{"execution_state":"busy"}', b"buffer"]
    written = json.loads(frames[3])
    assert list(written) == ["msg_id", "msg_type", "session", "username", "date", "version"]
    assert (written["msg_type"], written["session"], written["username"]) == ("status", "s", "u")
    assert written["version"] == PROTOCOL_VERSION == "5.5"
    date = datetime.datetime.fromisoformat(written["date"])
    assert abs(datetime.datetime.now(datetime.UTC) - date) < datetime.timedelta(minutes=1)
    assert re.search(r"\.\d{6}Z$", written["date"])


def test_a_reply_names_its_request() -> None:
    client, kernel = paired_sessions()
    request = carry(client.message(ExecuteRequest(code="x")), client, kernel)
    reply = carry(kernel.message(ExecuteReply(execution_count=1), parent=request), kernel, client)
    assert reply.parent_header == request.header
    assert reply.parent_id == request.msg_id
    assert reply.header.session == kernel.session_id != client.session_id


def test_a_parents_unknown_fields_come_back_to_its_sender() -> None:
    session = Session(KEY)
    request = session.read(signed(header("execute_request", colour="green"), b"{}", b"{}", b'{"code": ""}'))
    frames = session.frames(session.message(ExecuteReply(), parent=request))
    assert json.loads(bytes(frames[3]))["colour"] == "green"


def test_message_ids_are_unique_across_threads() -> None:
    session = Session()
    ids: list[str] = []

    def build() -> None:
        ids.extend([session.message(Status(execution_state="busy")).msg_id for _ in range(500)])

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 2000


def test_a_subshell_is_named_in_the_header() -> None:
    client, kernel = paired_sessions()
    got = carry(client.message(ExecuteRequest(code=""), subshell_id="sub"), client, kernel)
    assert got.subshell_id == "sub"
    assert carry(client.message(ExecuteRequest(code="")), client, kernel).subshell_id is None
    null = Session(KEY).read(signed(header(subshell_id=None), b"{}", b"{}", b'{"execution_state":"idle"}'))
    assert null.subshell_id is None


# ── strangers survive ────────────────────────────────────────────────────────────────────────────────────────

UNTIDY = [
    b'{"msg_id": "7","msg_type":  "teleport_request", "future": [1, {"x": null}]}',
    b'{"msg_id":"6", "msg_type":"other" , "future": 1}',
    b'{ "deep": {"er": [1.0, 1e3]} }',
    b'{"where": "there", "big": 123456789012345678901234567890, "e": "\\u00e9"}',
]


def test_metadata_that_is_null_is_none() -> None:
    said = Session(KEY).read(signed(header("iopub_welcome"), b"{}", b"null", b'{"subscription":""}'))
    assert said.metadata == {}


def test_unknown_types_and_fields_survive_byte_for_byte() -> None:
    session = Session(KEY)
    frames = signed(*UNTIDY, idents=(b"a", b"b"), buffers=(b"\x00" * 10,))
    message = session.read(frames)
    assert message.content == UnknownContent("teleport_request", json.loads(UNTIDY[3]))
    assert [bytes(frame) for frame in session.frames(message)] == frames


def test_unknown_fields_of_known_types_survive_byte_for_byte() -> None:
    session = Session(KEY)
    frames = signed(header("stream"), b"null", b"{ }", b'{"name": "stdout", "text": "x", "colour" : 3}')
    message = session.read(frames)
    assert message.content == Stream(name="stdout", text="x")
    assert [bytes(frame) for frame in session.frames(message)] == frames


def test_what_is_changed_is_sent_changed_and_the_rest_as_it_came() -> None:
    session = Session(KEY)
    message = session.read(signed(*UNTIDY))
    changed = session.frames(message.changed(metadata={"new": 1}, idents=(b"elsewhere",)))
    assert [bytes(frame) for frame in changed][3:] == [UNTIDY[0], UNTIDY[1], b'{"new":1}', UNTIDY[3]]
    assert changed[0] == b"elsewhere"
    other = session.frames(message.changed(content=Stream(name="stderr", text="y"), buffers=(b"z",)))
    assert other[4:] == [UNTIDY[2], b'{"name":"stderr","text":"y"}', b"z"]


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none() | st.lists(st.floats(-1e9, 1e9))))
def test_unknown_content_is_carried_as_it_is(fields: dict[str, Any]) -> None:
    client, kernel = paired_sessions()
    sent = client.message(UnknownContent("something_new", fields))
    assert carry(sent, client, kernel).content == UnknownContent("something_new", fields)


# ── buffers ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_buffers_are_never_copied() -> None:
    client, kernel = paired_sessions()
    array = np.arange(1000.0)
    own = bytearray(b"mine")
    frames = client.frames(client.message(CommMsg(comm_id="c"), buffers=(array.data, own, b"x")))
    assert np.shares_memory(np.frombuffer(frames[-3], dtype=float), array)
    assert frames[-2] is own
    message = kernel.read(frames)  # type: ignore[arg-type]
    assert all(got is sent for got, sent in zip(message.buffers, frames[-3:], strict=True))


def test_a_buffer_in_pieces_or_of_no_bytes_is_refused() -> None:
    session = Session()
    with pytest.raises(LocalProtocolError, match="buffer 1 is not contiguous"):
        session.frames(session.message(CommMsg(comm_id="c"), buffers=(b"", memoryview(b"abcd")[::2])))
    with pytest.raises(LocalProtocolError, match="buffer 0 is a str"):
        session.frames(session.message(CommMsg(comm_id="c"), buffers=("text",)))  # type: ignore[arg-type]


def test_frames_may_be_memory_views() -> None:
    client, kernel = paired_sessions()
    sent = client.message(Stream(name="stdout", text="x"), idents=(b"topic",))
    got = kernel.read([memoryview(frame) for frame in client.frames(sent)])
    assert (got.content, got.idents) == (sent.content, (b"topic",))


def test_a_large_message_passes() -> None:
    client, kernel = paired_sessions()
    text = "x" * 20_000_000
    assert carry(client.message(Stream(name="stdout", text=text)), client, kernel).content == Stream(
        name="stdout", text=text
    )


# ── theirs: refused, saying what was wrong ───────────────────────────────────────────────────────────────────

GOOD = (header(), b"{}", b"{}", b'{"execution_state": "idle"}')


@pytest.mark.parametrize(
    ("frames", "error", "text"),
    [
        ([], RemoteProtocolError, "no <IDS|MSG> delimiter"),
        ([b"x", b"y"], RemoteProtocolError, "no <IDS|MSG> delimiter"),
        (signed(*GOOD)[:-1], RemoteProtocolError, "4 frames after the delimiter, at least 5 expected"),
        ([DELIMITER], RemoteProtocolError, "0 frames after the delimiter"),
        ([DELIMITER, b"", *GOOD], BadSignature, "not signed"),
        (signed(*GOOD, key=b"other"), BadSignature, "another key"),
        (signed(b"{", *GOOD[1:]), RemoteProtocolError, "header is not JSON"),
        (signed(b"[]", *GOOD[1:]), RemoteProtocolError, "header: Expected `object`, got `array`"),
        (signed(b'{"msg_id": "1"}', *GOOD[1:]), RemoteProtocolError, "header: .*msg_type"),
        (signed(b'{"msg_id": 1, "msg_type": "x"}', *GOOD[1:]), RemoteProtocolError, r"header: .*\$.msg_id"),
        (signed(GOOD[0], b"[1]", *GOOD[2:]), RemoteProtocolError, "parent_header: Expected `object"),
        (signed(GOOD[0], b'{"a": 1}', *GOOD[2:]), RemoteProtocolError, "parent_header: .*msg_id"),
        (signed(*GOOD[:2], b"3", GOOD[3]), RemoteProtocolError, "metadata: Expected `object | null`, got `int`"),
        (signed(*GOOD[:3], b"{"), MalformedContent, "content of status is not JSON"),
        (signed(*GOOD[:3], b"{}"), MalformedContent, "content of status: .*execution_state"),
        (signed(header("news"), *GOOD[1:3], b"[]"), MalformedContent, "content of news: Expected `object`"),
    ],
)
def test_what_breaks_the_protocol_is_named(frames: list[bytes], error: type[ProtocolError], text: str) -> None:
    with pytest.raises(error, match=text):
        Session(KEY).read(frames)


def test_malformed_content_leaves_enough_to_answer() -> None:
    with pytest.raises(MalformedContent) as caught:
        Session(KEY).read(signed(header("execute_request"), *GOOD[1:3], b'{"code": 5}', idents=(b"who",)))
    assert caught.value.message.idents == (b"who",)
    assert caught.value.message.msg_id == "1"


def test_a_replay_is_refused() -> None:
    session = Session(KEY)
    session.read(signed(*GOOD))
    with pytest.raises(ReplayedSignature):
        session.read(signed(*GOOD))


def test_without_a_key_anything_signed_or_not_is_read_again_and_again() -> None:
    session = Session()
    for frames in (signed(*GOOD), signed(*GOOD), signed(*GOOD, key=b"")):
        assert session.read(frames).content == Status(execution_state="idle")


def test_deep_json_is_refused_and_harmless() -> None:
    deep = b'{"a":' * 200_000
    with pytest.raises(RemoteProtocolError):
        Session().read(signed(header("news"), b"{}", b"{}", deep + b"1" + b"}" * 200_000, key=b""))


frames_of_anything = st.lists(
    st.binary(max_size=40)
    | st.sampled_from([DELIMITER, b"", b"{}", b"[]", b"null", *GOOD, b'{"msg_id":"","msg_type":""}', b"\xff"]),
    max_size=12,
)


@given(frames_of_anything, st.booleans())
def test_random_frames_are_a_message_or_a_protocol_error(frames: list[bytes], with_key: bool) -> None:
    try:
        Session(KEY if with_key else b"").read(frames)
    except ProtocolError as error:
        assert str(error)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=()), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "msg_id",
                    "msg_type",
                    "code",
                    "text",
                    "name",
                    "data",
                    "status",
                    "metadata",
                    "execution_state",
                    "comm_id",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=10,
)


@given(
    st.sampled_from(["status", "stream", "execute_request", "kernel_info_reply", "history_reply", "comm_open", "news"]),
    json_like,
    json_like,
    json_like,
)
def test_random_json_that_is_signed_is_a_message_or_a_protocol_error(
    msg_type: str, parent: object, metadata: object, content: object
) -> None:
    parts = [json.dumps(part).encode() for part in (parent, metadata, content)]
    session = Session(KEY)
    try:
        message = session.read(signed(header(msg_type), *parts))
    except RemoteProtocolError as error:
        assert str(error)
    else:
        # What could be read can be passed on, just as it was.
        assert [bytes(frame) for frame in session.frames(message)][3:] == parts


@given(st.data())
def test_one_flipped_bit_is_noticed(data: st.DataObject) -> None:
    session = Session(KEY)
    frames = [bytes(frame) for frame in session.frames(session.message(Stream(name="stdout", text="hello")))]
    which = data.draw(st.integers(1, 5))
    where = data.draw(st.integers(0, len(frames[which]) - 1))
    flipped = bytearray(frames[which])
    flipped[where] ^= 1 << data.draw(st.integers(0, 7))
    frames[which] = bytes(flipped)
    with pytest.raises(BadSignature):
        session.read(frames)


# ── ours ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_content_without_a_json_form_is_refused_before_it_is_sent() -> None:
    session = Session(KEY)
    with pytest.raises(LocalProtocolError, match=r"builtins\.object"):
        session.frames(session.message(DisplayData(data={"text/plain": object()})))


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_forked_child_may_not_speak_for_its_parent() -> None:
    session = Session(KEY)
    message = session.message(Status(execution_state="busy"))
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        try:
            session.frames(message)
        except LocalProtocolError as error:
            os.write(writer, str(error).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, "rb") as said:
        assert b"after a fork" in said.read()
    os.waitpid(child, 0)
    session.frames(message)
