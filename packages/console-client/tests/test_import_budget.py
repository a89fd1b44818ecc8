"""What a cell without a prompt, and a console, load: told by the list of modules, not by a clock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from antiphon_wire_protocol.discovery.connection import write_connection_file
from antiphon_wire_protocol.testing import ScriptedKernel

PROMPT = {"prompt_toolkit", "pygments", "wcwidth", "mistune", "pylatexenc", "PIL"}
FOR_A_CELL = PROMPT | {
    *("asyncio", "concurrent", "dataclasses", "email", "http", "importlib.metadata", "inspect", "jedi", "json"),
    *("logging", "pathlib", "random", "selectors", "shutil", "socket", "sqlite3", "ssl", "subprocess", "tempfile"),
    *("traitlets", "typing_extensions", "zmq", "antiphon_wire_protocol"),
}
KERNELS = {
    *("antiphon_exec_core", "antiphon_ipython_facade", "antiphon_kernel_base", "antiphon_python_kernel"),
    *("IPython", "ipykernel", "jedi", "jupyter_client", "debugpy", "comm"),
}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Nobody's settings: what a config file asks for may import what it likes."""
    names = ("HOME", "ANTIPHON_HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR")
    return dict.fromkeys(names, str(tmp_path / "nobody")) | {"TERM": "xterm-256color"}


def loaded(call: str, environ: dict[str, str]) -> set[str]:
    """What a command of ours loads, beyond what Python itself has loaded when it starts."""
    code = (
        f"import sys; sys.path[:] = {[path for path in sys.path if path]!r}\n"  # -S: .pth files are not ours to count
        "before = set(sys.modules)\n"
        f"{call}\n"
        "print('\\n', *sorted(set(sys.modules) - before), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", code],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("words", [["-c", "pass"], ["-c", "1 + 1"], ["-c", "print('x')"]])
def test_a_cell_of_the_shell(words: list[str], environ: dict[str, str]) -> None:
    found = loaded(f"from antiphon_console_client.shell_app import main; main({words!r})", environ)
    assert found & FOR_A_CELL == set()
    ours = {name.removeprefix("antiphon_console_client.") for name in found if name.startswith("antiphon_console_cl")}
    assert ours == {"antiphon_console_client", "shell_app", "collection", "standard_streams"}


def test_a_cell_of_the_console(environ: dict[str, str], tmp_path: Path) -> None:
    with ScriptedKernel() as kernel:
        path = tmp_path / "kernel.json"
        write_connection_file(path, kernel.connection)
        call = f"from antiphon_console_client.console_app import main; main(['--existing', {str(path)!r}, '-c', '1'])"
        found = loaded(call, environ)
    assert "zmq" in found
    assert found & (PROMPT | KERNELS) == set()


def test_a_console_with_its_prompt_needs_no_kernel_package(environ: dict[str, str]) -> None:
    call = "import antiphon_console_client.console, antiphon_console_client.remote, antiphon_console_client.console_app"
    found = loaded(call, environ)
    assert "prompt_toolkit" in found
    assert found & KERNELS == set()


def test_the_first_prompt_is_drawn_without_the_prompts_modules(environ: dict[str, str]) -> None:
    found = loaded("import antiphon_console_client.early_prompt, antiphon_console_client.theme", environ)
    assert found & PROMPT == set()


def test_the_package_itself_loads_nothing(environ: dict[str, str]) -> None:
    found = loaded("import antiphon_console_client", environ)
    assert {name for name in found if name.startswith("antiphon")} == {"antiphon_console_client"}
