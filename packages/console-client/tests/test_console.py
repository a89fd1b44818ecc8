"""The loop of a console over a scripted kernel, typed into on a pseudo-terminal: what real kernels seldom say."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_console_client.console import joined
from antiphon_console_client.outputs import Clear, Display, Output, Stream
from antiphon_console_client.testing import Terminal
from antiphon_wire_protocol.discovery.connection import write_connection_file
from antiphon_wire_protocol.message import content as c
from antiphon_wire_protocol.testing import ScriptedKernel, Turn

CONSOLE = [sys.executable, "-m", "antiphon_console_client.console_app"]


@contextmanager
def talking(tmp_path: Path, *words: str, **scripts: Callable[[Turn], object]) -> Iterator[tuple[Terminal, Any]]:
    with ScriptedKernel(**scripts) as kernel:
        path = tmp_path / "kernel.json"
        write_connection_file(path, kernel.connection)
        environ = {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path), "ANTIPHON_HOME": str(tmp_path)}
        with Terminal([*CONSOLE, "--existing", str(path), *words], env=environ) as terminal:
            terminal.prompt(1)
            yield terminal, kernel


def replying(**fields: Any) -> Callable[[Turn], object]:
    """Cells end with this reply; what is asked silently is answered as ever."""

    def run(turn: Turn) -> None:
        assert isinstance(turn.request.content, c.ExecuteRequest)
        silent = turn.request.content.silent
        turn.reply(c.ExecuteReply(execution_count=0) if silent else c.ExecuteReply(**{"execution_count": 1, **fields}))

    return run


def test_a_cell_and_its_result(tmp_path: Path) -> None:
    with talking(tmp_path) as (terminal, _):
        terminal.wait("A kernel that repeats")
        terminal.line("anything")
        terminal.wait(r"Out\[1\]: anything")
        terminal.prompt(2)


def test_an_aborted_cell_is_said_to_be(tmp_path: Path) -> None:
    with talking(tmp_path, execute_request=replying(status="aborted")) as (terminal, _):
        terminal.line("anything")
        terminal.wait("^not run, since the cell before it failed$")


def test_text_for_the_next_prompt(tmp_path: Path) -> None:
    payload = [{"source": "set_next_input", "text": "from the kernel"}]
    with talking(tmp_path, execute_request=replying(payload=payload)) as (terminal, _):
        terminal.line("anything")
        terminal.wait(r"In \[2\]: from the kernel")


def test_pages(tmp_path: Path) -> None:
    payload = [{"source": "page", "data": {"text/plain": "a page\nof two lines"}, "start": 0}]
    with talking(tmp_path, execute_request=replying(payload=payload)) as (terminal, _):
        terminal.line("anything")
        terminal.wait("^a page\nof two lines")
        terminal.prompt(2)


def test_a_kernel_may_end_the_console(tmp_path: Path) -> None:
    payload = [{"source": "ask_exit", "keepkernel": True}]
    with talking(tmp_path, execute_request=replying(payload=payload)) as (terminal, kernel):
        terminal.line("anything")
        assert terminal.wait_end() == 0
        assert not [one for one in kernel.requests if one.msg_type == "shutdown_request"]


@pytest.mark.parametrize("payload", [{"source": "no such thing"}, {}, {"source": "page"}])
def test_payloads_that_say_nothing_are_passed_over(tmp_path: Path, payload: dict[str, Any]) -> None:
    with talking(tmp_path, execute_request=replying(payload=[payload])) as (terminal, _):
        terminal.line("anything")
        terminal.prompt(2)


def test_what_is_said_while_one_types_is_written_above(tmp_path: Path) -> None:
    with talking(tmp_path) as (terminal, kernel):
        terminal.type("half a line")
        terminal.wait(r"In \[1\]: half a line")
        for number in range(50):
            kernel.say(c.Stream(name="stdout", text=f"said {number}\n"))
        terminal.wait(r"said 49\n+In \[1\]: half a line")
        terminal.type(" more\r")
        terminal.wait(r"Out\[1\]: half a line more")
        assert [f"said {number}" in terminal.everything for number in range(50)] == [True] * 50


def test_a_cell_that_ends_below_a_prompt_leaves_an_empty_row_above_it(tmp_path: Path) -> None:
    turns: list[Turn] = []

    def run(turn: Turn) -> None:
        assert isinstance(turn.request.content, c.ExecuteRequest)
        if turn.request.content.silent:
            turn.reply(c.ExecuteReply(execution_count=0))
        else:
            turn.hold()
            turns.append(turn)

    def end() -> None:
        turns[0].reply(c.ExecuteReply(execution_count=1))
        turns[0].idle()

    with talking(tmp_path, execute_request=run) as (terminal, kernel):
        terminal.line("anything")
        terminal.wait(r"In \[2\]:.*busy")
        kernel.run(lambda: turns[0].broadcast(c.Stream(name="stdout", text="said\n")))
        terminal.wait(r"^said\nIn \[2\]:.*busy")
        terminal.type("next")
        kernel.run(end)
        terminal.wait(r"^said\n\nIn \[2\]: next$")
        terminal.type("\x15")
        terminal.wait(r"^said\n\nIn \[2\]:$")


@pytest.mark.parametrize(("asked", "shown"), [("", "Password:"), ("secret? ", r"secret\?")])
def test_a_password_without_a_question_is_asked_for(tmp_path: Path, asked: str, shown: str) -> None:
    def run(turn: Turn) -> None:
        assert isinstance(turn.request.content, c.ExecuteRequest)
        if turn.request.content.silent:
            turn.reply(c.ExecuteReply(execution_count=0))
            return

        def answered(line: str) -> None:
            turn.broadcast(c.Stream(name="stdout", text=f"{len(line)} characters\n"))
            turn.reply(c.ExecuteReply(execution_count=1))
            turn.idle()

        turn.hold()
        turn.ask(asked, answered, password=True)

    with talking(tmp_path, execute_request=run) as (terminal, _):
        terminal.line("anything")
        terminal.wait(rf"^{shown}\s*\Z")
        terminal.line("hush")
        terminal.wait("^4 characters")
        assert "hush" not in terminal.everything


def test_a_question_comes_between_and_typing_goes_on_after_it(tmp_path: Path) -> None:
    """The cell asks while the next one is being typed."""

    def run(turn: Turn) -> None:
        assert isinstance(turn.request.content, c.ExecuteRequest)
        if turn.request.content.silent:
            turn.reply(c.ExecuteReply(execution_count=0))
            return

        def answered(line: str) -> None:
            turn.broadcast(c.Stream(name="stdout", text=f"<{line}>\n"))
            turn.reply(c.ExecuteReply(execution_count=1))
            turn.idle()

        turn.hold()
        questions.append(lambda: turn.ask("who? ", answered))

    questions: list[Callable[[], object]] = []
    with talking(tmp_path, execute_request=run) as (terminal, kernel):
        terminal.line("ask")
        terminal.wait(r"In \[2\]:.*busy")
        terminal.type("next")
        terminal.wait(r"In \[2\]: next")
        kernel.run(questions[0])
        terminal.wait(r"^who\?\s*\Z")
        terminal.line("me")
        terminal.wait(r"<me>\n+In \[2\]: next$")


def test_a_kernel_that_ends_leaves_the_prompt(tmp_path: Path) -> None:
    with talking(tmp_path) as (terminal, kernel):
        terminal.line("anything")
        terminal.wait(r"Out\[1\]: anything")
        kernel.run(kernel.end)
        terminal.wait(r"heart has stopped.*\n(.*\n)?Ctrl-D leaves\.")
        terminal.type("\x04")
        assert terminal.wait_end() == 0


def test_the_count_of_a_kernel_that_is_older_than_the_console(tmp_path: Path) -> None:
    with ScriptedKernel() as kernel:
        kernel.execution_count = 41
        path = tmp_path / "kernel.json"
        write_connection_file(path, kernel.connection)
        with Terminal([*CONSOLE, "--existing", str(path)], env={"HOME": str(tmp_path)}) as terminal:
            terminal.prompt(42)


STREAMS = st.lists(
    st.one_of(
        st.builds(Stream, st.sampled_from(["stdout", "stderr"]), st.text(max_size=3), st.sampled_from(["", "them"])),
        st.just(Clear()),
        st.just(Display({"text/plain": "d"})),
    )
)


def spelled(outputs: list[Output]) -> list[object]:
    """The outputs, each character of a stream alone."""
    return [
        each
        for output in outputs
        for each in (
            [(output.name, output.origin, sign) for sign in output.text] if isinstance(output, Stream) else [output]
        )
    ]


@given(STREAMS)
def test_joining_changes_nothing_that_is_said(outputs: list[Output]) -> None:
    found = joined(outputs)
    assert spelled(found) == spelled(outputs)
    for one, other in pairwise(found):
        assert not (isinstance(one, Stream) and isinstance(other, Stream) and one[::2] == other[::2])
