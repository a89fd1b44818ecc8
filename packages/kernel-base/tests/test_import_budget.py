from __future__ import annotations

import subprocess
import sys

FORBIDDEN = {
    "argparse", "asyncio", "concurrent", "email", "http", "importlib.metadata", "jupyter_core", "logging", "pathlib",
    "selectors", "shutil", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "tornado", "traitlets", "zmq.asyncio",
}  # fmt: skip


def test_what_a_kernel_imports_to_serve():
    out = subprocess.run(
        [sys.executable, "-c", "import antiphon_kernel_base.serving, sys; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert FORBIDDEN & set(out.stdout.split()) == set()
