"""A typed character is written before the layout, at its place, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon_console_client.echo import echo
from antiphon_console_client.local import Local
from antiphon_console_client.settings import Settings
from antiphon_console_client.testing import Desk


def at(local: Local, typed: str, then: Callable[[Desk], Awaitable[None]], chosen: Settings | None = None) -> None:
    async def within() -> None:
        with Desk(local, chosen, columns=30) as desk:
            reading = asyncio.ensure_future(desk.read(typed))
            await desk.wait(r"In \[1\]:" + " *" + typed[:1])
            await then(desk)
            desk.type("\x1b\r")
            await reading

    asyncio.run(within())


def test_a_character_at_the_end_is_on_the_screen_at_once(local: Local) -> None:
    async def then(desk: Desk) -> None:
        await desk.wait("ab")
        written = len(desk.raw)
        desk.prompt.session.default_buffer.insert_text("c")
        assert desk.raw[written:] == "c"
        assert desk.text.endswith("abc")

    at(local, "ab", then)


@pytest.mark.parametrize("sign", ["\u4e2d", "\u0301", "\t", "\n"])
def test_what_is_not_one_plain_cell_waits_for_the_layout(local: Local, sign: str) -> None:
    async def then(desk: Desk) -> None:
        written = len(desk.raw)
        desk.prompt.session.default_buffer.insert_text(sign)
        assert sign not in desk.raw[written:]

    at(local, "ab", then)


def test_within_text_the_rest_has_to_move(local: Local) -> None:
    async def then(desk: Desk) -> None:
        buffer = desk.prompt.session.default_buffer
        buffer.cursor_position = 1
        written = len(desk.raw)
        buffer.insert_text("x")
        assert desk.raw[written:] == ""

    at(local, "ab", then)


def test_where_nothing_is_drawn_nothing_is_written(local: Local) -> None:
    async def within() -> None:
        with Desk(local) as desk:
            buffer = desk.prompt.session.default_buffer
            buffer.text = "x"
            buffer.cursor_position = 1
            written = desk.raw
            assert not echo(desk.prompt.session.app, buffer, 8)
            assert desk.raw == written

    asyncio.run(within())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(alphabet="ab \u4e2d", min_size=1, max_size=12), min_size=1, max_size=6))
def test_however_it_comes_the_screen_shows_what_was_typed(local: Local, bursts: list[str]) -> None:
    """Bursts of keys, with or without time to draw between, over more than one row."""

    async def then(desk: Desk) -> None:
        for number, burst in enumerate(bursts):
            desk.type(burst)
            if number % 2:
                await asyncio.sleep(0)
        whole = "x" + "".join(bursts)

        def shown() -> str:
            rows = desk.text.split("\n")
            return "".join(row[8:].ljust(22) if row.isascii() else row[8:] for row in rows).replace(" ", "")

        async with asyncio.timeout(30):
            # A space is not seen: it has arrived when it is in the text.
            while shown() != whole.replace(" ", "") or desk.prompt.session.default_buffer.text != whole:
                desk.prompt.redraw()
                await asyncio.sleep(0.01)

    at(local, "x", then, Settings(suggestions=False))
