"""The prompt over a real interpreter: what it reads, keeps, hides and shows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon_console_client.local import Local
from antiphon_console_client.prompt import Suspended
from antiphon_console_client.settings import Settings
from antiphon_console_client.testing import Desk
from antiphon_exec_core.cell import Cell
from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.testing import RecordingOutlet

T = TypeVar("T")
UP = "\x1b[A"


def at(local: Local, then: Callable[[Desk], Awaitable[T]], chosen: Settings | None = None, **options: int) -> T:
    async def within() -> T:
        with Desk(local, chosen, **options) as desk:
            return await then(desk)

    return asyncio.run(within())


async def suspend(desk: Desk, keys: str, shows: str) -> None:
    """Type, and have the prompt taken away."""
    reading = asyncio.ensure_future(desk.read(keys))
    await desk.wait(shows)
    desk.prompt.suspend()
    with pytest.raises(Suspended):
        await reading


def test_what_is_typed_survives_being_taken_away(local: Local) -> None:
    async def then(desk: Desk) -> str:
        await suspend(desk, "half a \x1b[D", "half a")
        assert desk.text == ""
        return await desk.read("X\r")  # the cursor is where it was

    assert at(local, then) == "half aX "


def test_a_default_text_comes_before_what_was_kept(local: Local) -> None:
    async def then(desk: Desk) -> str:
        await suspend(desk, "half", "half")
        return await desk.read("\r", default="given")

    assert at(local, then) == "given"


def test_text_is_put_only_where_nothing_was_typed(local: Local) -> None:
    async def then(desk: Desk) -> str:
        assert not desk.prompt.put("nobody reads")
        reading = asyncio.ensure_future(desk.read())
        await desk.wait(r"In \[1\]:")
        assert desk.prompt.put("x = 1")
        assert not desk.prompt.put("y = 2")
        desk.type("0\r")
        return await reading

    assert at(local, then) == "x = 10"


def test_questions_are_answered_and_secrets_neither_seen_nor_remembered(local: Local) -> None:
    async def then(desk: Desk) -> tuple[str, str, str]:
        desk.type("an answer\rhush hush\r")
        answers = [await desk.prompt.ask("who? "), await desk.prompt.ask("secret? ", True)]
        asking = asyncio.ensure_future(desk.prompt.ask("again? "))
        await desk.wait("again")
        while "an answer" not in desk.text.rpartition("again?")[2]:  # earlier answers are loaded while it stands there
            desk.type(UP)
            await asyncio.sleep(0.01)
        desk.type("\r")
        again = await asking
        assert "hush" not in desk.raw
        assert "secret?" in desk.text
        return answers[0], answers[1], again

    assert at(local, then) == ("an answer", "hush hush", "an answer")


def test_a_coloured_question_is_coloured(local: Local) -> None:
    async def then(desk: Desk) -> str:
        desk.type("x\r")
        await desk.prompt.ask("\x1b[31mred?\x1b[0m ")
        return desk.raw

    assert "\x1b[0;31mred?" in at(local, then)


@pytest.mark.parametrize(
    ("keys", "default", "agreed"),
    [
        ("y\r", False, True),
        ("N\r", True, False),
        ("maybe\ryes\r", False, True),
        ("\r", True, True),
        ("\r", False, False),
        ("\x04", True, True),
        ("\x03", False, False),
        ("\x03", True, False),
    ],
)
def test_confirming(local: Local, keys: str, default: bool, agreed: bool) -> None:
    async def then(desk: Desk) -> bool:
        desk.type(keys)
        return await desk.prompt.confirm("sure? ", default)

    assert at(local, then) is agreed


def test_a_question_that_insists_is_asked_until_it_is_answered(local: Local) -> None:
    async def then(desk: Desk) -> bool:
        desk.type("\x03\x03y\r")
        return await desk.prompt.confirm("restart? ", False, insists=True)

    assert at(local, then)


def test_what_comes_meanwhile_is_written_above(local: Local) -> None:
    async def then(desk: Desk) -> str:
        reading = asyncio.ensure_future(desk.read("typed"))
        await desk.wait(r"In \[1\]: typed")
        await desk.prompt.above(lambda: (desk.prompt._output.write_raw("said\r\n"), desk.prompt._output.flush()))
        await desk.wait(r"^said\nIn \[1\]: typed")
        desk.type("\r")
        return await reading

    assert at(local, then) == "typed"


def test_busy_stands_at_the_right(local: Local) -> None:
    async def then(desk: Desk) -> None:
        reading = asyncio.ensure_future(desk.read("x"))
        await desk.wait(r"In \[1\]: x$")
        desk.is_busy = True
        desk.prompt.redraw()
        await desk.wait(r"In \[1\]: x +busy$")
        desk.type("\r")
        await reading
        assert "busy" not in desk.text  # what stays of a prompt is what was typed

    at(local, then)


def test_the_signature_of_the_call_with_its_argument(local: Local, interpreter: Interpreter) -> None:
    def area(width: int, height: int = 3) -> int:
        return width * height

    interpreter.namespace.push({"area": area})

    async def then(desk: Desk) -> None:
        reading = asyncio.ensure_future(desk.read("area(1, "))
        await desk.wait(r"^area\(width: 'int', height: 'int' = 3\)")
        await desk.wait(r"In \[1\]: area\(1,$")
        desk.type("2)")
        await desk.wait(r"In \[1\]: area\(1, 2\)\n*\Z")
        desk.type("\r")
        await reading

    at(local, then)


def test_cells_of_earlier_sessions_are_found_by_their_beginning(local: Local, interpreter: Interpreter) -> None:
    for code in ("alpha = 1", "beta = 2", "alpha = 3"):
        interpreter.run(Cell(code), RecordingOutlet())

    async def then(desk: Desk) -> tuple[str, str]:
        reading = asyncio.ensure_future(desk.read())
        await desk.wait(r"In \[1\]:")
        while not desk.prompt.session.default_buffer.history.get_strings():
            await asyncio.sleep(0.01)  # they are read in a thread, while the prompt stands there
        desk.type("\x15al" + UP + UP + "\r")
        first = await reading
        return first, await desk.read("\x12bet\r\r")

    assert at(local, then) == ("alpha = 1", "beta = 2")


def test_a_suggestion_of_history_is_taken_with_the_right_key(local: Local) -> None:
    async def then(desk: Desk) -> str:
        await desk.read("something_long = 1\r")
        reading = asyncio.ensure_future(desk.read("somet"))
        await desk.wait(r"In \[1\]: something_long = 1\s+In \[1\]: something_long = 1")
        desk.type("\x1b[C\r")
        return await reading

    assert at(local, then) == "something_long = 1"


@pytest.mark.parametrize("name", ["NO_COLOR", "TERM"])
def test_without_colours_there_are_none(local: Local, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, {"NO_COLOR": "1", "TERM": "dumb"}[name])

    async def then(desk: Desk) -> str:
        await desk.read("def f(x):\rreturn 'y'\r\r")
        return desk.raw

    import re

    codes = {code for sequence in re.findall(r"\x1b\[([\d;]*)m", at(local, then)) for code in sequence.split(";")}
    assert codes <= {"", "0", "1", "4"}


def test_code_is_coloured(local: Local) -> None:
    async def then(desk: Desk) -> None:
        reading = asyncio.ensure_future(desk.read("def f"))
        await desk.wait("def f")
        for _ in range(500):
            if "38;5;81" in desk.raw or "38;2;102;217;239" in desk.raw:  # monokai's keyword
                break
            await asyncio.sleep(0.01)
        else:
            raise AssertionError(desk.raw)
        desk.type("\x1b\r")
        await reading

    at(local, then)


def test_the_mode_of_vi_is_shown(local: Local) -> None:
    async def then(desk: Desk) -> None:
        reading = asyncio.ensure_future(desk.read("x"))
        await desk.wait(r"^\[ins\] In \[1\]: x")
        desk.type("\x1b")
        await desk.wait(r"^\[nav\] In \[1\]: x")
        desk.type("\r")
        await reading

    at(local, then, Settings(editing_mode="vi"))


LINES = st.lists(st.text(alphabet="ab \u4e2d\u0301", max_size=50), min_size=1, max_size=4).map("\n".join)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, st.integers(12, 40))
def test_the_rows_of_a_prompt_are_those_that_it_takes(local: Local, text: str, columns: int) -> None:
    async def then(desk: Desk) -> None:
        await desk.read("\x1b\r", default=text)
        desk.prompt._output.write("END")
        desk.prompt._output.flush()
        shown = desk.text.split("\n")
        assert next(row for row, line in enumerate(shown) if line.startswith("END")) == desk.prompt.rows(text, columns)

    at(local, then, Settings(suggestions=False), columns=columns, rows=40)
