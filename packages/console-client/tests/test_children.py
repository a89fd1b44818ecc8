"""`!command` in the shell: the child has the terminal, and gives it back."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from antiphon_console_client.testing import Terminal

REQUIRED = bool(os.environ.get("ANTIPHON_REQUIRE"))  # then a program that is not here is a failure

SHELL = [sys.executable, "-m", "antiphon_console_client.shell_app"]
PYTHON = sys.executable


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Terminal]:
    # A COLUMNS that is not this terminal's must not matter.
    env = {"IPYTHONDIR": str(tmp_path), "HOME": str(tmp_path), "SHELL": "/bin/sh", "COLUMNS": "61", "LINES": "9"}
    with Terminal(SHELL, env=env, cwd=str(tmp_path)) as terminal:
        terminal.prompt(1)
        yield terminal


def test_it_sees_a_terminal_and_is_answered(shell: Terminal) -> None:
    shell.cell(1, "!test -t 0 && test -t 1 && test -t 2 && echo all of it")
    shell.wait("^all of it$")
    shell.cell(2, "!echo asks; read line; echo you said $line")
    shell.wait("^asks$")  # what is typed before that is for the next prompt
    shell.line("hello")
    shell.wait("^you said hello$")
    shell.cell(3, "_exit_code")
    shell.wait(r"Out\[3\]: 0")
    shell.cell(4, "!exit 3")
    shell.cell(5, "_exit_code")
    shell.wait(r"Out\[5\]: 3")


def test_colours_and_order(shell: Terminal) -> None:
    shell.cell(1, "print('before', end=' '); get_ipython().system('printf \"\\033[31mred\\033[0m\"'); print('after')")
    shell.wait(r"^before red\nafter$")
    assert b"\x1b[31mred\x1b[0m" in bytes(shell.raw)
    shell.cell(2, "!printf 'no end'")
    shell.wait(r"^no end\n\nIn \[3\]:")


def test_lines_and_captures_do_not_go_to_the_terminal(shell: Terminal) -> None:
    shell.cell(1, "x = !echo kept")
    shell.cell(2, "x")
    shell.wait(r"Out\[2\]: \['kept'\]")
    shell.prompt(3)
    shell.type("\x1b[200~%%capture got\n!echo caught\x1b[201~\x1b\r")
    shell.cell(4, "got.stdout.upper()")
    shell.wait(r"Out\[4\]: 'CAUGHT")
    assert not any(row == "caught" for row in shell.text.splitlines())


def test_ctrl_c_is_the_childs(shell: Terminal) -> None:
    code = (
        "import signal,time; signal.signal(2, lambda *_: (print('child heard'), exit(0))); print('on'); time.sleep(99)"
    )
    shell.cell(1, f'!exec {PYTHON} -u -c "{code}"')
    shell.wait("^on$")
    shell.type("\x03")
    shell.wait("child heard")
    shell.prompt(2)
    shell.line("_exit_code")
    shell.wait(r"Out\[2\]: 0")
    shell.cell(3, "for i in range(99): get_ipython().system('echo started; sleep 99')")
    shell.wait("^started$")
    shell.type("\x03")  # one that dies of it takes the cell along
    shell.wait("KeyboardInterrupt")
    shell.cell(4, "6 * 7")
    shell.wait(r"Out\[4\]: 42")


def test_a_child_that_leaves_the_terminal_raw_or_is_killed(shell: Terminal) -> None:
    shell.cell(1, f"!stty raw -echo; exec {PYTHON} -c 'import os; os.kill(os.getpid(), 9)'")
    shell.cell(2, "_exit_code, input('typed? ')")
    shell.wait(r"^typed\?\s*\Z")
    shell.line("yes")
    shell.wait(r"Out\[2\]: \(-9, 'yes'\)")
    assert "typed? yes" in shell.text  # it was echoed


@pytest.mark.skipif(not REQUIRED and not shutil.which("bash"), reason="no bash here")
def test_a_shell_with_jobs_of_its_own(shell: Terminal) -> None:
    shell.cell(1, "!PS1='sub> ' bash --norc -i")
    shell.wait(r"^sub> \s*\Z|^sub>\s*\Z")
    shell.line("kill -9 $$")
    shell.cell(2, "6 * 7")
    shell.wait(r"Out\[2\]: 42")


@pytest.mark.skipif(not REQUIRED and not shutil.which("less"), reason="no less here")
def test_less_pages(shell: Terminal) -> None:
    shell.cell(1, "!seq 500 | less")
    shell.wait(r"(?s)^1$.*^:")
    shell.type("G")
    shell.wait(r"^500$")
    shell.type("q")
    shell.prompt(2)


@pytest.mark.skipif(not REQUIRED and not os.path.exists("/usr/bin/vi"), reason="no vi here")
def test_vi_edits(shell: Terminal, tmp_path: Path) -> None:
    shell.cell(1, "!vi made.txt")
    shell.wait(r"(?i)made\.txt.*new")
    for _ in range(20):  # what is typed while it still starts, vi may throw away
        shell.type("\x1bi")
        with suppress(AssertionError):
            shell.wait("INSERT", seconds=2)
            break
    shell.type("typed in vi")
    shell.wait("^typed in vi$")
    shell.type("\x03")  # ends the typing there, not the editor
    shell.until(lambda text: "INSERT" not in text, "vi's normal mode")
    shell.type(":wq\r")
    shell.prompt(2)
    assert (tmp_path / "made.txt").read_text() == "typed in vi\n"


def test_a_background_child_is_not_waited_for(shell: Terminal) -> None:
    shell.cell(1, "!sleep 30 > /dev/null 2>&1 &")
    shell.prompt(2)
