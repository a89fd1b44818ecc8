"""Who gets an image: the terminal, or what the user has said."""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path

import pyte
import pytest

from antiphon_console_client.images import ImageHandler, TerminalPictures
from antiphon_console_client.outputs import Display, Result
from antiphon_console_client.pictures import Terminal
from antiphon_console_client.pictures.testing import kitty_commands, picture
from antiphon_console_client.renderer import Renderer

DATA = {"image/png": base64.b64encode(picture(64, 32)).decode(), "text/plain": "<Figure>"}


def shown(terminal: Terminal, *outputs: Display | Result) -> tuple[str, list[str]]:
    screen = pyte.Screen(40, 10)
    screen.set_mode(pyte.modes.LNM)
    stream = pyte.Stream(screen)
    written: list[str] = []
    renderer = Renderer(written.append, columns=lambda: 40, rows=lambda: 10, pictures=TerminalPictures(terminal))
    for output in outputs:
        renderer.show(output)
    for text in written:
        # pyte prints what stands in an APC; a terminal does not.
        stream.feed(text if "\x1b_" not in text else re.sub(r"\x1b_[^\x1b]*\x1b\\", "", text))
    return "".join(written), "\n".join(line.rstrip() for line in screen.display).rstrip().split("\n")


def test_a_picture_stands_below_its_prompt_and_text_below_it() -> None:
    written, lines = shown(Terminal("kitty"), Result(1, DATA), Display({"text/plain": "after"}))
    assert lines == ["Out[1]:", "", "", "after"]
    assert kitty_commands(written)[0][0]["r"] == "2"
    assert "\n\n\x1b7\x1b[2A\r\x1b_G" in written


def test_an_updated_picture_takes_the_place_of_the_former() -> None:
    bigger = {"image/png": base64.b64encode(picture(64, 64)).decode()}
    first, second = Display(DATA, {}, "a"), Display(bigger, {}, "a", True)
    written, lines = shown(Terminal("kitty"), first, Display({"text/plain": "after"}), second)
    assert lines == ["", "", "", "", "after"]
    commands = kitty_commands(written)
    assert [keys["a"] for keys, _ in commands] == ["T", "d", "T"]
    assert commands[0][0]["i"] == commands[1][0]["i"] != commands[2][0]["i"]


def test_half_blocks_and_placeholders_are_text() -> None:
    _, lines = shown(Terminal("blocks", true_colour=True), Display(DATA))
    assert lines == ["▀" * 8, "▀" * 8]


@pytest.mark.parametrize("kind", ["sixel", "iterm"])
def test_other_protocols_reserve_their_rows(kind: str) -> None:
    written, _ = shown(Terminal(kind), Display(DATA))  # type: ignore[arg-type]
    assert written.startswith("\n\n\x1b7\x1b[2A\r\x1b")
    assert written.endswith("\x1b8")


def test_a_terminal_without_pictures_gets_the_text() -> None:
    assert shown(Terminal("none"), Display(DATA))[1] == ["<Figure>"]
    assert shown(Terminal("kitty"), Display({"image/png": "broken", "text/plain": "x"}))[1] == ["x"]


def test_the_terminal_is_asked_for_once_and_late() -> None:
    asked = []

    def ask() -> Terminal:
        asked.append(1)
        return Terminal("kitty")

    pictures = TerminalPictures(ask)
    assert not asked
    for _ in range(2):
        assert pictures.draw(DATA, "image/png", {}, 10, 10)
    assert asked == [1]


def test_a_function_gets_the_bundle() -> None:
    got: list[object] = []
    handler = ImageHandler("callable", function=got.append)
    drawing = handler.draw(DATA, "image/png", {}, 10, 10)
    assert got == [DATA]
    assert drawing is not None and not drawing.lines
    assert ImageHandler("callable", function=lambda data: False).draw(DATA, "image/png", {}, 10, 10) is None
    assert ImageHandler("callable", function=lambda data: 1 / 0).draw(DATA, "image/png", {}, 10, 10) is None
    assert ImageHandler("callable").draw(DATA, "image/png", {}, 10, 10) is None


COPY = """
import sys
source = sys.stdin.buffer if sys.argv[1] == "-" else open(sys.argv[1], "rb")
open(sys.argv[2], "wb").write(source.read())
"""


def test_a_command_gets_the_image_on_its_input(tmp_path: Path) -> None:
    target = tmp_path / "image"
    words = (sys.executable, "-c", COPY, "-", f"{target}.{{format}}")
    assert ImageHandler("stream", stream=words).draw(DATA, "image/png", {}, 10, 10)
    assert target.with_suffix(".png").read_bytes() == picture(64, 32)


def test_a_command_gets_the_image_as_a_file(tmp_path: Path) -> None:
    target = tmp_path / "image.png"
    handler = ImageHandler("tempfile", tempfile=(sys.executable, "-c", COPY, "{file}", str(target)))
    assert handler.draw(DATA, "image/png", {}, 10, 10)
    assert target.read_bytes() == picture(64, 32)
    svg = ImageHandler("tempfile", tempfile=(sys.executable, "-c", COPY, "{file}", str(target)))
    assert svg.draw({"image/svg+xml": "<svg/>"}, "image/svg+xml", {}, 10, 10)
    assert target.read_bytes() == b"<svg/>"


@pytest.mark.parametrize(
    "words", [(), ("no-such-command-anywhere",), (sys.executable, "-c", "raise SystemExit(1)"), ("{",)]
)
def test_a_command_that_fails_leaves_the_text(words: tuple[str, ...]) -> None:
    for handler in (ImageHandler("stream", stream=words), ImageHandler("tempfile", tempfile=words)):
        assert handler.draw(DATA, "image/png", {}, 10, 10) is None


def test_with_a_handler_a_result_shows_its_text_too() -> None:
    written: list[str] = []
    handler = ImageHandler("callable", function=lambda data: None)
    renderer = Renderer(written.append, columns=lambda: 40, rows=lambda: 10, colour=False, pictures=handler)
    renderer.show(Result(1, DATA))
    renderer.show(Display(DATA))
    assert "".join(written).endswith("Out[1]: <Figure>\n")
