"""Windows that stay alive while we wait: asyncio always, tk and qt where they can be imported."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from antiphon_exec_core.errors import UsageError
from antiphon_exec_core.eventloop import EventLoop
from antiphon_exec_core.gui import TOOLKITS, Gui
from antiphon_exec_core.outputs import Stream
from antiphon_exec_core.testing import interpreter, run, run_in

QT = [name for name in ("PySide6", "PyQt6", "PyQt5", "PySide2") if importlib.util.find_spec(name)]


class Prompt:
    """What prompt_toolkit gives an input hook: a pipe that can be read once somebody has typed."""

    def __init__(self) -> None:
        self.reader, self._writer = os.pipe()

    def type(self) -> None:
        os.write(self._writer, b"x")

    def fileno(self) -> int:
        return self.reader

    def input_is_ready(self) -> bool:
        return bool(select.select([self.reader], [], [], 0)[0])

    def close(self) -> None:
        os.close(self.reader)
        os.close(self._writer)


class Windows:
    """A toolkit: it remembers how it was waited in."""

    def __init__(self) -> None:
        self.waits: list[float | None] = []

    def run(self, descriptor: int | None, seconds: float | None) -> None:
        self.waits.append(seconds)
        if descriptor is not None:
            select.select([descriptor], [], [], seconds)


@pytest.fixture
def eventloop() -> Iterator[EventLoop]:
    made = EventLoop()
    yield made
    made.close()


@pytest.fixture
def prompt() -> Iterator[Prompt]:
    made = Prompt()
    yield made
    made.close()


@pytest.fixture
def windows(eventloop: EventLoop, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Gui, Windows]]:
    toolkit = Windows()
    gui = Gui(eventloop)
    monkeypatch.setattr(gui, "_make", lambda name: toolkit)
    gui.enable("tk")
    yield gui, toolkit
    gui.disable()


@pytest.fixture(scope="module")
def display() -> Iterator[None]:
    """A display: the one there is, or a virtual one."""
    if os.environ.get("DISPLAY"):
        yield
        return
    if shutil.which("Xvfb") is None:
        pytest.skip("there is neither a display nor Xvfb")
    reader, writer = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(writer), "-screen", "0", "200x200x8"], pass_fds=[writer])
    os.close(writer)
    with os.fdopen(reader) as number, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", f":{number.readline().strip()}")
        try:
            yield
        finally:
            server.terminate()
            server.wait()


# -- where one waits ---------------------------------------------------------------------------------------------------


def test_an_asyncio_loop_waits_in_the_toolkit(windows: tuple[Gui, Windows], eventloop: EventLoop) -> None:
    gui, toolkit = windows
    assert eventloop.loop.run_until_complete(asyncio.sleep(0.01, "slept")) == "slept"
    assert any(seconds for seconds in toolkit.waits if seconds is not None)
    gui.disable()
    before = len(toolkit.waits)
    eventloop.loop.run_until_complete(asyncio.sleep(0))
    assert len(toolkit.waits) == before
    assert (gui.name, gui.toolkit) == (None, None)


def test_another_thread_wakes_the_toolkit(windows: tuple[Gui, Windows], eventloop: EventLoop) -> None:
    async def wait() -> str:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, lambda: "from a thread")

    assert eventloop.loop.run_until_complete(wait()) == "from a thread"


def test_a_loop_without_a_selector_is_looked_after_in_turns() -> None:
    from antiphon_exec_core.gui import _Lent

    toolkit = Windows()
    loop: Any = asyncio.new_event_loop()
    selector = loop._selector
    loop._selector = None
    lent = _Lent(loop, toolkit)
    loop._selector = selector
    try:
        loop.run_until_complete(asyncio.sleep(0.1))
        assert toolkit.waits[0] == 0
        lent.give_back()
        before = len(toolkit.waits)
        loop.run_until_complete(asyncio.sleep(0.05))
        assert len(toolkit.waits) == before
    finally:
        loop.close()


def test_a_prompt_waits_in_the_toolkit_until_there_is_input(windows: tuple[Gui, Windows], prompt: Prompt) -> None:
    gui, toolkit = windows
    prompt.type()
    gui.inputhook(prompt)
    assert toolkit.waits == []
    gui.disable()
    gui.inputhook(Prompt())  # without a toolkit it does not wait at all


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["glut", "pyglet", "gtk2", "qt4", "nosuch"])
def test_toolkits_that_are_refused(name: str) -> None:
    outcome, outputs = run(f"%gui {name}")
    assert not outcome.ok
    (told,) = outputs
    assert isinstance(told, Stream)
    assert told.text.startswith("UsageError: ") and told.text.count("\n") == 1
    assert name in told.text and "tk, wx" in told.text


@pytest.mark.parametrize("name", sorted(set(TOOLKITS) - {"asyncio", "osx"}))
def test_toolkits_need_a_display(name: str, eventloop: EventLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("elsewhere there is always one")
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(UsageError, match="needs a display"):
        Gui(eventloop).enable(name)


def test_a_toolkit_that_is_not_here_is_told(eventloop: EventLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setitem(sys.modules, "wx", None)
    gui = Gui(eventloop)
    with pytest.raises(UsageError, match="%gui wx is not to be had here"):
        gui.enable("wx")
    assert gui.name is None
    assert not eventloop.created


@pytest.mark.parametrize("name", ["", "none", "inline", None])
def test_none_is_a_choice(name: str | None, eventloop: EventLoop) -> None:
    gui = Gui(eventloop)
    gui.enable("asyncio")
    gui.enable(name)
    assert gui.name is None


def test_the_face_enables_too() -> None:
    with interpreter() as shell:
        run_in(shell, "get_ipython().enable_gui('asyncio')")
        assert shell.gui.name == "asyncio"
        run_in(shell, "%gui")
        assert shell.gui.name is None


# -- toolkits ----------------------------------------------------------------------------------------------------------


def test_asyncio_goes_on_while_a_prompt_waits(prompt: Prompt) -> None:
    with interpreter() as shell:
        shell.namespace.push({"prompt": prompt})
        run_in(shell, "%gui asyncio")
        code = (
            "import asyncio\nasync def work():\n    await asyncio.sleep(0.01)\n    prompt.type()\n    return 'done'\n"
            "t = asyncio.create_task(work())"
        )
        run_in(shell, code)
        shell.gui.inputhook(prompt)
        assert run_in(shell, "t.result()")[0].value == "done"


def test_asyncio_goes_on_inside_the_loop_of_the_prompt(eventloop: EventLoop, prompt: Prompt) -> None:
    gui = Gui(eventloop)
    gui.enable("asyncio")
    eventloop.loop.call_later(0.01, prompt.type)

    async def console() -> None:
        gui.inputhook(prompt)
        assert asyncio.get_running_loop() is outer

    outer = asyncio.new_event_loop()
    try:
        outer.run_until_complete(console())
    finally:
        outer.close()


TK = """
import tkinter
root = tkinter.Tk()
count = 0
def tick():
    global count
    count += 1
    if count < 5:
        root.after(1, tick)
    elif prompt is not None:
        prompt.type()
root.after(1, tick)
"""


def test_tk_in_both_ways(display: None, prompt: Prompt) -> None:
    pytest.importorskip("tkinter")
    with interpreter() as shell:
        shell.namespace.push({"prompt": prompt})
        assert run_in(shell, "%gui tk")[0].ok
        assert run_in(shell, TK)[0].ok
        shell.gui.inputhook(prompt)
        assert run_in(shell, "count")[0].value == 5
        assert run_in(shell, "prompt = None; count = 0; i = root.after(1, tick)")[0].ok
        code = "import asyncio\nwhile count < 5:\n    await asyncio.sleep(0.005)\ncount"
        assert run_in(shell, code)[0].value == 5
        assert run_in(shell, "root.destroy()")[0].ok
        assert run_in(shell, "await asyncio.sleep(0.01, 'without a window')")[0].value == "without a window"


def test_a_window_that_closes_itself_while_the_prompt_waits(display: None, prompt: Prompt) -> None:
    pytest.importorskip("tkinter")
    with interpreter() as shell:
        shell.namespace.push({"prompt": prompt})
        run_in(
            shell,
            "%gui tk\nimport tkinter\nroot = tkinter.Tk()\ni = root.after(5, lambda: (root.destroy(), prompt.type()))",
        )
        shell.gui.inputhook(prompt)
        assert run_in(shell, "tkinter._default_root is None")[0].value is True


QT_CODE = """
from {binding} import QtCore
count = 0
def tick():
    global count
    count += 1
    if count == 5 and prompt is not None:
        prompt.type()
timer = QtCore.QTimer()
timer.timeout.connect(tick)
timer.start(1)
"""


@pytest.mark.skipif(not QT, reason="no binding of Qt is installed")
def test_qt_in_both_ways(prompt: Prompt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    with interpreter() as shell:
        shell.namespace.push({"prompt": prompt})
        assert run_in(shell, "%gui qt")[0].ok
        assert run_in(shell, QT_CODE.format(binding=QT[0]))[0].ok
        shell.gui.inputhook(prompt)
        assert run_in(shell, "count")[0].value >= 5
        assert run_in(shell, "prompt = None; count = 0")[0].ok
        code = "import asyncio\nwhile count < 5:\n    await asyncio.sleep(0.005)\ncount"
        assert run_in(shell, code)[0].value >= 5


def test_matplotlib_with_windows_runs_their_loop(display: None) -> None:
    pytest.importorskip("matplotlib")
    pytest.importorskip("tkinter")
    with interpreter() as shell:
        outcome, outputs = run_in(shell, "%matplotlib tk")
        assert outcome.ok, outcome.error
        assert outputs == [Stream("stdout", "Using matplotlib backend: tkagg\n")]
        assert shell.gui.name == "tk"
        code = (
            "import matplotlib, time, asyncio\nfrom matplotlib import pyplot as plt\nfigure = plt.figure()\n"
            "drawn = []\ni = figure.canvas.mpl_connect('draw_event', drawn.append)\nl = plt.plot([1, 2])\nplt.show()\n"
            "for n in range(2000):\n    if drawn: break\n    await asyncio.sleep(0.005)\nlen(drawn) > 0"
        )
        before = time.monotonic()
        outcome, _ = run_in(shell, code)
        assert outcome.value is True, outcome.error
        assert time.monotonic() - before < 30
        run_in(shell, "plt.close('all')")
        run_in(shell, "%matplotlib agg")
        assert shell.gui.name is None
