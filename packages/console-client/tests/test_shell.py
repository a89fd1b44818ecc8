"""The shell in its own process, typed into on a pseudo-terminal."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon_console_client.testing import Terminal

SHELL = [sys.executable, "-m", "antiphon_console_client.shell_app"]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"IPYTHONDIR": str(tmp_path), "JUPYTER_DATA_DIR": str(tmp_path), "HOME": str(tmp_path)}


@pytest.fixture
def shell(env: dict[str, str]) -> Iterator[Terminal]:
    with Terminal(SHELL, env=env) as terminal:
        terminal.prompt(1)
        yield terminal


def test_cells_are_numbered_and_shown(shell: Terminal) -> None:
    shell.cell(1, "x = 41")
    shell.cell(2, "x + 1")
    shell.wait(r"Out\[2\]: 42")
    shell.prompt(3)


def test_blocks_are_typed_line_by_line(shell: Terminal) -> None:
    shell.cell(1, "for i in range(3):")
    shell.wait(r"\.\.\.:")
    shell.line("print(i * 10)")
    shell.line("")
    shell.wait(r"^0\n10\n20$")
    shell.prompt(2)


def test_fast_typing_loses_nothing(shell: Terminal) -> None:
    """Many lines in one write, as an impatient typist or a script sends them."""
    shell.type("".join(f"v{n} = {n}\r" for n in range(20)))
    shell.prompt(21)
    shell.line("sum(v for k, v in dict(globals()).items() if k[0] == 'v' and k[1:].isdigit())")
    shell.wait(r"Out\[21\]: 190")


def test_a_pasted_session_is_run_without_its_prompts(shell: Terminal) -> None:
    shell.type("\x1b[200~>>> def f():\n...     return 7\n...\n>>> f()\x1b[201~")
    shell.type("\x1b\r")
    shell.wait(r"Out\[1\]: 7")


def test_errors_are_shown_and_the_session_goes_on(shell: Terminal) -> None:
    shell.cell(1, "1/0")
    shell.wait("ZeroDivisionError: division by zero")
    shell.cell(2, "def (")
    shell.wait("SyntaxError")
    shell.cell(3, "%nosuchmagic")
    shell.wait("nosuchmagic")
    shell.cell(4, "%timeit --nosuch pass")
    shell.wait("nosuch")
    shell.cell(5, "%run /no/such/file.py")
    shell.wait("/no/such/file.py")
    shell.prompt(6)


def test_ctrl_c_interrupts_a_cell_and_clears_a_line(shell: Terminal) -> None:
    # Short sleeps: a signal between Python's last look for one and the call that sleeps waits for the end of the sleep.
    shell.cell(1, "import time; print('on', end='', flush=True); exec('while True: time.sleep(0.1)')")
    shell.wait("^on")
    shell.type("\x03")
    shell.wait("KeyboardInterrupt")
    shell.prompt(2)
    shell.type("nonsense")
    shell.wait("nonsense")
    shell.type("\x03")
    shell.cell(2, "6 * 7")
    shell.wait(r"Out\[2\]: 42")


def test_input_and_getpass(shell: Terminal) -> None:
    shell.cell(1, "name = input('who? ')")
    shell.wait(r"^who\?\s*\Z")
    shell.line("me")
    shell.cell(2, "name")
    shell.wait("Out.*'me'")
    shell.cell(3, "from getpass import getpass; word = getpass('secret? ')")
    shell.wait(r"^secret\?\s*\Z")
    shell.line("hush")
    shell.cell(4, "len(word)")
    shell.wait(r"Out\[4\]: 4")
    assert "hush" not in shell.text


def test_the_debugger_asks_at_the_terminal(shell: Terminal) -> None:
    shell.cell(1, "def f(a): return a / 0")
    shell.cell(2, "f(5)")
    shell.wait("ZeroDivisionError: ")
    shell.cell(3, "%debug")
    shell.wait(r"ipdb>\s*\Z")
    shell.line("p a * 100")
    shell.wait("^500$")
    shell.line("q")
    shell.prompt(4)


def test_completion_shows_names_and_inserts_the_only_one(shell: Terminal) -> None:
    shell.cell(1, "class Box: pass")
    shell.cell(2, "b = Box(); b.width, b.weight, b.height = 1, 2, 3")
    shell.prompt(3)
    shell.type("b.he\t")
    shell.wait(r"b\.height")
    shell.type("\x03")
    shell.prompt(3)
    shell.type("b.w\t")
    shell.until(lambda text: "weight" in text and "width" in text.rpartition("In [3]")[2], "the menu")
    shell.type("\x03")


def test_a_signature_is_shown_while_a_call_is_typed(shell: Terminal) -> None:
    shell.cell(1, "def area(width, height=3): return width * height")
    shell.prompt(2)
    shell.type("area(")
    shell.wait(r"^area\(width, height=3\)")


def test_outputs_change_in_place(shell: Terminal) -> None:
    shell.cell(1, "h = display('first', display_id=True); print('below'); h.update('second')")
    shell.wait("'second'\nbelow")
    assert not any(row == "'first'" for row in shell.text.splitlines())


def test_awaits_and_tasks_share_one_loop_with_the_prompt(shell: Terminal) -> None:
    shell.cell(1, "import asyncio; done = asyncio.Event()")
    shell.cell(2, "task = asyncio.get_running_loop().call_later(0.1, lambda: (done.set(), print('rang')))")
    shell.wait("^rang$")
    shell.prompt(3)
    shell.line("await done.wait()")
    shell.wait(r"Out\[3\]: True")


def test_ctrl_d_asks_and_leaves(shell: Terminal) -> None:
    shell.type("\x04")
    shell.wait("really want to exit")
    shell.line("n")
    shell.prompt(1)
    shell.type("\x04")
    shell.wait(r"really want to exit ?\S*\s*\Z")
    shell.type("\x03")
    shell.prompt(1)
    shell.type("\x04")
    shell.wait(r"really want to exit.*\Z")
    shell.line("y")
    assert shell.wait_end() == 0


def test_exit_leaves_at_once(shell: Terminal) -> None:
    shell.cell(1, "exit()")
    assert shell.wait_end() == 0


def test_history_of_the_last_session_comes_with_the_up_key(env: dict[str, str]) -> None:
    with Terminal(SHELL, env=env) as first:
        first.cell(1, "remembered = 'from before'")
        first.cell(2, "exit()")
        first.wait_end()
    with Terminal(SHELL, env=env) as second:
        second.prompt(1)
        for _ in range(30):  # earlier sessions are read while the first prompt stands there
            second.type("\x15reme\x1b[A")
            with contextlib.suppress(AssertionError):
                second.wait("In.*remembered = 'from before'", seconds=1)
                return
        raise AssertionError(second.text)


def test_a_narrow_terminal_without_colour(env: dict[str, str]) -> None:
    with Terminal(SHELL, env={**env, "NO_COLOR": "1"}, columns=20, rows=10) as narrow:
        narrow.cell(1, "1 + 1")
        narrow.wait(r"Out\[1\]: 2")
        narrow.cell(2, "1/0")
        narrow.wait("ZeroDivisionError")
        narrow.prompt(3)
        assert b"\x1b[3" not in bytes(narrow.raw).replace(b"\x1b[3;", b"")


def test_vi_keys(env: dict[str, str]) -> None:
    with Terminal([*SHELL, "--vi"], env=env) as shell:
        shell.wait(r"\[ins\] In \[1\]:")
        shell.type("12 + 3\x1b")
        shell.wait(r"\[nav\] In \[1\]:")
        shell.type("0x\r")
        shell.wait(r"Out\[1\]: 5")


def run(*words: str, input: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*SHELL, *words], capture_output=True, text=True, input=input, timeout=60, check=False)


def test_cells_programs_and_modules_run_without_a_prompt(tmp_path: Path) -> None:
    assert run("-c", "1 + 1").stdout == "2\n"
    failed = run("-c", "1/0")
    assert failed.returncode == 1
    assert "ZeroDivisionError" in failed.stderr
    assert run("-c", "import sys; sys.exit(3)").returncode == 3
    program = tmp_path / "program.py"
    program.write_text("import sys\nprint(__name__, sys.argv[1:])\nsys.exit('said')\n")
    ended = run(str(program), "a", "--b")
    assert (ended.stdout, ended.stderr, ended.returncode) == ("__main__ ['a', '--b']\n", "said\n", 1)
    assert run(input="print(6 * 7)").stdout == "42\n"
    assert "usage: " in run("-m", "json.tool", "--help").stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["/no/such/file.py"], "can't open file '/no/such/file.py': no such file or directory"),
        (["-m", "no_such_module"], "No module named no_such_module"),
        (["--nosuch"], "unknown option '--nosuch'"),
        (["--InteractiveShell.xmode=Foo"], "xmode"),
        (["--config", "/no/such/config.py"], "there is no config file /no/such/config.py"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(words: list[str], says: str) -> None:
    done = run(*words)
    assert done.returncode in (1, 2)
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_libraries_find_the_shell_they_know_unless_it_is_switched_off() -> None:
    code = "import IPython; print(type(IPython.get_ipython()).__name__, get_ipython() is IPython.get_ipython())"
    assert run("-c", code).stdout == "TerminalInteractiveShell True\n"
    assert run("--facade=off", "-c", "import sys; print('IPython' in sys.modules)").stdout == "False\n"


def test_nothing_of_the_prompt_is_imported_to_run_a_cell() -> None:
    code = "import sys; print([m for m in ('prompt_toolkit', 'asyncio', 'traitlets', 'sqlite3') if m in sys.modules])"
    assert run("-c", code).stdout == "[]\n"
