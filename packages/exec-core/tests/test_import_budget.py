"""A kernel pays for every import at every start: the first cell brings in none of the slow ones."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = [
    *("asyncio", "sqlite3", "jedi", "subprocess", "tempfile", "logging", "pygments", "pathlib", "importlib.metadata"),
    *("dataclasses", "traitlets", "inspect", "ast", "linecache", "tokenize", "traceback", "json", "sysconfig", "zmq"),
    *("IPython", "getpass", "shutil", "random", "typing_extensions", "pdb", "bdb", "cmd", "dis"),
    *(
        f"antiphon_exec_core.{name}"
        for name in ("magics", "completer", "inspector", "tracebacks", "compat", "escapes", "cleanup", "app")
    ),
    *(
        f"antiphon_exec_core.{name}"
        for name in ("gui", "frames", "debugger", "debug_session", "stepping", "display_classes")
    ),
]

FIRST_CELL = """
before = set(sys.modules)  # Python 3.13 brings linecache along with -c
from antiphon_exec_core.cell import Cell
from antiphon_exec_core.interpreter import Interpreter
class Outlet:
    def emit(self, output): self.last = output
    def ask(self, prompt, password=False): return ""
outlet, interpreter = Outlet(), Interpreter()
assert interpreter.run(Cell({code!r}), outlet).ok
found = [name for name in {heavy!r} if name in sys.modules and name not in before]
print(*found)
"""


@pytest.mark.parametrize("code", ["1+1", "x = 5", "def f(x):\n    return [x, {1: x}]\nf(3)", "pass"])
def test_the_first_cell(code: str, tmp_path: object) -> None:
    script = FIRST_CELL.format(code=code, heavy=HEAVY)
    # -S: site packages may import what they like before us (a .pth file of a tool), which is not ours to count
    where = [path for path in sys.path if path]
    script = f"import sys; sys.path[:] = {where!r}\n" + script
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", script],
        capture_output=True,
        text=True,
        env={"ANTIPHON_HOME": str(tmp_path), "HOME": str(tmp_path)},
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.split() == []


def test_the_package_itself_imports_nothing_of_its_own() -> None:
    script = "import sys; before = set(sys.modules); import antiphon_exec_core; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert [name for name in done.stdout.split() if name.startswith("antiphon_exec_core.")] == []
