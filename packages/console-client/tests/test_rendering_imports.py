"""What may not be loaded before it is needed: the renderer is on the way to the first prompt."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("mistune", "pylatexenc", "PIL", "pygments", "wcwidth", "prompt_toolkit", "html", "subprocess", "rich", "json")

CODE = """
import sys
before = set(sys.modules)
from antiphon_console_client.outputs import Error, Result, Stream
from antiphon_console_client.pager import page
from antiphon_console_client.pictures.probe import probe
from antiphon_console_client.renderer import Renderer
written = []
renderer = Renderer(written.append, columns=lambda: 80, rows=lambda: 24)
renderer.show(Stream("stdout", "text\\n"))
renderer.show(Result(1, {"text/plain": "1"}))
renderer.show(Error("E", "e", ("Traceback", "E: e")))
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""


def test_plain_outputs_load_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & set(HEAVY)
