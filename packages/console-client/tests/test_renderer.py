"""What is seen: outputs go through a renderer into a pyte terminal."""

from __future__ import annotations

import time

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_console_client.outputs import Clear, Display, Error, Input, Output, Result, Stream
from antiphon_console_client.renderer import Renderer
from antiphon_console_client.rendering import Look


class Seen:
    """A renderer and the terminal it writes to."""

    def __init__(self, columns: int = 40, rows: int = 12, **options: object) -> None:
        self.size = [columns, rows]
        self.terminal = pyte.Screen(columns, rows)
        self.terminal.set_mode(pyte.modes.LNM)
        self.stream = pyte.Stream(self.terminal)
        self.written: list[str] = []
        self.renderer = Renderer(
            self.write,
            columns=lambda: self.size[0],
            rows=lambda: self.size[1],
            **options,  # type: ignore[arg-type]
        )

    def write(self, text: str) -> None:
        self.written.append(text)
        self.stream.feed(text)

    def show(self, *outputs: Output) -> list[str]:
        for output in outputs:
            self.renderer.show(output)
        return self.lines

    @property
    def lines(self) -> list[str]:
        return "\n".join(line.rstrip() for line in self.terminal.display).rstrip("\n").split("\n")


def out(text: str) -> Stream:
    return Stream("stdout", text)


def plain(text: str, display_id: str | None = None, update: bool = False) -> Display:
    return Display({"text/plain": text}, {}, display_id, update)


def test_results_stand_behind_their_prompt_or_below_it() -> None:
    seen = Seen()
    seen.show(Result(3, {"text/plain": "42"}), Result(4, {"text/plain": "[1,\n 2]"}))
    assert seen.lines == ["Out[3]: 42", "Out[4]:", "[1,", " 2]"]


def test_what_is_shown_begins_on_a_row_of_its_own() -> None:
    assert Seen().show(out("no newline"), plain("shown"), out("more\n")) == ["no newline", "shown", "more"]


def test_a_progress_bar_stays_in_its_row() -> None:
    seen = Seen()
    for percent in range(0, 101, 10):
        seen.show(out(f"\r{percent:3}%|{'#' * (percent // 10):10}|"))
    assert seen.show(out("\ndone\n")) == ["100%|##########|", "done"]


def test_nested_bars_climb_and_come_back() -> None:
    seen = Seen()
    for outer in range(3):
        seen.show(out(f"\router {outer}"))
        for inner in range(2):
            seen.show(out(f"\n\rinner {inner}\x1b[A"))
    assert seen.show(out("\n\n")) == ["outer 2", "inner 1"]


def test_a_display_is_updated_where_it_stands() -> None:
    seen = Seen()
    seen.show(plain("one", "a"), plain("two", "b"), out("below, unfinished"))
    assert seen.show(plain("ONE", "a", True)) == ["ONE", "two", "below, unfinished"]
    assert seen.show(plain("1\n1\n1", "a", True), out("!")) == ["1", "1", "1", "two", "below, unfinished!"]
    assert seen.show(plain("2", "b", True), plain("I", "a", True)) == ["I", "2", "below, unfinished!"]


def test_every_place_of_an_id_is_updated() -> None:
    assert Seen().show(plain("x", "a"), out("-\n"), plain("x", "a"), plain("y", "a", True)) == ["y", "-", "y"]


def test_a_display_that_has_scrolled_away_is_shown_anew() -> None:
    seen = Seen(rows=5)
    seen.show(plain("old", "a"), out("\n".join("123456") + "\n"), plain("new", "a", True))
    assert seen.lines == ["4", "5", "6", "new"]
    assert seen.show(plain("newer", "a", True)) == ["4", "5", "6", "newer"]


def test_an_update_of_what_was_never_shown_is_shown() -> None:
    assert Seen().show(plain("x", "unknown", True)) == ["x"]


def test_a_growing_display_scrolls_like_everything_else() -> None:
    seen = Seen(rows=5)
    seen.show(plain("a", "a"), out("tail\n"))
    assert seen.show(plain("1\n2\n3\n4\n5", "a", True)) == ["3", "4", "5", "tail"]


def test_outputs_are_cleared_in_place() -> None:
    seen = Seen()
    seen.show(out("before\n"))
    seen.renderer.begin()
    assert seen.show(out("a\n"), plain("b"), Clear()) == ["before"]


def test_a_waiting_clear_waits() -> None:
    seen = Seen()
    assert seen.show(out("a\nb"), Clear(wait=True)) == ["a", "b"]
    assert seen.show(out("c")) == ["c"]


def test_more_than_a_screen_is_cleared_as_far_as_it_can_be_seen() -> None:
    seen = Seen(rows=5)
    assert seen.show(out("\n".join("12345678")), Clear(), out("new")) == ["new"]


def test_a_prompt_below_is_gone_around() -> None:
    seen = Seen()
    seen.show(out("50%"))
    seen.renderer.rest(1)
    seen.write("prompt> typed")
    seen.write("\r\x1b[J")  # as a prompt is taken away before something is written
    assert seen.show(out("\r100%")) == ["100%"]
    seen.renderer.rest(1)
    assert seen.terminal.cursor.y == 1


def test_displays_above_a_prompt_that_stays() -> None:
    seen = Seen()
    seen.show(plain("one", "a"))
    seen.renderer.rest(1)
    seen.write("In [2]: update()\n")
    seen.renderer.passed(1)
    seen.renderer.begin()
    assert seen.show(out("x\n"), plain("ONE", "a", True)) == ["ONE", "In [2]: update()", "x"]
    assert seen.show(plain("1\n2", "a", True)) == ["ONE", "In [2]: update()", "x", "1", "2"]
    assert seen.show(Clear()) == ["ONE", "In [2]: update()"]


def test_a_prompt_of_unknown_height_ends_what_can_be_reached() -> None:
    seen = Seen()
    seen.show(plain("one", "a"))
    seen.write("In [2]: a\n   ...: b\n")
    seen.renderer.passed(None)
    assert seen.show(plain("two", "a", True)) == ["one", "In [2]: a", "   ...: b", "two"]


def test_after_a_resize_displays_are_shown_anew() -> None:
    seen = Seen()
    seen.show(plain("one", "a"))
    seen.size[0] = 30
    assert seen.show(plain("two", "a", True)) == ["one", "two"]


def test_others_are_marked() -> None:
    seen = Seen()
    seen.show(out("mine"), Input("a = 1\nprint(a)", 7, origin="x"), Stream("stdout", "1\n", origin="x"))
    seen.show(Result(7, {"text/plain": "1"}, {}, origin="x"), out("mine"))
    assert seen.lines == [
        "mine",
        "Remote In [7]: a = 1",
        "          ...: print(a)",
        "1",
        "Remote Out[7]: 1",
        "mine",
    ]


def test_an_error_is_its_traceback() -> None:
    red = "\x1b[31mZeroDivisionError\x1b[0m: division"
    seen = Seen()
    assert seen.show(Error("Z", "d", ("Traceback", red))) == ["Traceback", "ZeroDivisionError: division"]
    assert seen.terminal.buffer[1][0].fg == "red"
    assert Seen().show(Error("KeyError", "'a'", ())) == ["KeyError: 'a'"]


def test_without_colours_there_are_none() -> None:
    seen = Seen(colour=False)
    seen.show(Error("Z", "d", ("\x1b[31mred\x1b[0m",)), out("\x1b[1mbold\n"), Input("def f(): 1", 2, origin="x"))
    seen.show(Result(1, {"text/markdown": "# *a*"}))
    assert "\x1b[" not in "".join(seen.written).replace(seen.renderer.prompts.result.format(count=1), "")
    assert seen.lines[:2] == ["red", "bold"]


def test_a_file_gets_text_and_nothing_that_moves() -> None:
    seen = Seen(colour=False, terminal=False)
    seen.show(out("a\tb\r\x1b[A"), plain("one", "x"), Clear(), plain("two", "x", True), out("c"))
    seen.renderer.rest()
    seen.show(out("d\n"))
    assert "".join(seen.written) == "a\tb\r\none\ntwo\nc\nd\n"


def test_links_of_ours_come_through_and_of_theirs_do_not() -> None:
    seen = Seen(look=Look(links=True))
    link = "\x1b]8;;http://x.org\x1b\\"
    seen.show(Display({"text/markdown": "[a](http://x.org)"}, {}, "a"), out(f"{link}theirs\n"))
    assert "".join(seen.written).count("\x1b]8;;http") == 1
    seen.show(Display({"text/markdown": "[b](http://x.org)\n\nc"}, {}, "a", True))
    assert "".join(seen.written).count("\x1b]8;;http") == "".join(seen.written).count("\x1b]8;;\x1b") == 2
    assert seen.lines == ["b", "", "c", "theirs"]


def test_the_terminal_is_not_told_what_to_do() -> None:
    seen = Seen()
    seen.show(out("a\x1b]0;title\x07b\x1b]52;c;aGk=\x07c\x1b[6nd\x1b[?1049he\x1bcf\x9b5ng\x90q\x9ch\n"))
    seen.show(plain("x\x1b[2Jy\x1b]8;;http://z\x07z"))
    assert seen.lines == ["abcdefgh", "xyz"]
    assert set("".join(seen.written)) & set("\x1b\x07\x9b\x90") == set()


def test_twenty_columns_are_enough() -> None:
    seen = Seen(columns=20, rows=40)
    seen.show(Display({"text/markdown": "# A title that is long\n\n|a|b|\n|-|-|\n|some long text|other long text|"}))
    seen.show(Result(12345, {"text/plain": "x" * 50}))
    assert all(len(line) <= 20 for line in seen.lines)


def test_styles_do_not_leak() -> None:
    seen = Seen()
    seen.show(out("\x1b[31mred"), plain("plain"), Error("E", "", ("\x1b[1mbold",)), out("x"))
    assert [seen.terminal.buffer[row][0].fg for row in range(4)] == ["red", "default", "default", "default"]
    assert not seen.terminal.buffer[3][0].bold


def test_a_hundred_thousand_lines_cost_little() -> None:
    renderer = Renderer(lambda text: None, columns=lambda: 80, rows=lambda: 24)
    lines = [out(f"line {number} of the output\n") for number in range(100_000)]
    best = 9.0
    for _ in range(3):
        start = time.process_time()
        for line in lines:
            renderer.show(line)
        best = min(best, time.process_time() - start)
    assert best < 0.3


TEXTS = st.one_of(
    st.text("ab \n", max_size=60),
    st.sampled_from(
        ("\r", "\x1b[A", "\n\n", "\x1b[31mred\x1b[0m", "\x1b[K", "0123456789" * 5, "\b\b", "\t", "\x1b[2A")
    ),
)
IDS = st.sampled_from(("x", "y", "z"))
ORIGINS = st.sampled_from(("", "", "other"))
OUTPUTS = st.one_of(
    st.builds(lambda text, origin: Stream("stdout", text, origin), TEXTS, ORIGINS),
    st.builds(plain, TEXTS, IDS),
    st.builds(plain, TEXTS, IDS, st.just(True)),
    st.builds(lambda text: Result(1, {"text/plain": text}), TEXTS),
    st.builds(Clear, st.booleans(), ORIGINS),
    st.builds(lambda code: Input(code, 2, "other"), st.text("ab\n", max_size=20)),
    st.integers(1, 4),
    st.just("begin"),
    st.integers(-3, -1),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(OUTPUTS, max_size=25))
def test_the_renderer_knows_what_is_on_the_screen(steps: list[Output | int | str]) -> None:
    """Negative numbers leave a prompt of so many rows standing, positive ones draw one and take it away."""
    seen = Seen(20, 8)
    for step in steps:
        if step == "begin":
            seen.renderer.begin()
        elif isinstance(step, int):
            seen.renderer.rest(abs(step))
            assert seen.terminal.cursor.x == 0
            if step > 0:
                seen.write("?" * 20 + "\n?" * (step - 1) + (f"\x1b[{step - 1}A" if step > 1 else "") + "\r\x1b[J")
            else:
                seen.write("?\n" * -step)
                seen.renderer.passed(-step)
        else:
            seen.renderer.show(step)  # type: ignore[arg-type]
        screen = seen.renderer.screen
        shift = seen.terminal.cursor.y - screen.row
        for number in range(screen.visible, screen.bottom + 1):
            row = screen.at(number)
            shown = seen.terminal.display[number + shift].rstrip() if 0 <= number + shift < 8 else "nowhere"
            assert row.fixed or "".join(text for _, text, _ in row.parts).rstrip() == shown
        assert min(screen.column, 19) == min(seen.terminal.cursor.x, 19) or screen.lost


@pytest.mark.parametrize("preference", [(), ("text/plain",), ("text/html",)])
def test_nothing_to_show_says_so(preference: tuple[str, ...]) -> None:
    assert Seen(preference=preference).show(Display({"application/x-strange": {}})) == ["<application/x-strange>"]


def test_a_display_that_running_code_has_erased_is_shown_anew() -> None:
    seen = Seen()
    seen.show(out("kept"), plain(" \n ", "a"), out("\x1b[2A"))
    seen.renderer.rest(1)
    assert seen.show(plain("new", "a", True), out("\nend\n")) == ["kept", "new", "", "end"]


def test_updates_reach_below_a_cursor_that_has_climbed() -> None:
    seen = Seen()
    seen.show(out("top\n"), plain("one", "a"), plain("two", "b"), out("\x1b[9A"))
    assert seen.show(plain("ONE\nMORE", "a", True), out("TOP")) == ["TOP", "ONE", "MORE", "two"]
    assert seen.show(plain("1", "a", True), plain("2", "b", True)) == ["TOP", "1", "2"]


def test_two_places_of_one_id_do_not_share_their_rows() -> None:
    seen = Seen()
    seen.show(plain("a", "x"), plain("a", "x"), plain("b", "x", True), out("\x1b[Ac"))
    seen.renderer.rest(1)
    assert seen.show(plain("d\ne", "y"), Clear()) == [""]
