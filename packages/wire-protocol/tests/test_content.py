"""Golden messages: the examples of the specification, with all its fields, in and out again."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from antiphon_wire_protocol.errors import RemoteProtocolError
from antiphon_wire_protocol.message import content as c
from antiphon_wire_protocol.message.codec import encode
from antiphon_wire_protocol.message.session import read_content

ERROR: dict[str, Any] = {"status": "error", "ename": "NameError", "evalue": "x", "traceback": ["a", "b"]}

# Each as the specification writes it, every field given: encoding must give exactly this again.
GOLDEN: list[tuple[str, dict[str, Any]]] = [
    (
        "execute_request",
        {
            "code": "1+1",
            "silent": False,
            "store_history": True,
            "user_expressions": {"a": "b"},
            "allow_stdin": True,
            "stop_on_error": True,
        },
    ),
    (
        "execute_reply",
        {
            "status": "ok",
            "execution_count": 3,
            "payload": [{"source": "page", "data": {"text/plain": "t"}, "start": 0}],
            "user_expressions": {"a": {"status": "ok", "data": {"text/plain": "1"}, "metadata": {}}},
        },
    ),
    ("execute_reply", {**ERROR, "execution_count": 3, "payload": [], "user_expressions": {}}),
    ("inspect_request", {"code": "print", "cursor_pos": 3, "detail_level": 1}),
    ("inspect_reply", {"status": "ok", "found": True, "data": {"text/plain": "doc"}, "metadata": {}}),
    ("complete_request", {"code": "pri", "cursor_pos": 3}),
    (
        "complete_reply",
        {
            "status": "ok",
            "matches": ["print"],
            "cursor_start": 0,
            "cursor_end": 3,
            "metadata": {"_jupyter_types_experimental": [{"start": 0, "end": 3, "text": "print", "type": "function"}]},
        },
    ),
    (
        "history_request",
        {
            "output": False,
            "raw": True,
            "hist_access_type": "range",
            "session": -1,
            "start": 1,
            "stop": 5,
            "n": 10,
            "pattern": "*x*",
            "unique": True,
        },
    ),
    ("history_reply", {"status": "ok", "history": [[1, 2, "x"], [1, 3, ["y", "3"]], [None, 4, ["z", None]]]}),
    ("is_complete_request", {"code": "if x:"}),
    ("is_complete_reply", {"status": "incomplete", "indent": "    "}),
    ("connect_request", {}),
    (
        "connect_reply",
        {"status": "ok", "shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 5, "hb_port": 4},
    ),
    ("comm_info_request", {"target_name": "t"}),
    ("comm_info_reply", {"status": "ok", "comms": {"u-u-i-d": {"target_name": "t"}}}),
    ("kernel_info_request", {}),
    (
        "kernel_info_reply",
        {
            "status": "ok",
            "protocol_version": "5.5",
            "implementation": "antiphon",
            "implementation_version": "0.1.0",
            "language_info": {
                "name": "python",
                "version": "3.11.7",
                "mimetype": "text/x-python",
                "file_extension": ".py",
                "pygments_lexer": "ipython3",
                "codemirror_mode": {"name": "ipython", "version": 3},
                "nbconvert_exporter": "python",
            },
            "banner": "b",
            "debugger": True,
            "help_links": [{"text": "t", "url": "u"}],
            "supported_features": ["debugger", "kernel subshells"],
        },
    ),
    ("shutdown_request", {"restart": True}),
    ("shutdown_reply", {"status": "ok", "restart": True}),
    ("interrupt_request", {}),
    ("interrupt_reply", {"status": "ok"}),
    ("debug_request", {"type": "request", "seq": 1, "command": "initialize", "arguments": {"clientID": "x"}}),
    (
        "debug_reply",
        {
            "type": "response",
            "seq": 2,
            "request_seq": 1,
            "success": False,
            "command": "x",
            "message": "cancelled",
            "body": {"a": 1},
        },
    ),
    ("create_subshell_request", {}),
    ("create_subshell_reply", {"status": "ok", "subshell_id": "s"}),
    ("delete_subshell_request", {"subshell_id": "s"}),
    ("delete_subshell_reply", {"status": "ok"}),
    ("list_subshell_request", {}),
    ("list_subshell_reply", {"status": "ok", "subshell_id": ["s", "t"]}),
    ("stream", {"name": "stdout", "text": "x"}),
    (
        "display_data",
        {"data": {"text/plain": "x"}, "metadata": {"image/png": {"width": 1}}, "transient": {"display_id": "d"}},
    ),
    ("update_display_data", {"data": {"text/plain": "x"}, "metadata": {}, "transient": {"display_id": "d"}}),
    ("execute_input", {"code": "x", "execution_count": 1}),
    ("execute_result", {"execution_count": 1, "data": {"text/plain": "x"}, "metadata": {}}),
    ("error", {name: value for name, value in ERROR.items() if name != "status"}),
    ("status", {"execution_state": "busy"}),
    ("clear_output", {"wait": True}),
    ("debug_event", {"type": "event", "seq": 3, "event": "stopped", "body": {"reason": "breakpoint"}}),
    ("iopub_welcome", {"subscription": ""}),
    ("input_request", {"prompt": "> ", "password": True}),
    ("input_reply", {"status": "ok", "value": "x"}),
    ("comm_open", {"comm_id": "i", "target_name": "t", "target_module": None, "data": {"a": 1}}),
    ("comm_msg", {"comm_id": "i", "data": {"a": 1}}),
    ("comm_close", {"comm_id": "i", "data": {}}),
]


@pytest.mark.parametrize(("msg_type", "example"), GOLDEN, ids=[name for name, _ in GOLDEN])
def test_the_specifications_example_goes_in_and_comes_out(msg_type: str, example: dict[str, Any]) -> None:
    content = read_content(msg_type, json.dumps(example).encode())
    assert isinstance(content, c.Content)
    assert content.msg_type == msg_type
    assert json.loads(encode(c.fields(content))) == example
    assert read_content(msg_type, encode(c.fields(content))) == content


@pytest.mark.parametrize("msg_type", sorted(c._types))
def test_every_type_has_its_example_and_its_meaning(msg_type: str) -> None:
    assert msg_type in {name for name, _ in GOLDEN}
    kind = c.content_type(msg_type)
    assert kind is not None
    assert kind.__doc__, f"{kind.__name__} does not say what its fields mean"
    assert kind.__name__.lower() == msg_type.replace("_", "")


@pytest.mark.parametrize("msg_type", sorted(c._types))
def test_contents_are_frozen(msg_type: str) -> None:
    kind = c.content_type(msg_type)
    assert kind is not None
    assert kind.__struct_config__.frozen


@pytest.mark.parametrize(
    ("msg_type", "sparse"),
    [
        ("execute_request", {"code": ""}),
        ("execute_reply", {"status": "aborted"}),
        ("execute_reply", ERROR),
        ("complete_reply", ERROR),
        ("inspect_reply", {"status": "ok", "found": False}),
        ("history_request", {}),
        ("kernel_info_reply", {"status": "ok", "protocol_version": "5.0", "debugger": None}),
        ("kernel_info_reply", ERROR),
        ("comm_info_request", {"target_name": None}),
        ("comm_open", {"comm_id": "i"}),
        ("input_request", {}),
        ("display_data", {"data": {}}),
        ("iopub_welcome", {}),
        ("error", {"ename": "E", "evalue": "", "traceback": None}),
    ],
)
def test_what_sparse_peers_leave_out_or_null_is_filled_in(msg_type: str, sparse: dict[str, Any]) -> None:
    assert isinstance(read_content(msg_type, json.dumps(sparse).encode()), c.Content)


def test_an_error_reply_carries_the_error_and_an_ok_one_does_not() -> None:
    assert json.loads(encode(c.InterruptReply())) == {"status": "ok"}
    failed = c.InterruptReply(status="error", ename="E", evalue="v", traceback=[])
    assert json.loads(encode(failed)) == {"status": "error", "ename": "E", "evalue": "v", "traceback": []}


def test_limits_and_targets_that_are_not_given_are_not_sent_as_null() -> None:
    written = json.loads(encode(c.fields(c.HistoryRequest(hist_access_type="tail", n=3))))
    assert written["n"] == 3
    assert "stop" not in written
    assert json.loads(encode(c.fields(c.CommInfoRequest()))) == {}


def test_reply_is_no_message_type() -> None:
    assert c.content_type("reply") is None
    assert read_content("reply", b'{"x": 1}') == c.UnknownContent("reply", {"x": 1})


def test_wrong_types_are_named() -> None:
    with pytest.raises(RemoteProtocolError, match=r"content of history_reply: .*history"):
        read_content("history_reply", b'{"history": 3}')


def test_a_package_above_may_add_its_own_types() -> None:
    class TestedRequest(c.Content, frozen=True, kw_only=True):
        depth: int

    try:
        assert read_content("tested_request", b'{"depth": 3}') == TestedRequest(depth=3)
    finally:
        del c._types["tested_request"]


def test_unknown_contents_compare_by_type_and_fields() -> None:
    one = c.UnknownContent("news", {"a": 1})
    assert one == c.UnknownContent("news", {"a": 1})
    assert one != c.UnknownContent("olds", {"a": 1})
    assert hash(one) == hash(c.UnknownContent("news", {"a": 2}))
    assert "news" in repr(one)
    assert isinstance(c.KernelInfoReply(help_links=[c.HelpLink("t", "u")]).help_links[0], msgspec.Struct)
