"""The console on a real kernel, typed into on a pseudo-terminal: alone, two on one kernel, and when things go wrong."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from antiphon_console_client.testing import Terminal
from antiphon_wire_protocol import BlockingKernelManager

CONSOLE = [sys.executable, "-m", "antiphon_console_client.console_app"]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    return {"IPYTHONDIR": str(tmp_path), "JUPYTER_RUNTIME_DIR": str(runtime)}


@pytest.fixture
def console(env: dict[str, str]) -> Iterator[Terminal]:
    with Terminal(CONSOLE, env=env) as terminal:
        terminal.prompt(1)
        yield terminal


def test_cells_are_numbered_and_shown(console: Terminal) -> None:
    console.cell(1, "x = 41")
    console.cell(2, "x + 1")
    console.wait(r"Out\[2\]: 42")
    console.prompt(3)


def test_fast_typing_loses_nothing(console: Terminal) -> None:
    console.type("".join(f"v{n} = {n}\r" for n in range(20)))
    console.line("sum(v for k, v in dict(globals()).items() if k[0] == 'v' and k[1:].isdigit())")
    console.wait(r"Out\[21\]: 190")


def test_the_prompt_stays_editable_while_the_kernel_runs(console: Terminal) -> None:
    console.cell(1, "import time\nfor n in range(8): time.sleep(0.4); print('said', n)\n".replace("\n", "\x0f", 1))
    console.type("\x1b\r")
    console.wait(r"In \[2\]:.*busy")
    console.type("'typed' + ' ahead'")
    console.wait(r"In \[2\]: 'typed' \+ ' ahead'")
    console.wait("said 5")
    console.wait(r"In \[2\]: 'typed' \+ ' ahead'")
    console.line("")
    console.wait(r"Out\[2\]: 'typed ahead'")
    text = console.everything
    assert [f"said {n}" in text for n in range(8)] == [True] * 8
    assert text.index("said 7") < text.index("Out[2]")


def test_input_getpass_and_the_debugger(console: Terminal) -> None:
    console.cell(1, "name = input('who? ')")
    console.wait(r"^who\?\s*\Z")
    console.line("me")
    console.cell(2, "from getpass import getpass; word = getpass('secret? ')")
    console.wait(r"^secret\?\s*\Z")
    console.line("hush")
    console.cell(3, "name, len(word)")
    console.wait(r"Out\[3\]: \('me', 4\)")
    assert "hush" not in console.text
    console.cell(4, "1/0")
    console.cell(5, "%debug")
    console.wait(r"ipdb>\s*\Z")
    console.line("p 40 + 2")
    console.wait("^42$")
    console.wait(r"ipdb>\s*\Z")
    console.line("q")
    console.prompt(6)


def test_ctrl_c_interrupts(console: Terminal) -> None:
    console.cell(1, "import time; print('on', flush=True); time.sleep(600)")
    console.wait("^on$")
    console.type("\x03")
    console.wait("KeyboardInterrupt")
    console.cell(2, "6 * 7")
    console.wait(r"Out\[2\]: 42")


def test_a_kernel_that_does_not_heed_ctrl_c_may_be_restarted(console: Terminal) -> None:
    console.cell(1, "import signal; signal.signal(signal.SIGINT, lambda *_: print('no'))")
    console.cell(2, "while True: pass")
    console.line("")
    console.wait(r"In \[3\]:")
    console.type("\x03")
    console.wait("^no$")
    console.type("\x03")
    console.wait(r"Restart the kernel\? \(y/\[n\]\)")
    console.type("\x03")  # an impatient user is asked again
    console.wait(r"(Restart the kernel\?[\s\S]*){2}")
    console.line("y")
    console.wait("The kernel was restarted")
    console.cell(1, "6 * 7")
    console.wait(r"Out\[1\]: 42")


def test_the_kernels_death_is_told_with_its_reason(console: Terminal) -> None:
    console.cell(1, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    console.wait("the kernel has ended: .*SIGKILL")
    console.wait(r"SIGKILL\nRestart it\? \(y/\[n\]\)")
    console.line("n")
    console.wait(r"^Nothing runs cells now; Ctrl-D leaves\.\n\nIn \[1\]:\s*\Z")
    assert console.everything.count("the kernel has ended") == 1
    console.line("'in vain'")
    console.wait(r"in vain'\n+the kernel has ended: ")


def test_a_kernel_that_died_is_restarted(console: Terminal) -> None:
    console.cell(1, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    console.wait(r"Restart it\? \(y/\[n\]\)")
    console.line("y")
    console.wait(r"^The kernel was restarted.*\n\nIn \[1\]:\s*\Z")
    console.cell(1, "'again'")
    console.wait("Out.*'again'")


def kernel_processes(of: int) -> list[psutil.Process]:
    return [
        child for child in psutil.Process(of).children(recursive=True) if "kernel" in " ".join(child.cmdline()).lower()
    ]


@pytest.mark.parametrize("how", ["exit", "ctrl-d", "hangup", "terminate"])
def test_the_kernel_of_a_console_ends_with_it(console: Terminal, how: str) -> None:
    console.cell(1, "import os; os.getpid()")
    pid = int(console.wait(r"Out\[1\]: (\d+)")[1])
    process = psutil.Process(pid)
    match how:
        case "exit":
            console.cell(2, "exit")
        case "ctrl-d":
            console.prompt(2)
            console.type("\x04")
            console.wait("really want to exit")
            console.line("")
        case "hangup":
            console.kill(signal.SIGHUP)
        case "terminate":
            console.kill(signal.SIGTERM)
    assert console.wait_end() == 0
    psutil.wait_procs([process], 20)
    assert not process.is_running()


@pytest.fixture
def kernel(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[BlockingKernelManager]:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", env["JUPYTER_RUNTIME_DIR"])
    monkeypatch.setenv("IPYTHONDIR", env["IPYTHONDIR"])
    with BlockingKernelManager("antiphon") as manager:
        manager.ready()
        yield manager


def test_two_terminals_on_one_kernel_see_the_same(kernel: BlockingKernelManager, env: dict[str, str]) -> None:
    attach = [*CONSOLE, "--existing"]
    with Terminal(attach, env=env) as one, Terminal([*attach, kernel.connection_file], env=env) as two:
        one.prompt(1)
        two.prompt(1)
        one.line("shared = 'from the first'; print('said once')")
        one.prompt(2)
        two.wait(r"Remote In \[1\]: shared = 'from the first'; print\('said once'\)")
        two.wait("^Remote said once|^said once")
        two.prompt(2)
        two.line("shared.upper()")
        two.wait(r"^Out\[2\]: 'FROM THE FIRST'")
        one.wait(r"Remote In \[2\]: shared\.upper\(\)")
        one.wait(r"Remote Out\[2\]: 'FROM THE FIRST'")
        one.prompt(3)
        for terminal in (one, two):
            assert len(re.findall("^(?:Remote )?said once$", terminal.everything, re.M)) == 1
        one.line("exit")
        one.wait_end()
        two.cell(3, "shared")
        two.wait(r"Out\[3\]: 'from the first'")
    with Terminal(attach, env=env) as three:
        three.prompt(4)
        three.line("shared")
        three.wait(r"Out\[4\]: 'from the first'")
    assert kernel.alive


def test_a_console_that_comes_while_a_cell_runs_shows_what_follows(
    kernel: BlockingKernelManager, env: dict[str, str]
) -> None:
    client = kernel.client().open()
    try:
        client.ready()
        from antiphon_wire_protocol.message.content import ExecuteRequest

        client.send(ExecuteRequest(code="import time\nfor n in range(40): time.sleep(0.25); print('tick', n)"))
        with Terminal([*CONSOLE, "--existing"], env=env) as late:
            late.wait("tick")
            late.type("\x03")
            late.wait("KeyboardInterrupt")
            late.wait(r"In \[2\]:\s*\Z")
            late.line("'mine'")
            late.wait(r"Out\[2\]: 'mine'")
    finally:
        client.close()


def test_a_kernel_that_is_silent_for_a_while_is_told_from_a_new_one(
    kernel: BlockingKernelManager, env: dict[str, str]
) -> None:
    with Terminal([*CONSOLE, "--existing"], env=env) as console:
        console.cell(1, "import os; name = 'kept'; os.getpid()")
        pid = int(console.wait(r"Out\[1\]: (\d+)")[1])
        console.prompt(2)
        os.kill(pid, signal.SIGSTOP)
        try:
            console.wait("heart has stopped")
        finally:
            os.kill(pid, signal.SIGCONT)
        console.wait(r"^The kernel answers again\.")
        console.cell(2, "name")
        console.wait(r"Out\[2\]: 'kept'")
        os.kill(pid, signal.SIGKILL)
        console.wait(r"heart has stopped(.|\n)*heart has stopped")
        kernel.restart(now=True)
        console.wait(r"^The kernel was restarted: its names are gone\.")
        console.cell(1, "'name' in globals()")
        console.wait(r"Out\[1\]: False")


def run(*words: str, env: dict[str, str], input: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CONSOLE, *words],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        input=input,
        stdin=None if input is not None else subprocess.DEVNULL,
        timeout=120,
        check=False,
    )


def test_cells_without_a_prompt(env: dict[str, str], tmp_path: Path) -> None:
    assert run("-c", "print('a'); 6 * 7", env=env).stdout == "a\nOut[1]: 42\n"
    failed = run("-c", "1/0", env=env)
    assert failed.returncode == 1
    assert "ZeroDivisionError: division by zero" in failed.stderr
    program = tmp_path / "program.py"
    program.write_text("print('from a file')\n")
    assert run(str(program), env=env).stdout == "from a file\n"
    assert run(env=env, input="print('piped')").stdout == "piped\n"


def test_what_cannot_be_reached_is_said_in_one_line(
    kernel: BlockingKernelManager, env: dict[str, str], tmp_path: Path
) -> None:
    path = Path(kernel.connection_file)
    wrong_key = tmp_path / "wrong.json"
    wrong_key.write_text(re.sub(r'"key": ?"[^"]*"', '"key": "0000"', path.read_text()))
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    dead = tmp_path / "dead.json"
    dead.write_text(path.read_text())
    kernel.shutdown()
    missing = tmp_path / "kernels" / "gone"
    missing.mkdir(parents=True)
    (missing / "kernel.json").write_text('{"argv": ["/no/such/program", "{connection_file}"], "display_name": "x"}')
    env = {**env, "JUPYTER_PATH": str(tmp_path)}
    for words, says in (
        (["--existing", str(dead)], "does not answer"),
        (["--existing", str(broken)], "broken.json"),
        (["--existing", "nosuchkernel"], "nosuchkernel"),
        (["--kernel", "antiphn"], "antiphon"),
        (["--kernel", "gone"], "/no/such/program"),
        (["/no/such/file.py"], "/no/such/file.py"),
    ):
        done = run(*words, "-c", "1", env=env) if words[0].startswith("-") else run(*words, env=env)
        assert done.returncode in (1, 2), words
        assert says in done.stderr, (words, done.stderr)
        assert len(done.stderr.splitlines()) == 1, (words, done.stderr)


def test_a_wrong_key_is_said(kernel: BlockingKernelManager, env: dict[str, str], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    text = Path(kernel.connection_file).read_text()
    wrong.write_text(re.sub(r'"key": ?"[^"]*"', '"key": "0000"', text))
    done = run("--existing", str(wrong), "-c", "1", env=env)
    assert done.returncode == 1
    assert "key" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert kernel.alive


def test_no_kernel_package_is_needed() -> None:
    code = (
        "import sys; sys.modules['antiphon_exec_core'] = sys.modules['antiphon_kernel_base'] = None\n"
        "sys.modules['antiphon_python_kernel'] = sys.modules['ipykernel'] = sys.modules['IPython'] = None\n"
        "import antiphon_console_client.console, antiphon_console_client.remote, antiphon_console_client.console_app\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
