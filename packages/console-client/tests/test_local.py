"""Python in this process as a backend: outputs, streams, questions."""

from __future__ import annotations

import asyncio
import io
import sys
import threading

import pytest

from antiphon_console_client import outputs as shown
from antiphon_console_client.backend import Reply
from antiphon_console_client.local import ConsoleOutlet, ConsoleStream, Local, as_output
from antiphon_console_client.outputs import Clear, Display, Error, Output, Result, Stream
from antiphon_exec_core import outputs as core
from antiphon_exec_core.cell import ErrorReport
from antiphon_exec_core.interpreter import Interpreter


class Heard:
    """A listener that keeps what it hears."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []

    def show(self, output: Output) -> None:
        self.outputs.append(output)

    async def ask(self, prompt: str, password: bool) -> str:
        raise AssertionError("cells here ask by themselves")

    def busy(self, is_busy: bool) -> None: ...

    def restarted(self) -> None: ...

    def gone(self, reason: str) -> None: ...

    def back(self) -> None: ...


def said(local: Local, *cells: str) -> tuple[list[Output], list[Reply]]:
    heard = Heard()
    asyncio.run(local.start(heard))
    try:
        return heard.outputs, [local.run(code) for code in cells]
    finally:
        asyncio.run(local.close())


def test_outputs_come_in_their_order(local: Local) -> None:
    outputs, (reply,) = said(
        local, "import sys\nprint('a')\ndisplay('b')\nprint('c', file=sys.stderr)\nfrom sys import stdout\n6 * 7"
    )
    merged = [(type(output), getattr(output, "name", "")) for output in outputs if getattr(output, "text", "") != "\n"]
    assert merged == [(Stream, "stdout"), (Display, ""), (Stream, "stderr"), (Result, "")]
    result = outputs[-1]
    assert isinstance(result, Result)
    assert (result.number, result.data["text/plain"]) == (1, "42")
    assert reply == Reply("ok", 1, ())


def test_an_error_is_an_output_and_a_status(local: Local) -> None:
    outputs, replies = said(local, "1/0", "2")
    (error,) = [output for output in outputs if isinstance(output, Error)]
    assert (error.ename, error.evalue) == ("ZeroDivisionError", "division by zero")
    assert [(reply.status, reply.number) for reply in replies] == [("error", 1), ("ok", 2)]


def test_payloads_come_with_the_reply(local: Local) -> None:
    _, replies = said(local, "get_ipython().set_next_input('x = 1')", "len?")
    assert [item["source"] for reply in replies for item in reply.payload] == ["set_next_input", "page"]


def test_what_threads_print_is_heard(local: Local) -> None:
    outputs, _ = said(
        local, "import threading\nt = threading.Thread(target=print, args=('there',)); t.start(); t.join()"
    )
    assert "".join(output.text for output in outputs if isinstance(output, Stream)) == "there\n"


def test_the_streams_are_given_back(local: Local) -> None:
    before = sys.stdout, sys.stderr
    said(local, "print()")
    assert (sys.stdout, sys.stderr) == before


def test_questions_about_code(local: Local, interpreter: Interpreter) -> None:
    interpreter.namespace.push({"zebra": 1})

    async def asked() -> None:
        (choice,) = await local.complete("zeb", 3)
        assert (choice.text, choice.start, choice.end) == ("zebra", 0, 3)
        assert "int" in (await local.inspect("zebra", 3) or {})["text/plain"]
        assert await local.inspect("nosuchname", 3) is None
        assert await local.is_complete("for x in y:") == ("incomplete", "    ")
        assert await local.is_complete("1") == ("complete", "")

    asyncio.run(asked())


def test_cells_are_remembered(local: Local) -> None:
    said(local, "a = 1", "a + 1")
    assert asyncio.run(local.history(10)) == ["a = 1", "a + 1"]
    assert asyncio.run(local.history(1)) == ["a + 1"]


def test_cells_are_not_submitted_here(local: Local) -> None:
    with pytest.raises(RuntimeError):
        asyncio.run(local.submit("1"))


def test_every_output_has_its_counterpart() -> None:
    pairs: list[tuple[core.Output, Output]] = [
        (core.Stream("stdout", "x"), Stream("stdout", "x")),
        (core.Result(3, {"a/b": 1}, {"m": 2}), Result(3, {"a/b": 1}, {"m": 2})),
        (core.Display({"a/b": 1}, {}, "id", True), Display({"a/b": 1}, {}, "id", True)),
        (core.ClearOutput(True), Clear(True)),
        (core.ErrorOutput(ErrorReport("E", "why", ("line",))), Error("E", "why", ("line",))),
    ]
    assert [as_output(one) for one, _ in pairs] == [other for _, other in pairs]
    assert {type(other) for _, other in pairs} | {shown.Input} == set(shown.Output.__args__)  # type: ignore[attr-defined]


def test_a_stream_tells_what_is_written_and_is_else_what_it_stands_for() -> None:
    heard: list[Output] = []
    beneath = io.TextIOWrapper(io.BytesIO(), encoding="latin-1", errors="replace")
    stream = ConsoleStream("stdout", beneath, heard.append)
    assert stream.write("x") == 1
    assert stream.write("") == 0
    stream.writelines(["a", "b"])
    assert heard == [Stream("stdout", "x"), Stream("stdout", "ab")]
    assert (stream.encoding, stream.errors, stream.isatty(), stream.writable()) == ("latin-1", "replace", False, True)
    assert stream.line_buffering is False
    stream.buffer.write(b"past")
    stream.close()
    assert beneath.buffer.getvalue() == b"past"  # type: ignore[attr-defined]
    print("y", file=stream)
    with pytest.raises(TypeError, match="must be str, not bytes"):
        stream.write(b"x")  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        stream.no_such_attribute  # noqa: B018


def test_an_outlet_asks_at_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("a line\n"))
    outlet = ConsoleOutlet(lambda output: None)
    assert outlet.ask("") == "a line"
    with pytest.raises(EOFError):
        outlet.ask("")


def test_what_is_shown_from_a_thread_reaches_who_was_named(local: Local) -> None:
    heard: list[Output] = []
    local.show = heard.append
    asyncio.run(local.start(Heard()))
    try:
        thread = threading.Thread(target=print, args=("there",))
        thread.start()
        thread.join()
    finally:
        asyncio.run(local.close())
    assert [output.text for output in heard if isinstance(output, Stream)] == ["there", "\n"]
