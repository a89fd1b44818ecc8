"""Windows of a real kernel go on living between cells, those of the shell while it waits for keys."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

import pytest
from jupyter_client.manager import start_new_kernel

from antiphon_console_client.testing import Terminal


@pytest.fixture(scope="module")
def display():
    """A virtual display of our own."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    reader, writer = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(writer), "-screen", "0", "200x200x8"], pass_fds=[writer])
    os.close(writer)
    with os.fdopen(reader) as number:
        yield f":{number.readline().strip()}"
    server.terminate()
    server.wait()


@pytest.fixture
def run(display):
    manager, client = start_new_kernel(kernel_name="antiphon", env={**os.environ, "DISPLAY": display})

    def run(code):
        heard = []
        reply = client.execute_interactive(code, timeout=30, output_hook=heard.append)["content"]
        assert reply["status"] == "ok", reply
        return [one["content"]["data"]["text/plain"] for one in heard if one["msg_type"] == "execute_result"]

    yield run
    client.stop_channels()
    manager.shutdown_kernel()


def test_a_window_lives_between_cells(run):
    pytest.importorskip("tkinter")
    run("%gui tk")
    run(
        "import tkinter\nroot = tkinter.Tk()\ncount = 0\n"
        "def tick():\n    global count\n    count += 1\n    i = root.after(1, tick)\ntick()"
    )
    deadline = time.monotonic() + 20
    while int(run("count")[0]) < 20:
        assert time.monotonic() < deadline
    assert run("import asyncio\nawait asyncio.sleep(0.01, 'awaited')") == ["'awaited'"]
    run("root.destroy()")
    run("%gui")
    assert run("'alive'") == ["'alive'"]


def test_figures_in_windows(run):
    pytest.importorskip("matplotlib")
    pytest.importorskip("tkinter")
    run("%matplotlib tk")
    run(
        "from matplotlib import pyplot as plt\nfigure = plt.figure()\ndrawn = []\n"
        "i = figure.canvas.mpl_connect('draw_event', drawn.append)\nl = plt.plot([1, 2])\nplt.show()"
    )
    deadline = time.monotonic() + 20
    while run("bool(drawn)") != ["True"]:
        assert time.monotonic() < deadline
    run("plt.close('all')\n%matplotlib inline")


@pytest.fixture
def shell(display, tmp_path):
    env = {"DISPLAY": display, "HOME": str(tmp_path), "IPYTHONDIR": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    argv = [sys.executable, "-m", "antiphon_console_client.shell_app"]
    with Terminal(argv, env=env, columns=200) as terminal:
        yield terminal


def cells(terminal, *codes):
    for number, code in enumerate(codes, 1):
        terminal.cell(number, code)
    terminal.prompt(len(codes) + 1)


def lives(terminal, number, expression):
    """Until the expression is true, asked again and again at the prompt."""
    for at in range(number, number + 100):
        terminal.cell(at, expression)
        if "True" in terminal.wait(rf"^Out\[{at}\]: (True|False)$")[1]:
            return at + 1
    raise AssertionError(f"{expression} has not become true")


@pytest.mark.parametrize(
    ("toolkit", "module", "ticking"),
    [
        (
            "tk",
            "tkinter",
            "import tkinter; r = tkinter.Tk(); tick = lambda: (n.append(1), r.after(5, tick)); tick(); 0",
        ),
        (
            "qt",
            "PySide6",
            "from PySide6.QtCore import QTimer; t = QTimer(); t.timeout.connect(lambda: n.append(1)); t.start(5)",
        ),
    ],
)
def test_windows_live_while_the_shell_waits_for_keys(shell, toolkit, module, ticking):
    pytest.importorskip(module)
    pytest.importorskip("matplotlib")
    cells(shell, f"%gui {toolkit}", "n = []", ticking)
    at = lives(shell, 4, "len(n) > 20")
    shell.cell(at, "import asyncio; await asyncio.sleep(0.01, 'awaited')")
    shell.wait("'awaited'")
    shell.cell(at + 1, f"%matplotlib {toolkit}")
    shell.cell(at + 2, "import matplotlib.pyplot as plt; drawn = []")
    shell.cell(
        at + 3, "i = plt.figure().canvas.mpl_connect('draw_event', drawn.append); l = plt.plot([1, 2]); plt.show()"
    )
    at = lives(shell, at + 4, "bool(drawn)")
    shell.cell(at, "%gui")
    shell.cell(at + 1, "'alive'.upper()")
    shell.wait("'ALIVE'")


def test_a_toolkit_that_is_not_to_be_had_is_one_line(shell):
    cells(
        shell,
        "import os; [os.environ.pop(k, 0) for k in ('DISPLAY', 'WAYLAND_DISPLAY', 'QT_QPA_PLATFORM')];",
        "%gui nosuch",
        "%gui tk",
    )
    rows = shell.text.splitlines()
    assert [row for row in rows if row.startswith("UsageError")] == [
        "UsageError: Invalid GUI request 'nosuch', valid ones are: asyncio, gtk3, gtk4, osx, qt, qt5, qt6, tk, wx",
        "UsageError: %gui tk needs a display, and there is none: DISPLAY is not set",
    ]
