from __future__ import annotations

import pytest

from antiphon_kernel_base import InputNotAllowed, KernelBase
from antiphon_kernel_base.testing import Bench, drive
from antiphon_wire_protocol.message.content import (
    Error,
    ExecuteRequest,
    ExecuteResult,
    KernelInfoRequest,
    Stream,
)


class Echo(KernelBase):
    language = "echo"

    def run(self, code, frontend):
        match code.split():
            case ["ask"]:
                return frontend.ask("Who? ")
            case ["fail"]:
                raise ValueError("no such luck")
            case ["stop"]:
                raise KeyboardInterrupt
            case ["bundle"]:
                return {"text/html": "<b>!</b>"}
            case ["nothing"]:
                return None
        frontend.stream("stdout", code)
        frontend.stream("stdout", "\n")
        frontend.stream("stderr", "psst")
        return code.upper()


class Later(KernelBase):
    language = "later"

    async def run(self, code, frontend):
        import asyncio

        await asyncio.sleep(0)
        if code == "fail":
            raise KeyError("later")
        return code


def test_output_in_the_order_it_was_made():
    assert drive(Echo(), "hi") == [
        Stream(name="stdout", text="hi\n"),
        Stream(name="stderr", text="psst"),
        ExecuteResult(execution_count=1, data={"text/plain": "HI"}),
    ]


def test_a_bundle_is_shown_as_it_is():
    assert drive(Echo(), "bundle")[0].data == {"text/html": "<b>!</b>"}


def test_an_exception_is_the_cells_error():
    assert drive(Echo(), "fail") == [
        Error(ename="ValueError", evalue="no such luck", traceback=["ValueError: no such luck"])
    ]


def test_an_interrupt_is_an_error_like_any_other():
    assert drive(Echo(), "stop")[0].ename == "KeyboardInterrupt"


def test_a_question_is_answered():
    assert drive(Echo(), "ask", answers=["Ada"])[0].data == {"text/plain": "Ada"}


def test_a_question_to_a_frontend_that_allows_none():
    assert drive(Echo(), "ask", allow_stdin=False)[0].ename == InputNotAllowed.__name__


def test_silent_counts_nothing_and_shows_no_result():
    kernel = Echo()
    assert drive(kernel, "bundle", silent=True) == []
    assert kernel.execution_count == 0


def test_an_async_kernel():
    kernel = Later()
    assert drive(kernel, "soon")[0].data == {"text/plain": "soon"}
    assert drive(kernel, "fail")[0].ename == "KeyError"


def test_a_kernel_without_run_says_what_is_missing():
    class Empty(KernelBase):
        language = "empty"

    assert "Empty.run" in drive(Empty(), "x")[0].evalue


@pytest.mark.parametrize("channel", ["shell", "control"])
def test_kernel_info(channel):
    reply = Bench(Echo()).handle(KernelInfoRequest(), channel)[1].message.content
    assert (reply.status, reply.protocol_version, reply.language_info["name"]) == ("ok", "5.5", "echo")


def test_the_count_goes_up_with_stored_cells_only():
    bench = Bench(Echo())
    counts = [
        bench.handle(ExecuteRequest(code="nothing", store_history=stored))[2].message.content.execution_count
        for stored in (True, False, True)
    ]
    assert counts == [1, 1, 2]
