"""A kernel in another process as a backend: a scripted one, on real sockets."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_console_client import remote
from antiphon_console_client.backend import Choice, Gone, Reply
from antiphon_console_client.outputs import Clear, Display, Error, Input, Output, Result, Stream
from antiphon_console_client.remote import Remote, about, choices, completeness
from antiphon_wire_protocol import KernelClient, KernelManager
from antiphon_wire_protocol.message import content as c
from antiphon_wire_protocol.testing import ScriptedKernel, Turn

T = TypeVar("T")


class Heard:
    """A listener that keeps what it hears, and answers what it is told to."""

    def __init__(self, *answers: str | type[BaseException]) -> None:
        self.outputs: list[Output] = []
        self.events: list[str] = []
        self.asked: list[tuple[str, bool]] = []
        self.answers = list(answers)
        self.something = asyncio.Event()

    def show(self, output: Output) -> None:
        self.outputs.append(output)
        self.something.set()

    async def ask(self, prompt: str, password: bool) -> str:
        self.asked.append((prompt, password))
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            return answer
        raise answer

    def busy(self, is_busy: bool) -> None: ...

    def restarted(self) -> None:
        self._event("restarted")

    def gone(self, reason: str) -> None:
        self._event(f"gone: {reason}")

    def back(self) -> None:
        self._event("back")

    def _event(self, name: str) -> None:
        self.events.append(name)
        self.something.set()

    async def until(self, shows: Callable[[], Any]) -> None:
        async with asyncio.timeout(60):
            while not shows():
                self.something.clear()
                await self.something.wait()


def with_kernel(then: Callable[[Remote, Heard], Awaitable[T]], *answers: Any, **scripts: Callable[[Turn], object]) -> T:
    async def within(kernel: ScriptedKernel) -> T:
        backend, heard = Remote(client=KernelClient(kernel.connection)), Heard(*answers)
        await backend.start(heard)
        try:
            return await then(backend, heard)
        finally:
            await backend.close()

    with ScriptedKernel(**scripts) as kernel:
        return asyncio.run(within(kernel))


def test_who_answers() -> None:
    async def then(backend: Remote, heard: Heard) -> None:
        assert backend.about == ("A kernel that repeats", "echo", "echo", ".txt", "scripted")
        assert not backend.owned

    with_kernel(then)


def test_a_cell_is_shown_before_its_reply() -> None:
    def run(turn: Turn) -> None:
        turn.broadcast(c.ExecuteInput(code="x", execution_count=5))
        turn.broadcast(c.Stream(name="stdout", text="a"))
        turn.broadcast(c.Stream(name="stderr", text="b"))
        turn.broadcast(c.DisplayData(data={"text/plain": "d"}, metadata={}, transient={"display_id": "i"}))
        turn.broadcast(c.UpdateDisplayData(data={"text/plain": "u"}, metadata={}, transient={"display_id": "i"}))
        turn.broadcast(c.ClearOutput(wait=True))
        turn.reply(c.ExecuteReply(execution_count=5, payload=[{"source": "set_next_input", "text": "t"}]))
        turn.broadcast(c.ExecuteResult(execution_count=5, data={"text/plain": "r"}, metadata={}))  # after its reply

    async def then(backend: Remote, heard: Heard) -> None:
        reply = await backend.submit("x")
        assert reply == Reply("ok", 5, ({"source": "set_next_input", "text": "t"},))
        assert heard.outputs == [
            Stream("stdout", "a"),
            Stream("stderr", "b"),
            Display({"text/plain": "d"}, {}, "i"),
            Display({"text/plain": "u"}, {}, "i", True),
            Clear(True),
            Result(5, {"text/plain": "r"}, {}),
        ]

    with_kernel(then, execute_request=run)


def test_an_error_is_shown_and_told() -> None:
    def run(turn: Turn) -> None:
        turn.broadcast(c.Error(ename="E", evalue="why", traceback=["line"]))
        turn.reply(c.ExecuteReply(status="error", ename="E", evalue="why", execution_count=1))

    async def then(backend: Remote, heard: Heard) -> None:
        assert (await backend.submit("x")).status == "error"
        assert heard.outputs == [Error("E", "why", ["line"])]

    with_kernel(then, execute_request=run)


def test_what_a_cell_asks_is_answered() -> None:
    def run(turn: Turn) -> None:
        def ended(value: str) -> None:
            turn.broadcast(c.Stream(name="stdout", text=f"<{value}>"))
            turn.reply(c.ExecuteReply(execution_count=1))
            turn.idle()

        turn.hold()
        turn.ask("who? ", lambda name: turn.ask("secret? ", lambda word: ended(name + word), password=True))

    async def then(backend: Remote, heard: Heard) -> None:
        await backend.submit("x")
        assert heard.asked == [("who? ", False), ("secret? ", True)]
        assert heard.outputs == [Stream("stdout", "<me\x04>")]  # the second was an end of file

    with_kernel(then, "me", EOFError, execute_request=run)


def test_what_others_say_has_their_name() -> None:
    async def then(backend: Remote, heard: Heard) -> None:
        async with KernelClient(backend.client.connection) as other:
            await other.ready()
            await other.execute("theirs").done()
            await heard.until(lambda: len(heard.outputs) == 2)
            who = other.session.session_id
        assert heard.outputs == [Input("theirs", 1, who), Result(1, {"text/plain": "theirs"}, {}, who)]

    with_kernel(then)


def test_questions_about_code() -> None:
    kinds = {"_jupyter_types_experimental": [{"text": "ab", "type": "function", "signature": "(x)"}, {"text": "ac"}]}

    async def then(backend: Remote, heard: Heard) -> None:
        assert await backend.complete("a", 1) == [Choice("ab", 0, 1, "function", "(x)"), Choice("ac", 0, 1)]
        assert await backend.inspect("a", 1) == {"text/plain": "about a"}
        assert await backend.is_complete("a") == ("incomplete", "  ")
        assert await backend.history(2) == ["a", "b"]

    with_kernel(
        then,
        complete_request=lambda turn: turn.reply(
            c.CompleteReply(matches=["ab", "ac"], cursor_start=0, cursor_end=1, metadata=kinds)
        ),
        inspect_request=lambda turn: turn.reply(c.InspectReply(found=True, data={"text/plain": "about a"})),
        is_complete_request=lambda turn: turn.reply(c.IsCompleteReply(status="incomplete", indent="  ")),
        history_request=lambda turn: turn.reply(c.HistoryReply(history=[(1, 1, "a"), (1, 2, ("b", "out"))])),
    )


def test_a_kernel_without_answers_costs_a_moment_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "COMPLETE_SECONDS", 0.1)
    asked: list[str] = []

    async def then(backend: Remote, heard: Heard) -> None:
        assert await backend.complete("a", 1) == ()
        assert await backend.inspect("a", 1) is None
        assert await backend.history(2) == ()
        assert await backend.is_complete("f(") == ("incomplete", "    ")
        assert await backend.is_complete("f()") == ("complete", "")
        assert asked == ["is_complete"]

    with_kernel(
        then,
        complete_request=lambda turn: None,
        inspect_request=lambda turn: None,
        history_request=lambda turn: None,
        is_complete_request=lambda turn: asked.append("is_complete"),
    )


class Beating(ScriptedKernel):
    """It tells when its heart was heard."""

    def __init__(self, **scripts: Callable[[Turn], object]) -> None:
        super().__init__(**scripts)
        self.beat = threading.Event()

    def _received(self, channel: Any, frames: list[bytes]) -> None:
        super()._received(channel, frames)
        if channel == "hb":
            self.beat.set()


def test_a_heart_that_stops_ends_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "BEAT_SECONDS", 0.1)

    async def within() -> None:
        kernel = Beating(execute_request=lambda turn: turn.hold())
        kernel.start()
        heard = Heard()
        backend = Remote(client=KernelClient(kernel.connection))
        await backend.start(heard)
        waiting = asyncio.ensure_future(backend.submit("for ever"))
        assert await asyncio.to_thread(kernel.beat.wait, 60)
        await asyncio.to_thread(kernel.close)
        with pytest.raises(Gone, match="heart has stopped"):
            await waiting
        assert len(heard.events) == 1
        assert heard.events[0].startswith("gone: the kernel's heart has stopped")
        with pytest.raises(Gone):
            await backend.submit("more")
        assert await backend.is_complete("f(") == ("incomplete", "    ")
        with pytest.raises(Gone, match="not ours"):
            await backend.restart()
        successor = ScriptedKernel(kernel.connection).start()
        try:
            await heard.until(lambda: heard.events[1:] == ["restarted"])
            assert (await backend.submit("again")).status == "ok"
            await backend.close()
        finally:
            successor.close()

    asyncio.run(within())


def test_silence_is_told_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "ANSWER_SECONDS", 0.3)

    async def within(kernel: ScriptedKernel) -> None:
        backend = Remote(client=KernelClient(kernel.connection))
        with pytest.raises(Gone, match="does not answer"):
            await backend.start(Heard())

    with ScriptedKernel(kernel_info_request=lambda turn: None) as kernel:
        asyncio.run(within(kernel))


def test_exactly_one_way_to_a_kernel() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Remote()


def test_a_kernel_is_not_here() -> None:
    async def then(backend: Remote, heard: Heard) -> None:
        with pytest.raises(Gone):
            backend.run("1")

    with_kernel(then)


def test_a_kernel_of_ours_starts_restarts_and_ends() -> None:
    async def within() -> None:
        manager = KernelManager("python3")
        backend, heard = Remote(manager=manager), Heard()
        await backend.launch()
        assert (await backend.start(heard)).language == "python"
        assert (await backend.submit("x = 1")).status == "ok"
        await backend.restart()
        assert heard.events == ["restarted"]
        assert (await backend.submit("x")).status == "error"
        await backend.close()
        assert not manager.alive

    asyncio.run(within())


def test_what_kernels_say_of_their_language() -> None:
    def named(**language: Any) -> tuple[str, str]:
        info = c.KernelInfoReply(
            protocol_version="5.3", implementation="x", implementation_version="1", language_info=language, banner=""
        )
        return about(info).lexer, about(info).file_extension

    assert named(name="python", pygments_lexer="ipython3", file_extension=".py") == ("ipython3", ".py")
    assert named(name="R", file_extension=".r") == ("R", ".r")
    assert named() == ("text", ".txt")


def test_types_of_matches_are_matched_by_their_text() -> None:
    reply = c.CompleteReply(
        matches=["a", "b"],
        cursor_start=2,
        cursor_end=3,
        metadata={"_jupyter_types_experimental": [{"text": "b", "type": "<unknown>"}, "nonsense", {"type": "x"}]},
    )
    assert choices(reply) == [Choice("a", 2, 3), Choice("b", 2, 3)]


@pytest.mark.parametrize(
    ("code", "language", "status", "indent"),
    [
        ("1", "python", "complete", ""),
        ("f(", "r", "incomplete", "    "),
        ("  f(\n  x", "r", "incomplete", "  "),
        ("x = \\", "python", "incomplete", ""),
        ("if x:", "python", "incomplete", "    "),
        ("if x:", "r", "complete", ""),
        ("if x:\n    y", "python", "incomplete", "    "),
        ("if x:\n    y\n    ", "python", "complete", ""),
        ("if x:\n    if y:", "python", "incomplete", "        "),
    ],
)
def test_a_rule_of_thumb(code: str, language: str, status: str, indent: str) -> None:
    assert completeness(code, language) == (status, indent)


@given(st.text(alphabet="ab ()[]{}:\\\n"), st.sampled_from(["python", "r", ""]))
def test_any_text_is_judged(code: str, language: str) -> None:
    status, indent = completeness(code, language)
    assert status in ("complete", "incomplete")
    assert not indent.strip()
    assert completeness(f"{code})" if code.count("(") > code.count(")") else code, language)[0] in ("complete", status)
