"""The seam without a process: requests in, messages out, over a real interpreter."""

from __future__ import annotations

import pytest

from antiphon_kernel_base.testing import Bench, drive
from antiphon_python_kernel.composition import python_kernel
from antiphon_wire_protocol.message.content import (
    CommInfoRequest,
    CompleteRequest,
    ExecuteRequest,
    HistoryRequest,
    InspectRequest,
    IsCompleteRequest,
    KernelInfoRequest,
)


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    monkeypatch.setenv("ANTIPHON_HOME", str(tmp_path))
    kernel = python_kernel()
    yield kernel
    kernel.shutdown(False)


def reply(bench, content):
    return next(one.message.content for one in bench.handle(content) if one.channel == "shell")


def test_a_result(kernel):
    (result,) = drive(kernel, "1 + 1")
    assert (result.execution_count, result.data) == (1, {"text/plain": "2"})


def test_displays_and_their_updates(kernel):
    first, update = drive(kernel, "h = display(1, display_id='x'); h.update(2)")
    assert (first.msg_type, first.transient) == ("display_data", {"display_id": "x"})
    assert (update.msg_type, update.data["text/plain"]) == ("update_display_data", "2")


def test_an_error_is_shown_and_replied(kernel):
    bench = Bench(kernel)
    sent = bench.handle(ExecuteRequest(code="1/0"))
    error = next(one.message.content for one in sent if one.message.msg_type == "error")
    answer = next(one.message.content for one in sent if one.channel == "shell")
    assert error.ename == answer.ename == "ZeroDivisionError"
    assert error.traceback == answer.traceback
    assert "Cell" in "".join(error.traceback)


def test_counts_follow_history(kernel):
    bench = Bench(kernel)
    for fields in ({}, {"store_history": False}, {"silent": True}, {}):
        last = reply(bench, ExecuteRequest(code="1", **fields))
    assert last.execution_count == 2


def test_silent_shows_nothing(kernel):
    assert drive(kernel, "1 + 1", silent=True) == []


def test_user_expressions_after_success_only(kernel):
    bench = Bench(kernel)
    good = reply(bench, ExecuteRequest(code="x = 3", user_expressions={"a": "x + 1", "b": "nope"}))
    assert good.user_expressions["a"]["data"] == {"text/plain": "4"}
    assert good.user_expressions["b"]["ename"] == "NameError"
    bad = reply(bench, ExecuteRequest(code="1/0", user_expressions={"a": "1"}, stop_on_error=False))
    assert bad.user_expressions == {}


def test_completion_counts_code_points(kernel):
    bench = Bench(kernel)
    reply(bench, ExecuteRequest(code="größe = 1"))
    found = reply(bench, CompleteRequest(code="\U0001d4b3 = größ", cursor_pos=8))
    assert (found.matches, found.cursor_start, found.cursor_end) == (["größe"], 4, 8)


def test_inspection(kernel):
    found = reply(Bench(kernel), InspectRequest(code="len", cursor_pos=3))
    assert found.found and "number of items" in found.data["text/plain"]
    assert not reply(Bench(kernel), InspectRequest(code="nothing_here", cursor_pos=3)).found


@pytest.mark.parametrize(
    ("code", "status", "indent"),
    [("1", "complete", ""), ("for i in x:", "incomplete", "    "), ("x = = 1", "invalid", "")],
)
def test_is_complete(kernel, code, status, indent):
    answer = reply(Bench(kernel), IsCompleteRequest(code=code))
    assert (answer.status, answer.indent) == (status, indent)


def test_history(kernel):
    bench = Bench(kernel)
    for code in ("a = 1", "b = 2", "a + b"):
        reply(bench, ExecuteRequest(code=code))
    tail = reply(bench, HistoryRequest(hist_access_type="tail", n=2)).history
    assert [entry[2] for entry in tail] == ["b = 2", "a + b"]
    found = reply(bench, HistoryRequest(hist_access_type="search", pattern="a*", n=5)).history
    assert [entry[2] for entry in found] == ["a = 1", "a + b"]
    cells = reply(bench, HistoryRequest(hist_access_type="range", session=0, start=1, stop=3)).history
    assert [entry[1:] for entry in cells] == [(1, "a = 1"), (2, "b = 2")]
    assert reply(bench, HistoryRequest(hist_access_type="by heart")).status == "error"


def test_who_we_are(kernel):
    info = reply(Bench(kernel), KernelInfoRequest())
    assert info.language_info["name"] == "python"
    assert info.language_info["pygments_lexer"] == "ipython3"
    assert (info.implementation, info.protocol_version) == ("antiphon", "5.5")


def test_no_comms_at_first(kernel):
    assert reply(Bench(kernel), CommInfoRequest()).comms == {}


def test_exit_asks_the_frontend_and_leaves(tmp_path, monkeypatch):
    monkeypatch.setenv("ANTIPHON_HOME", str(tmp_path))
    left = []
    kernel = python_kernel(leave=lambda: left.append(True))
    try:
        answer = reply(Bench(kernel), ExecuteRequest(code="exit(keep_kernel=True)"))
        assert answer.payload == [{"source": "ask_exit", "keepkernel": True}] and not left
        reply(Bench(kernel), ExecuteRequest(code="exit"))
        assert left == [True]
    finally:
        kernel.shutdown(False)
