"""Windows of a real kernel go on living between cells."""

from __future__ import annotations

import os
import shutil
import subprocess
import time

import pytest
from jupyter_client.manager import start_new_kernel


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
