"""The editor: which one, at which line; and opened from the shell, a kernel's console and a key."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from antiphon_console_client.editor import NotEdited, command, edit, edit_text
from antiphon_console_client.testing import Terminal

SHELL = [sys.executable, "-m", "antiphon_console_client.shell_app"]
CONSOLE = [sys.executable, "-m", "antiphon_console_client.console_app", "--no-confirm-exit"]

Environ = dict[str, str]


def test_which_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command("f.py", 0, "", {"EDITOR": "nano"}) == ["nano", "f.py"]
    assert command("f.py", 3, "", {"EDITOR": "nano", "VISUAL": "emacs -nw"}) == ["emacs", "-nw", "+3", "f.py"]
    assert command("f.py", 3, "/usr/bin/code --wait", {}) == ["/usr/bin/code", "--wait", "-g", "f.py:3"]
    assert command("f.py", 3, "subl", {"VISUAL": "vi"}) == ["subl", "f.py:3"]
    with pytest.raises(NotEdited, match="is no command"):
        command("f.py", 0, "vi '", {})
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotEdited, match="set EDITOR"):
        command("f.py", 0, "", {})


def test_why_nothing_was_edited() -> None:
    def missing(words: object) -> int:
        raise FileNotFoundError(2, "No such file or directory")

    with pytest.raises(NotEdited, match="'nosuch' cannot be started: no such file"):
        edit("f.py", 0, "nosuch", missing)
    with pytest.raises(NotEdited, match="ended with exit code 3"):
        edit("f.py", 0, "vi", lambda words: 3)
    with pytest.raises(NotEdited, match="signal 9"):
        edit("f.py", 0, "vi", lambda words: -9)


def test_a_text(tmp_path: Path) -> None:
    script = tmp_path / "ed"
    script.write_text("#!/bin/sh\nprintf 'and more\\n' >> $1\n")
    script.chmod(0o755)
    assert edit_text("typed\n", ".py", str(script)) == "typed\nand more"


@pytest.fixture
def environ(tmp_path: Path) -> Callable[..., Environ]:
    """An environment whose editor writes what is given."""

    def made(text: str, end: str = "") -> Environ:
        script = tmp_path / "an editor"
        script.write_text(f'#!{sys.executable}\nimport sys\nopen(sys.argv[-1], "w").write({text!r})\n{end}\n')
        script.chmod(0o755)
        return {"IPYTHONDIR": str(tmp_path), "HOME": str(tmp_path), "EDITOR": f"'{script}'", "VISUAL": ""}

    return made


def test_edit_runs_what_was_written_in_the_shell(environ: Callable[..., Environ]) -> None:
    with Terminal(SHELL, env=environ("zz = 5\nprint('edited', zz)\n")) as shell:
        shell.cell(1, "%edit")
        shell.wait(r"^edited 5$")
        shell.wait(r"Out\[1\]: \"zz = 5")
        shell.cell(2, "zz * 2")
        shell.wait(r"Out\[2\]: 10")


def test_edit_runs_what_was_written_in_a_kernel(environ: Callable[..., Environ], tmp_path: Path) -> None:
    with Terminal(CONSOLE, env=environ("zz = 5\nprint('edited', zz)\n"), cwd=str(tmp_path)) as console:
        console.cell(1, "%edit")
        console.wait(r"^edited 5$")
        console.cell(3, "zz * 2")
        console.wait(r"Out\[3\]: 10")
        console.cell(4, "%edit -x")
        console.cell(5, "%edit own.py")
        console.wait(r"(?s)edited 5.*edited 5")
        console.cell(7, "%macro -q mm 1")
        console.cell(8, "%edit mm")
        console.prompt(10)
        console.line("mm")
        console.wait(r"(?s)edited 5.*edited 5.*edited 5")
        console.prompt(11)
        console.type("\x04")
        assert console.wait_end() == 0


@pytest.mark.parametrize("argv", [SHELL, CONSOLE], ids=["shell", "console"])
def test_an_editor_that_fails_is_one_line_and_nothing_is_run(environ: Callable[..., Environ], argv: list[str]) -> None:
    with Terminal(argv, env=environ("print('not ' + 'run')\n", "sys.exit(3)"), columns=200) as terminal:
        terminal.cell(1, "%edit")
        terminal.wait("an editor' ended with exit code 3: what it left is not used")
        terminal.cell(2, "6 * 7")
        terminal.wait(r"Out\[2\]: 42")
        assert "not run" not in terminal.everything
    with Terminal(argv, env={**environ(""), "EDITOR": "/no/such/editor"}, columns=200) as terminal:
        terminal.cell(1, "%edit")
        terminal.wait("the editor '/no/such/editor' cannot be started: no such file or directory; set EDITOR")
        terminal.prompt(2)
        terminal.type("typed\x1bOQ")  # F2
        terminal.until(lambda text: text.count("cannot be started") == 2, "the second line")
        terminal.wait(r"In \[2\]: typed\s*\Z")


@pytest.mark.parametrize("keys", ["\x1bOQ", "\x18\x05"], ids=["F2", "Ctrl-X Ctrl-E"])
def test_a_key_opens_what_was_typed(environ: Callable[..., Environ], keys: str) -> None:
    with Terminal(SHELL, env=environ("for i in range(2):\n    print(i * 11)\n")) as shell:
        shell.prompt(1)
        shell.type(f"something{keys}")
        shell.wait(r"print\(i \* 11\)\s*\Z")
        shell.type("\x1b\r")
        shell.wait(r"^0\n11$")


@pytest.mark.skipif(
    not os.environ.get("ANTIPHON_REQUIRE") and not any(map(os.path.exists, ("/usr/bin/vim", "/usr/bin/vi"))),
    reason="no vi here",
)
def test_a_real_editor_has_the_terminal(tmp_path: Path) -> None:
    with Terminal(SHELL, env={"IPYTHONDIR": str(tmp_path), "HOME": str(tmp_path), "EDITOR": "vi"}) as shell:
        shell.cell(1, "%edit")
        shell.wait("^~")
        shell.type("iprint(6 * 7)\x1b:wq\r")
        shell.wait("^42$")
        shell.prompt(2)
