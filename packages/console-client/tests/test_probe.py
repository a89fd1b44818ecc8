"""What terminals answer, and asking one over a pseudo terminal."""

from __future__ import annotations

import os
import threading

import pytest

from antiphon_console_client.pictures.probe import ask, probe
from antiphon_console_client.pictures.terminal import QUESTION, Answers, Terminal, complete, detect, read

pty = pytest.importorskip("pty")

KITTY = b"\x1b_Gi=31;OK\x1b\\\x1b[6;20;10t\x1b[?62;c"
SIXEL = b"\x1b[6;16;8t\x1b[?62;4;22c"
PLAIN = b"\x1b[?1;2c"


@pytest.mark.parametrize(
    ("environ", "answer", "outer", "kind"),
    [
        ({"TERM": "xterm-kitty"}, KITTY, "", "kitty"),
        ({"TERM": "xterm"}, SIXEL, "", "sixel"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, PLAIN, "", "iterm"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, PLAIN, "", "iterm"),
        ({"TERM": "xterm-256color"}, PLAIN, "", "blocks"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, PLAIN, "", "blocks"),
        ({"TERM": "vt100"}, PLAIN, "", "none"),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, b"", "", "none"),
        ({"TERM": "tmux-256color", "TMUX": "x"}, PLAIN, "xterm-kitty", "kitty"),
        ({"TERM": "tmux-256color", "TMUX": "x", "TERM_PROGRAM": "iTerm.app"}, SIXEL, "", "sixel"),
        ({"TERM": "tmux-256color", "TMUX": "x"}, PLAIN, "", "blocks"),
    ],
)
def test_the_best_way_there_is(environ: dict[str, str], answer: bytes, outer: str, kind: str) -> None:
    assert detect(environ, read(answer), outer=outer).kind == kind


def test_answers_are_told_from_what_was_typed() -> None:
    found = read(b"pri\x1b_Gi=31;OK\x1b\\nt\x1b[6;20;10t(1\x1b[?62;4c)\x1b[A")
    assert found == Answers(kitty=True, sixel=True, cell=(10, 20), rest=b"print(1)\x1b[A")
    assert not read(b"\x1b_Gi=31;ENOTSUP\x1b\\\x1b[?6c").kitty
    assert not complete(KITTY[:-1])
    assert complete(KITTY)


def test_without_colours_there_are_no_blocks() -> None:
    assert detect({"TERM": "xterm-256color"}, Answers(), colour=False).kind == "none"


@pytest.fixture
def terminal() -> object:
    master, slave = pty.openpty()
    yield master, slave
    for fd in (master, slave):
        os.close(fd)


@pytest.mark.parametrize("answer", [KITTY, SIXEL])
def test_a_terminal_is_asked(terminal: tuple[int, int], answer: bytes) -> None:
    master, slave = terminal
    heard = bytearray()

    def reply() -> None:
        while not heard.endswith(b"\x1b[c"):
            heard.extend(os.read(master, 100))
        os.write(master, b"typed" + answer)

    thread = threading.Thread(target=reply)
    thread.start()
    found, rest = probe(slave, slave, lambda text: os.write(slave, text.encode()), {"TERM": "xterm"})
    thread.join()
    assert bytes(heard) == QUESTION.encode()
    assert rest == b"typed"
    assert found.kind == ("kitty" if answer is KITTY else "sixel")
    assert found.cell == ((10, 20) if answer is KITTY else (8, 16))


def test_a_terminal_that_keeps_still_is_not_waited_for(terminal: tuple[int, int]) -> None:
    _, slave = terminal
    assert ask(slave, lambda text: None, seconds=0.01) == Answers()


def test_no_terminal_is_not_asked() -> None:
    reader, writer = os.pipe()
    try:
        assert probe(reader, writer, pytest.fail, {"TERM": "xterm"}) == (Terminal(), b"")
        assert ask(reader, pytest.fail) == Answers()
    finally:
        os.close(reader)
        os.close(writer)
