"""The backend's choices as the menu shows them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.completion import CompleteEvent, Completion
from prompt_toolkit.document import Document

from antiphon_console_client.backend import Choice
from antiphon_console_client.completion import BackendCompleter, _display, _shared_beginning, in_columns
from antiphon_console_client.local import Local
from antiphon_console_client.settings import Settings
from antiphon_console_client.testing import Desk
from antiphon_console_client.widths import width
from antiphon_exec_core.interpreter import Interpreter


def found(local: Local, text: str) -> dict[str, Completion]:
    async def gathered() -> dict[str, Completion]:
        completer = BackendCompleter(local)
        event = CompleteEvent(completion_requested=True)
        return {one.text: one async for one in completer.get_completions_async(Document(text), event)}

    return asyncio.run(gathered())


def test_names_replace_what_was_typed_of_them(local: Local, interpreter: Interpreter) -> None:
    interpreter.namespace.push({"width": 1, "weight": 2})
    both = found(local, "x = weight + wid")
    assert set(both) == {"width"}
    assert both["width"].start_position == -3


def test_the_menu_begins_after_the_last_dot(local: Local, interpreter: Interpreter) -> None:
    class Box:
        lid = 1

        def open_it(self) -> None: ...

    interpreter.namespace.push({"box": Box()})
    choices = found(local, "box.")
    shown = {one.display_text for one in choices.values()}
    assert {"lid", "open_it()"} <= shown
    method = next(one for one in choices.values() if one.display_text == "open_it()")
    assert method.display_meta_text.startswith("function")
    assert "()" not in method.text


def test_magics_have_their_own_kind(local: Local) -> None:
    (one,) = [one for text, one in found(local, "%timei").items() if text == "%timeit"]
    assert one.display_meta_text == "magic"


def test_files_in_strings(local: Local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data_one.csv").touch()
    (tmp_path / "data_two.csv").touch()
    assert {one.display_text for one in found(local, "open('data_").values()} == {"data_one.csv", "data_two.csv"}


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_line_asks_nobody(local: Local, text: str) -> None:
    assert found(local, text) == {}


TEXTS = st.lists(st.text(alphabet="ab./_", min_size=1), min_size=1)


@given(TEXTS)
def test_what_is_left_out_is_the_same_for_all(texts: list[str]) -> None:
    cut = _shared_beginning([Choice(text, 0, 0) for text in texts])
    assert len({text[:cut] for text in texts}) == 1
    assert not cut or texts[0][cut - 1] in "./"


@given(TEXTS)
def test_no_row_of_the_menu_is_empty(texts: list[str]) -> None:
    choices = [Choice(text, 0, 0) for text in texts]
    cut = _shared_beginning(choices)
    assert all(_display(choice, cut) for choice in choices)


@pytest.mark.parametrize(
    ("choice", "shown"),
    [
        (Choice("f", 0, 0, "function"), "f()"),
        (Choice("f()", 0, 0, "function"), "f()"),
        (Choice("\u0301x", 0, 0), " \u0301x"),
        (Choice("a/", 0, 0, "path"), "a/"),
    ],
)
def test_how_a_choice_looks(choice: Choice, shown: str) -> None:
    assert _display(choice, 0) == shown


@pytest.mark.parametrize("style", ["multicolumn", "column"])
def test_tab_inserts_what_all_share_and_shows_the_rest(local: Local, interpreter: Interpreter, style: str) -> None:
    interpreter.namespace.push({"zebra_one": 1, "zebra_two": 2})

    async def typed() -> str:
        with Desk(local, Settings(completions=style)) as desk:
            reading = asyncio.ensure_future(desk.read("zeb\t"))
            await desk.wait(r"zebra_one.*\s+.*zebra_two")
            desk.type("\t\t")
            await desk.wait(r"In \[1\]: zebra_two")
            desk.type("\r + 1\r")  # the first takes what is chosen
            return await reading

    assert asyncio.run(typed()) == "zebra_two + 1"


def test_without_a_menu_tab_lists_the_choices(local: Local, interpreter: Interpreter) -> None:
    interpreter.namespace.push({"zebra_one": 1, "zebra_two": 2})

    async def typed() -> tuple[str, list[str]]:
        with Desk(local, Settings(completions="readlinelike")) as desk:
            # All at once: what is typed after Tab waits for its answer.
            return await desk.read("zeb\t\ttw\t + 1\r"), desk.said

    assert asyncio.run(typed()) == ("zebra_two + 1", ["zebra_one  zebra_two"])


@given(st.lists(st.text(alphabet="ab\u4e2d", min_size=1), min_size=1), st.integers(1, 40))
def test_columns_hold_every_word_and_fit(words: list[str], columns: int) -> None:
    listed = in_columns(words, columns)
    assert sorted(listed.split()) == sorted(words)
    widest = max(map(width, words))
    assert all(width(row) <= max(columns, widest) for row in listed.split("\n"))
