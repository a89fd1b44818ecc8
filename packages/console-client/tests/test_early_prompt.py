"""The prompt before the prompt: what it looks like, and that no key is lost while it stands."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from antiphon_console_client.early_prompt import prompt_text
from antiphon_console_client.testing import Terminal
from antiphon_console_client.theme import prompt_parts

STANDS = """
import sys
from antiphon_console_client.early_prompt import EarlyPrompt, can_be_early
assert can_be_early()
early = EarlyPrompt("early> ", sys.stdout)
import os, termios
quiet = termios.tcgetattr(0)[3]
assert not quiet & termios.ECHO and not quiet & termios.ISIG
first = os.read(0, 1)
early.give_way()
early.give_way()
restored = termios.tcgetattr(0)[3]
assert restored & termios.ECHO and restored & termios.ICANON and restored & termios.ISIG
print("late> ", first + os.read(0, 1), os.read(0, 10))
"""


@pytest.mark.parametrize("theme", ["dark", "light", "none"])
@pytest.mark.parametrize(("is_vi", "plain"), [(False, "In [7]: "), (True, "[ins] In [7]: ")])
def test_it_looks_as_the_theme_says(theme: str, is_vi: bool, plain: str) -> None:
    text = prompt_text(prompt_parts(theme), 7, is_vi)
    assert re.sub(r"\x1b\[[\d;]*m", "", text) == plain
    assert ("\x1b" in text) == (theme != "none")
    assert text.endswith("\x1b[0m") == (theme != "none")


def test_keys_wait_for_who_comes_after_it() -> None:
    with Terminal([sys.executable, "-c", STANDS]) as terminal:
        terminal.wait("^early>")
        terminal.type("a\x03")
        terminal.wait("^early> *$|late>")
        terminal.line("x")
        terminal.wait(r"^late>  b'a\\x03' b'x\\[nr]'")
        assert terminal.wait_end() == 0


def test_without_a_terminal_there_is_none() -> None:
    code = "from antiphon_console_client.early_prompt import can_be_early; print(can_be_early())"
    done = subprocess.run(
        [sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
