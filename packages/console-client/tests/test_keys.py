"""Keys at a prompt over a real interpreter: what is run, what goes on, what is taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from prompt_toolkit.input.ansi_escape_sequences import ANSI_SEQUENCES
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys

from antiphon_console_client.keys import PatientKeys
from antiphon_console_client.local import Local
from antiphon_console_client.settings import Settings
from antiphon_console_client.testing import Desk

UP, LEFT, HOME, F2 = "\x1b[A", "\x1b[D", "\x1b[H", "\x1bOQ"
RUN = "\x1b\r"  # Alt-Enter


def read(local: Local, keys: str, settings: Settings | None = None) -> str:
    async def typed() -> str:
        with Desk(local, settings) as desk:
            return await desk.read(keys)

    return asyncio.run(typed())


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("1 + 1\r", "1 + 1"),
        ("\r", ""),
        ("for i in x:\rprint(i)\r\r", "for i in x:\n    print(i)\n    "),
        ("f(1,\r2)\r", "f(1,\n2)"),
        ("x = '''a\rb'''\r", "x = '''a\nb'''"),
        ("def (\x1b\r", "def ("),
        ("1 \\\r+ 2\r", "1 \\\n+ 2"),
        ("a\x0fb\x1b\r", "a\nb"),
        ("\tx\x1b\r", "    x"),
        ("  \tx\x1b\r", "    x"),
        ("\t\t\x7fx\x1b\r", "    x"),
        ("      \x7fx\x1b\r", "    x"),
        ("abc\x7f\r", "ab"),
        ("%timeit x\r", "%timeit x"),
        ("!ls\r", "!ls"),
        ("x?\r", "x?"),
    ],
)
def test_what_is_typed_is_what_is_read(local: Local, keys: str, code: str) -> None:
    assert read(local, keys).rstrip() == code.rstrip()


def test_enter_within_a_cell_opens_a_line_there(local: Local) -> None:
    assert read(local, "if x:\ra\r" + UP + UP + "\x05\rb" + RUN).split("\n")[1].strip() == "b"


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        (">>> x = 1\r\n>>> y = 2\r\n", "x = 1\ny = 2"),
        ("if x:\r\n\ty = 1\r\n", "if x:\n    y = 1"),
        ("a\rb", "a\nb"),
        ("no prompt\n>>> here", "no prompt\n>>> here"),
    ],
)
def test_pasted_text_waits_and_has_no_prompts(local: Local, pasted: str, code: str) -> None:
    assert read(local, f"\x1b[200~{pasted}\x1b[201~{RUN}").strip() == code


def test_many_lines_in_one_write_are_many_cells(local: Local) -> None:
    async def typed() -> list[str]:
        with Desk(local) as desk:
            desk.type("".join(f"x{n} = {n}\r" for n in range(8)))
            return [await desk.read() for _ in range(8)]

    assert asyncio.run(typed()) == [f"x{n} = {n}" for n in range(8)]


class Slow(Local):
    """A backend that takes its time to judge."""

    async def is_complete(self, code: str) -> tuple[str, str]:
        for _ in range(50):
            await asyncio.sleep(0)
        return await super().is_complete(code)


class Broken(Local):
    """A backend that cannot judge."""

    async def is_complete(self, code: str) -> tuple[str, str]:
        raise RuntimeError("no judge")


def test_what_is_typed_before_the_answer_comes_after_it(local: Local) -> None:
    slow = Slow(local._interpreter)
    assert read(slow, "for i in x:\rprint(i)\r\r").rstrip() == "for i in x:\n    print(i)"


def test_a_cell_that_cannot_be_judged_is_run(local: Local) -> None:
    assert read(Broken(local._interpreter), "for i in x:\r") == "for i in x:"


def test_ctrl_c_gives_up_the_line(local: Local) -> None:
    with pytest.raises(KeyboardInterrupt):
        read(local, "abc\x03")


def test_ctrl_c_over_nothing_interrupts_what_runs(local: Local) -> None:
    asked: list[str] = []

    async def typed() -> str:
        with Desk(local, interrupt=lambda: not asked.append("interrupt")) as desk:
            return await desk.read("\x03later\r")

    assert asyncio.run(typed()) == "later"
    assert asked == ["interrupt"]


def test_ctrl_d_leaves(local: Local) -> None:
    with pytest.raises(EOFError):
        read(local, "\x04")


def test_ctrl_d_in_text_deletes(local: Local) -> None:
    assert read(local, "abc" + LEFT + "\x04\r") == "ab"


def test_a_cell_is_edited_in_the_editor(local: Local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nfor last; do :; done\nprintf "\\ny = 2" >>"$last"\n')
    editor.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.delenv("VISUAL", raising=False)

    async def typed() -> str:
        with Desk(local) as desk:
            reading = asyncio.ensure_future(desk.read("x = 1" + F2))
            await desk.wait("y = 2")
            desk.type(RUN)
            return await reading

    assert asyncio.run(typed()).split() == ["x", "=", "1", "y", "=", "2"]


def test_vi_keys(local: Local) -> None:
    assert read(local, "abc\x1b0x$a!\r", Settings(editing_mode="vi")) == "bc!"


class Heard:
    """Key bindings that write down what came."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.bindings = KeyBindings()
        self.bindings.add(Keys.Any)(lambda event: self.keys.append(event.key_sequence[0].key))


def patiently(then: Callable[[PatientKeys, Heard], Awaitable[None]]) -> list[str]:
    heard = Heard()

    async def within() -> None:
        processor = PatientKeys(heard.bindings)
        await then(processor, heard)

    asyncio.run(within())
    return heard.keys


def test_held_keys_keep_their_order() -> None:
    async def then(processor: PatientKeys, heard: Heard) -> None:
        processor.feed_multiple([KeyPress("a"), KeyPress("b")])
        waiting = processor.hold()
        processor.feed(KeyPress("c"))
        processor.process_keys()
        assert heard.keys == []
        assert processor.release(waiting)
        processor.process_keys()

    assert patiently(then) == ["a", "b", "c"]


def test_an_answer_that_comes_after_a_reset_releases_nothing() -> None:
    async def then(processor: PatientKeys, heard: Heard) -> None:
        waiting = processor.hold()
        processor.reset()
        assert not processor.release(waiting)

    assert patiently(then) == []


def test_what_is_left_at_the_end_is_for_the_next_prompt() -> None:
    async def then(processor: PatientKeys, heard: Heard) -> None:
        processor.feed(KeyPress("a"))
        processor.hold()
        processor.feed(KeyPress("b"))
        assert [press.key for press in processor.empty_queue()] == ["a", "b"]

    assert patiently(then) == []


def test_the_escapes_above_are_the_keys_that_are_meant() -> None:
    assert (ANSI_SEQUENCES[UP], ANSI_SEQUENCES[F2]) == (Keys.Up, Keys.F2)
