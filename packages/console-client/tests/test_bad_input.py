"""Bad input, typed and given at a real terminal: one clear line says what and where, and the session goes on."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from antiphon_console_client.testing import Terminal

SHELL = [sys.executable, "-m", "antiphon_console_client.shell_app"]
CONSOLE = [sys.executable, "-m", "antiphon_console_client.console_app"]
Started = Callable[..., Terminal]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Everything of a user's in one folder."""
    names = ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    (tmp_path / "profile_default" / "startup").mkdir(parents=True)
    return {**dict.fromkeys(names, str(tmp_path)), "ANTIPHON_HOME": str(tmp_path / "antiphon"), "SHELL": "/bin/sh"}


@pytest.fixture
def start(env: dict[str, str], tmp_path: Path) -> Iterator[Started]:
    """Start a program on a terminal; what is in its way, as `TERM`, goes to its environment."""
    open_: list[Terminal] = []

    def started(argv: list[str], *, columns: int = 150, **more: str) -> Terminal:
        open_.append(Terminal(argv, env={**env, **more}, cwd=str(tmp_path), columns=columns))
        return open_[-1]

    yield started
    for terminal in open_:
        terminal.close()


def goes_on(terminal: Terminal, number: int) -> None:
    """The session is alive: a cell runs and answers."""
    terminal.cell(number, "6 * 7")
    terminal.wait(rf"Out\[{number}\]: 42")
    assert "antiphon_" not in terminal.everything, "our own frames"


def ends(terminal: Terminal, says: str, code: int) -> None:
    """One line is said, and the program ends."""
    assert terminal.wait_end() == code
    assert "Traceback" not in terminal.everything
    lines = [line for line in terminal.everything.splitlines() if line]
    assert len(lines) == 1, lines
    assert says in lines[0]


# -- typed ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("argv", [SHELL, CONSOLE], ids=["shell", "console"])
def test_what_cannot_be_run(start: Started, tmp_path: Path, argv: list[str]) -> None:
    (tmp_path / "binary.py").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "folder").mkdir()
    terminal = start(argv, columns=190)
    said = [
        ("x = = 1", "^SyntaxError: invalid syntax"),
        ("%nosuchmagic", r"UsageError: Line magic function `%nosuchmagic` not found\."),
        ("%tiemit 1", r"`%tiemit` not found.*%timeit|`%tiemit` not found"),
        ("%timeit --nosuch 1", "UsageError: option --nosuch not recognized"),
        ("%run nofile.py", r"UsageError: File `'nofile\.py'` not found\."),
        ("%run binary.py", r"UsageError: binary\.py cannot be read: invalid or missing encoding"),
        ("%load nofile.py", "UsageError: 'nofile.py' was not found"),
        ("%load binary.py", r"UsageError: binary\.py cannot be read: invalid or missing encoding"),
        ("%cd nofolder", "No such file or directory: 'nofolder'"),
        ("%load_ext nosuch", "No module named 'nosuch'"),
        ("%config Nothing.x = 1", "UsageError: Invalid config statement"),
        ("%config InteractiveShell.xmode = 'Loud'", "UsageError: .*xmode"),
        ("%history nonsense", "UsageError|nonsense"),
        ("?nosuchobject", "Object `nosuchobject` not found"),
    ]
    for number, (code, pattern) in enumerate(said, 1):
        terminal.cell(number, code)
        terminal.prompt(number + 1)
        shown = terminal.everything.rpartition(f"In [{number}]: ")[2].rpartition("In [")[0]
        assert terminal.wait(pattern), code
        limit = 6 if "Error  " in shown or "SyntaxError" in shown else 4
        assert len([line for line in shown.splitlines()[1:] if line.strip()]) < limit, shown
    goes_on(terminal, len(said) + 1)


# -- what a user has --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("argv", [SHELL, CONSOLE], ids=["shell", "console"])
def test_a_corrupt_history(start: Started, tmp_path: Path, argv: list[str]) -> None:
    for folder in (tmp_path / "profile_default", tmp_path / "antiphon" / "profile_default"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "history.sqlite").write_bytes(b"this is no database\n" * 400)
    terminal = start(argv)
    goes_on(terminal, 1)
    terminal.cell(2, "%history -n 1")
    terminal.wait("1: 6 \\* 7")
    terminal.prompt(3)
    terminal.line("exit")
    assert terminal.wait_end() == 0
    if argv is SHELL:
        assert "history.sqlite was damaged; it is kept as" in terminal.everything.replace("\n", "")
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes()[:19] == b"this is no database"]
    assert kept, "nothing of the user's may be lost"


def test_broken_startup_files(start: Started, tmp_path: Path) -> None:
    folder = tmp_path / "profile_default" / "startup"
    (folder / "00.py").write_text("x = 1\n1/0\n")
    (folder / "01.py").write_text("def (\n")
    (folder / "02.py").write_text("after = 'still run'\n")
    terminal = start(SHELL)
    terminal.wait(r"startup file .*00\.py, line 2: ZeroDivisionError: division by zero")
    terminal.wait(r"startup file .*01\.py, line 1: SyntaxError: invalid syntax")
    terminal.cell(1, "after")
    terminal.wait("'still run'")
    goes_on(terminal, 2)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("c.InteractiveShell.xmode = \n", r"ipython_config\.py, line 1: invalid syntax"),
        ("c.InteractiveShell.xmod = 'Plain'\n", r"ipython_config\.py: .*no setting 'xmod'; did you mean xmode\?"),
        ("c.TerminalInteractiveShell.editing_mode = 'ed'\n", r"editing_mode = 'ed': expected any of \['emacs', 'vi'\]"),
        ("c.Console.theme = 'pink'\n", r"Console\.theme = 'pink': expected any of"),
        ("import nosuch\n", r"ipython_config\.py, line 1: ModuleNotFoundError: No module named 'nosuch'"),
    ],
)
def test_a_broken_config_file(start: Started, tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "profile_default" / "ipython_config.py").write_text(text)
    terminal = start(SHELL, columns=250)
    terminal.wait(f"^antiphon: .*{says}")
    goes_on(terminal, 1)
    (tmp_path / "jupyter_console_config.py").write_text(text.replace("TerminalI", "ZMQTerminalI"))
    if "InteractiveShell.xmod" not in text:
        terminal = start(CONSOLE, columns=250)
        terminal.wait(f"^antiphon console: .*{says.replace('ipython', 'jupyter_console')}")
        goes_on(terminal, 1)


# -- kernels ----------------------------------------------------------------------------------------------------------

DEAD = {
    **{f"{name}_port": port for port, name in enumerate(("shell", "iopub", "stdin", "control", "hb"), 49101)},
    "ip": "127.0.0.1",
    "key": "k",
    "transport": "tcp",
    "signature_scheme": "hmac-sha256",
}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("garbage", "connection file .*: JSON is malformed"),
        ("[1, 2]", "connection file .*: Expected `object`, got `array`"),
        ("{}", "connection file .*: it names no ports"),
        (json.dumps({**DEAD, "shell_port": "many"}), "connection file .*: Expected `int`, got `str`"),
        (json.dumps(DEAD), "the kernel at tcp://127.0.0.1:49101 does not answer"),
    ],
)
def test_connection_files(start: Started, tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "given.json"
    path.write_text(text)
    terminal = start([*CONSOLE, "--existing", "given.json"], columns=250)
    assert terminal.wait_end() == 1
    lines = [line for line in terminal.everything.splitlines() if line]
    assert len(lines) == 1
    assert re.search(f"^antiphon console: {says}", lines[0])


def test_a_wrong_key(start: Started, tmp_path: Path) -> None:
    owner = start(CONSOLE)
    owner.cell(1, "mine = 5")
    owner.prompt(2)
    (path,) = tmp_path.glob("kernel-*.json")
    (tmp_path / "wrong.json").write_text(json.dumps({**json.loads(path.read_text()), "key": "another"}))
    ends(start([*CONSOLE, "--existing", "wrong.json"], columns=250), "its key is another than this file's", 1)
    goes_on(owner, 2)


def test_kernels_that_cannot_be_started(start: Started, tmp_path: Path) -> None:
    for name, argv in (("missing", ["/no/such/program"]), ("quits", ["/bin/sh", "-c", "echo cannot run >&2; exit 3"])):
        folder = tmp_path / "kernels" / name
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": name, "language": "x"}))
    ends(start([*CONSOLE, "--kernel", "missing"], columns=250), "kernel missing: no command '/no/such/program'", 1)
    ends(start([*CONSOLE, "--kernel", "mising"], columns=250), "no kernelspec named mising: did you mean missing?", 1)
    quits = start([*CONSOLE, "--kernel", "quits"], columns=250)
    assert quits.wait_end() == 1
    assert "the kernel has ended: exit code 3" in quits.everything
    assert "cannot run" in quits.everything
    assert "Traceback" not in quits.everything
    ends(start([*CONSOLE, "--existing", "nosuch"], columns=250), "no connection file nosuch in . or", 1)
    ends(start([*SHELL, "--profile", "nosuch"], columns=250), "there is no profile 'nosuch'", 2)
    ends(start([*SHELL, "--config", "nosuch.py"], columns=250), "there is no config file nosuch.py", 2)
    ends(start([*SHELL, "--nosuch"], columns=250), "unknown option '--nosuch'", 2)
    ends(start([*SHELL, "nofile.py"], columns=250), "can't open file 'nofile.py': no such file or directory", 2)


# -- terminals --------------------------------------------------------------------------------------------------------

COLOURS = (b"\x1b[31", b"\x1b[32", b"\x1b[0;32", b"\x1b[38;", b"\x1b[91", b"\x1b[0;38;")


@pytest.mark.parametrize("argv", [SHELL, CONSOLE], ids=["shell", "console"])
@pytest.mark.parametrize("more", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_without_colours(start: Started, argv: list[str], more: dict[str, str]) -> None:
    terminal = start(argv, columns=20, **more)
    terminal.cell(1, "1/0")
    terminal.wait("ZeroDivisionError")
    terminal.cell(2, "print('a' * 50)")
    terminal.wait(r"^a{20}\na{20}\na{10}$")
    terminal.cell(3, "list(range(30))")
    terminal.cell(4, "6*7")
    terminal.wait(r"Out\[4\]: 42")
    assert not [colour for colour in COLOURS if colour in terminal.raw]


@pytest.mark.parametrize("argv", [SHELL, CONSOLE], ids=["shell", "console"])
def test_a_script_on_stdin(env: dict[str, str], argv: list[str]) -> None:
    script = "for i in range(2):\n    print(i)\n\n%precision 3\n1 / 3\n"
    done = subprocess.run(argv, input=script, capture_output=True, text=True, env={**os.environ, **env}, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("0.333\n")
    broken = subprocess.run(argv, input="1/0", capture_output=True, text=True, env={**os.environ, **env}, timeout=60)
    assert broken.returncode == 1
    assert "ZeroDivisionError" in broken.stderr
    assert "\x1b" not in broken.stderr


@pytest.mark.parametrize("argv", [SHELL, CONSOLE], ids=["shell", "console"])
def test_stdout_that_is_closed_early(env: dict[str, str], argv: list[str], tmp_path: Path) -> None:
    (tmp_path / "many.py").write_text("for i in range(100_000):\n    print('x' * 100)\n")
    for words in (["-c", 'print("x\\n" * 3_000_000)'], ["many.py"]):
        child = subprocess.Popen(
            [*argv, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **env},
            cwd=tmp_path,
        )
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline().startswith(b"x")
        child.stdout.close()
        assert child.stderr.read() == b""
        child.stderr.close()
        assert child.wait(60) == 141


@pytest.mark.skipif(os.name == "nt", reason="POSIX shells")
def test_without_standard_streams(env: dict[str, str]) -> None:
    command = f"{SHELL[0]} -m antiphon_console_client.shell_app -c 'print(1)' "
    for closed in (">&-", "<&-", ">&- 2>&-"):
        done = subprocess.run(command + closed, shell=True, capture_output=True, env={**os.environ, **env}, timeout=60)
        assert (done.returncode, done.stderr) == (0, b"")
