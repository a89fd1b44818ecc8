from __future__ import annotations

import subprocess
import sys

FORBIDDEN = {
    "IPython", "asyncio", "concurrent", "debugpy", "email", "importlib.metadata", "ipykernel", "jedi",
    "jupyter_core", "logging", "matplotlib", "pathlib", "prompt_toolkit", "psutil", "pygments", "selectors", "shutil",
    "socket", "sqlite3", "ssl", "subprocess", "tempfile", "tornado", "traceback", "traitlets",
}  # fmt: skip


def test_what_a_kernel_imports_up_to_its_first_result():
    code = (
        "import antiphon_python_kernel.launch, antiphon_python_kernel.capture, sys\n"
        "from antiphon_python_kernel.composition import python_kernel\n"
        "from antiphon_exec_core.cell import Cell\n"
        "from antiphon_exec_core.outputs import TerminalOutlet\n"
        "kernel = python_kernel()\n"
        "kernel.interpreter.run(Cell('1 + 1', store_history=False), TerminalOutlet())\n"
        "print(*sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert FORBIDDEN & set(out.stdout.split()) == set()
