"""Config files and flags: what they set, and what is said of mistakes in them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon_console_client.app import Console, TerminalInteractiveShell, changes, described, flags, read
from antiphon_console_client.settings import Settings
from antiphon_console_client.testing import Terminal

SHELL = [sys.executable, "-m", "antiphon_console_client.shell_app"]
CONSOLE = [sys.executable, "-m", "antiphon_console_client.console_app"]


def test_every_trait_stands_for_a_setting() -> None:
    for face in (TerminalInteractiveShell, Console):
        made = face()
        for trait, field in face.fields.items():
            default = getattr(Settings(), field)
            value = getattr(made, trait)
            assert (tuple(value) if isinstance(value, list) else value) == default, trait


def test_names_of_ipython_and_jupyter_console() -> None:
    found, said = changes(
        {
            "TerminalInteractiveShell": {"editing_mode": "vi", "confirm_exit": False, "autosuggestions_provider": None},
            "ZMQTerminalInteractiveShell": {"image_handler": "tempfile", "tempfile_image_handler": ["feh", "{file}"]},
            "InteractiveShell": {"colors": "LightBG", "history_load_length": 7, "xmode": "Plain"},
            "InteractiveShellApp": {"display_banner": False},
            "Console": {"theme": "dark", "signatures": False},
        }
    )
    assert said == []
    assert found == {
        "editing_mode": "vi",
        "confirm_exit": False,
        "suggestions": False,
        "image_handler": "tempfile",
        "image_tempfile": ("feh", "{file}"),
        "theme": "dark",
        "history_length": 7,
        "banner": False,
        "signatures": False,
    }
    Settings(**found)


@pytest.mark.parametrize(
    ("name", "trait", "value", "says"),
    [
        ("TerminalInteractiveShell", "editing_mode", "nano", "expected any of ['emacs', 'vi']"),
        ("TerminalInteractiveShell", "space_for_menu", "many", "expected an int"),
        ("TerminalInteractiveShell", "highlighting_style", "monokay", "did you mean monokai?"),
        ("TerminalInteractiveShell", "term_title_format", "{what}", "KeyError 'what'"),
        ("TerminalInteractiveShell", "autosuggestions_provider", "Oracle", "expected any of [None, "),
        ("ZMQTerminalInteractiveShell", "image_handler", "printer", "expected any of ['', 'PIL', "),
        ("Console", "theme", "pink", "expected any of ['auto', 'dark', 'light', 'none']"),
    ],
)
def test_a_mistake_is_one_line_and_costs_only_itself(name: str, trait: str, value: object, says: str) -> None:
    found, said = changes({name: {trait: value}, "InteractiveShell": {"confirm_exit": False}})
    assert found == {"confirm_exit": False}
    assert len(said) == 1
    assert said[0].startswith(f"{name}.{trait} = {value!r}: ")
    assert says in said[0]
    assert "\n" not in said[0]


def test_an_image_handler_needs_its_command() -> None:
    section = {"image_handler": "stream"}
    line = "TerminalInteractiveShell.image_handler = 'stream' needs stream_image_handler"
    assert changes({"ZMQTerminalInteractiveShell": section}) == ({}, [line])
    found, said = changes({"ZMQTerminalInteractiveShell": {**section, "stream_image_handler": ["feh", "-"]}})
    assert (found, said) == ({"image_handler": "stream", "image_stream": ("feh", "-")}, [])


def test_unknown_names_are_told_where_nobody_else_reads() -> None:
    sections = {"Console": {"them": "dark"}, "TerminalInteractiveShell": {"xmode": "Plain"}}
    assert changes(sections, strict=("Console",)) == ({}, ["Console has no setting 'them'; did you mean theme?"])


def test_flags() -> None:
    asked = flags(["--Console.theme=dark", "--TerminalInteractiveShell.space_for_menu=3"])
    assert changes(asked)[0] == {"theme": "dark", "menu_rows": 3}
    assert flags(["--InteractiveShell.xmode=Plain", "--Other.x=1"], ["Other", "InteractiveShell"])
    for word, says in (
        ("--Consol.theme=x", "did you mean Console"),
        ("--Console.theme=x", "expected any of"),
        ("--Console.them=x", "did you mean theme"),
        ("--Console.theme", "--Class.trait=value"),
    ):
        with pytest.raises(ValueError, match=says):
            flags([word])


def test_files(tmp_path: Path) -> None:
    good, broken, mistaken = tmp_path / "good.py", tmp_path / "broken.py", tmp_path / "mistaken.json"
    good.write_text("c.Console.theme = 'dark'\nc.ZMQTerminalInteractiveShell.mime_preference.append('text/html')\n")
    broken.write_text("x = 1\nc.Console.theme = \n")
    mistaken.write_text("{")
    sections, said = read([str(good), str(broken), str(mistaken)])
    assert changes(sections) == ({"theme": "dark", "mime_preference": ("text/html",)}, [])
    assert said[0] == f"config file {broken}, line 2: invalid syntax"
    assert said[1].startswith(f"config file {mistaken}: JSONDecodeError: ")
    with pytest.raises(ValueError, match="line 2: invalid syntax"):
        read([], str(broken))


def test_help_tells_all_of_them() -> None:
    text = described()
    assert "TerminalInteractiveShell.editing_mode = 'emacs' ('emacs', 'vi')" in text
    assert "Console.theme = 'auto'" in text


def profile(folder: Path, text: str) -> dict[str, str]:
    place = folder / "profile_default"
    place.mkdir()
    (place / "ipython_config.py").write_text(text)
    (folder / "jupyter_console_config.py").write_text(text.replace("Terminal", "ZMQTerminal"))
    return {"IPYTHONDIR": str(folder), "JUPYTER_CONFIG_DIR": str(folder), "HOME": str(folder)}


@pytest.mark.parametrize("argv", [SHELL, CONSOLE], ids=["shell", "console"])
def test_a_users_file_changes_the_terminal(tmp_path: Path, argv: list[str]) -> None:
    env = profile(
        tmp_path,
        "c.TerminalInteractiveShell.editing_mode = 'vi'\n"
        "c.TerminalInteractiveShell.confirm_exit = False\n"
        "c.TerminalInteractiveShell.term_title_format = 'At {cwd}'\n"
        "c.TerminalInteractiveShell.auto_match = True\n"
        "c.TerminalInteractiveShell.true_color = True\n"
        "c.TerminalInteractiveShell.highlighting_style = 'solarized-dark'\n"
        "c.TerminalInteractiveShell.highlighting_style_overrides = {'Token.Keyword': '#123456'}\n",
    )
    with Terminal(argv, env=env, cwd=str(tmp_path)) as terminal:
        terminal.wait(r"\[ins\] In \[1\]:")
        terminal.until(lambda _: terminal.screen.title == "At ~", "the title")
        terminal.type("for n in range(2")
        terminal.wait(r"for n in range\(2\)")
        terminal.until(lambda _: b"38;2;18;52;86" in terminal.raw, "the keyword's colour")
        terminal.type("\x1b")
        terminal.wait(r"\[nav\] In \[1\]:")
        terminal.type("ddi\x04")
        assert terminal.wait_end() == 0


@pytest.mark.parametrize("argv", [SHELL, CONSOLE], ids=["shell", "console"])
def test_plain_lines(tmp_path: Path, argv: list[str]) -> None:
    env = profile(tmp_path, "c.TerminalInteractiveShell.simple_prompt = True\n")
    with Terminal(argv, env=env) as terminal:
        terminal.cell(1, "6 * 7")
        terminal.wait(r"^Out\[1\]: 42")
        terminal.cell(2, "for i in range(2):")
        terminal.wait(r"^\s+\.\.\.: *\Z")
        terminal.line("    print(i * 11)")
        terminal.until(lambda text: text.count("...:") == 2, "the next line")
        terminal.line("")
        terminal.wait(r"^0\n11$")
        terminal.prompt(3)
        terminal.type("given up\x03")
        terminal.until(lambda text: text.count("In [3]:") == 2, "the prompt anew")
        terminal.line("input('name? ')")
        terminal.wait(r"^name\?")
        terminal.line("Ada")
        terminal.wait("'Ada'")
        terminal.prompt(4)
        terminal.type("\x04")
        terminal.wait("really want to exit")
        terminal.line("y")
        assert terminal.wait_end() == 0


def test_a_cell_before_the_first_prompt(tmp_path: Path) -> None:
    env = {"IPYTHONDIR": str(tmp_path), "HOME": str(tmp_path)}
    with Terminal([*CONSOLE, "-i", "-c", "x = 6; print('begun')"], env=env) as console:
        console.wait("^begun$")
        console.cell(2, "x * 7")
        console.wait(r"Out\[2\]: 42")


@pytest.mark.parametrize("argv", [SHELL, CONSOLE], ids=["shell", "console"])
def test_a_program_that_drives_us_through_a_pipe(tmp_path: Path, argv: list[str]) -> None:
    """Lines in, lines out, one after another: what was said is there before the next line is written."""
    env = {**os.environ, "IPYTHONDIR": str(tmp_path), "HOME": str(tmp_path)}
    child = subprocess.Popen(
        [*argv, "-i", "-c", "x = 6", "--no-banner"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=env,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("x * 7\n")
    child.stdin.flush()
    while "42" not in (line := child.stdout.readline()):
        assert line
    rest, _ = child.communicate("for i in range(2):\n    print(i * 11)\n\n", timeout=60)
    assert "0\n11\n" in rest
    assert child.returncode == 0
    assert "\x1b" not in rest


def test_prompts_of_the_users_own(tmp_path: Path) -> None:
    folder = tmp_path / "profile_default" / "startup"
    folder.mkdir(parents=True)
    (folder / "prompts.py").write_text(
        "from IPython.terminal.prompts import Prompts, Token\n"
        "class Mine(Prompts):\n"
        "    def in_prompt_tokens(self):\n"
        "        return [(Token.Prompt, f'<{self.shell.execution_count}> ')]\n"
        "class Broken(Prompts):\n"
        "    def in_prompt_tokens(self):\n"
        "        return 1 / 0\n"
        "ip = get_ipython()\n"
        "ip.prompts = Mine(ip)\n"
    )
    with Terminal(SHELL, env={"IPYTHONDIR": str(tmp_path), "HOME": str(tmp_path)}) as shell:
        shell.wait(r"^<1> *\Z")
        shell.line("for i in range(2):")
        shell.wait(r"\.\.\.: *\Z")
        shell.line("print(i * 11)\r")
        shell.wait(r"(?s)^0\n11$.*^<2> *\Z")
        shell.line("ip.prompts = Broken(ip)")
        shell.wait("Broken.in_prompt_tokens is not used: ZeroDivisionError: division by zero")
        shell.cell(3, "6 * 7")
        shell.wait("42")


def test_images_go_where_the_file_says(tmp_path: Path) -> None:
    (tmp_path / "jupyter_console_config.py").write_text(
        "c.ZMQTerminalInteractiveShell.image_handler = 'tempfile'\n"
        "c.ZMQTerminalInteractiveShell.tempfile_image_handler = ['sh', '-c', 'cp \"$0\" got.{format}', '{file}']\n"
    )
    env = {"IPYTHONDIR": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path), "HOME": str(tmp_path)}
    with Terminal(CONSOLE, env=env, cwd=str(tmp_path)) as console:
        console.cell(1, "from IPython.display import Image, display")
        console.cell(2, r"display(Image(b'\x89PNG\r\n\x1a\n' + bytes(99), format='png'))")
        console.prompt(3)
    assert (tmp_path / "got.png").read_bytes().startswith(b"\x89PNG")
