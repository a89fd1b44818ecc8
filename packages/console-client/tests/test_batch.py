"""Cells without a prompt, over a scripted kernel: what is printed where, and how it ends."""

from __future__ import annotations

import asyncio
import io
import sys

import pytest

from antiphon_console_client.backend import Gone
from antiphon_console_client.batch import Printed, run_batch
from antiphon_console_client.outputs import Clear, Display, Error, Input, Output, Result, Stream
from antiphon_console_client.remote import Remote
from antiphon_wire_protocol import KernelClient
from antiphon_wire_protocol.message import content as c
from antiphon_wire_protocol.testing import ScriptedKernel, Turn


@pytest.mark.parametrize(
    ("output", "out", "err"),
    [
        (Stream("stdout", "a"), "a", ""),
        (Stream("stderr", "a"), "", "a"),
        (Result(3, {"text/plain": "42", "text/html": "<b>"}), "Out[3]: 42\n", ""),
        (Result(3, {}), "Out[3]: \n", ""),
        (Display({"text/plain": "d"}), "d\n", ""),
        (Display({"text/plain": "d"}, {}, "id", True), "", ""),
        (Error("E", "why", ("\x1b[31mTraceback\x1b[0m", "E: why")), "", "Traceback\nE: why\n"),
        (Error("E", "why"), "", "E: why\n"),
        (Clear(), "", ""),
        (Input("x", 1), "", ""),
        (Stream("stdout", "theirs", "somebody"), "", ""),
    ],
)
def test_each_kind_to_its_stream(output: Output, out: str, err: str, capsys: pytest.CaptureFixture[str]) -> None:
    Printed().show(output)
    assert capsys.readouterr() == (out, err)


def _run(turn: Turn) -> None:
    request = turn.request.content
    assert isinstance(request, c.ExecuteRequest)
    if request.code == "fail":
        turn.broadcast(c.Error(ename="E", evalue="why", traceback=[]))
        turn.reply(c.ExecuteReply(status="error", ename="E", evalue="why", execution_count=1))
    elif request.code == "ask":
        turn.hold()

        def answered(line: str) -> None:
            turn.broadcast(c.Stream(name="stdout", text=f"<{line}>"))
            turn.reply(c.ExecuteReply(execution_count=1))
            turn.idle()

        turn.ask("who? ", answered)
    else:
        turn.broadcast(c.Stream(name="stdout", text=request.code))
        turn.reply(c.ExecuteReply(execution_count=1))


def batch(*cells: str) -> int:
    with ScriptedKernel(execute_request=_run) as kernel:

        async def within() -> int:
            return await run_batch(Remote(client=KernelClient(kernel.connection)), cells)

        return asyncio.run(within())


def test_cells_are_run_until_one_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert batch("a", "b") == 0
    assert batch("c", "fail", "d") == 1
    assert capsys.readouterr() == ("abc", "E: why\n")


@pytest.mark.parametrize(("stdin", "answer"), [("me\n", "<me>"), ("me", "<me>"), ("", "<\x04>")])
def test_questions_are_answered_by_what_stdin_has(
    stdin: str, answer: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
    assert batch("ask") == 0
    assert capsys.readouterr().out == f"who? {answer}"


def test_a_kernel_that_is_gone_is_told() -> None:
    async def within(kernel: ScriptedKernel) -> int:
        return await run_batch(Remote(client=KernelClient(kernel.connection)), ["a"])

    with ScriptedKernel(kernel_info_request=lambda turn: None) as kernel, pytest.MonkeyPatch.context() as patch:
        patch.setattr("antiphon_console_client.remote.ANSWER_SECONDS", 0.2)
        with pytest.raises(Gone):
            asyncio.run(within(kernel))
