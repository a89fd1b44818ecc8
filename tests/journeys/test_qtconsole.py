"""`%qtconsole` opens the published Qt console on the running kernel: typed into by a keyboard, on a screen of its own.

It needs Xvfb, xdotool and `.venv-qt` (`make journeys` makes that one); without them it is skipped, unless
ANTIPHON_REQUIRE says that they must be there.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon_wire_protocol import KernelManager
from antiphon_wire_protocol.discovery.census import Census, process

QT = Path(__file__).parents[2] / ".venv-qt" / "bin"
LIMIT = 60


@pytest.fixture
def screen(tmp_path):
    """An X server with nothing on it; the environment of programs that are to be seen there."""
    missing = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
    missing += [] if (QT / "jupyter-qtconsole").exists() else [str(QT / "jupyter-qtconsole")]
    if missing:
        (pytest.fail if os.environ.get("ANTIPHON_REQUIRE") else pytest.skip)(f"not here: {', '.join(missing)}")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1000x700x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as file:
        number = file.readline().strip()  # written when it takes connections
    assert number, "no X server"
    yield {
        "DISPLAY": f":{number}",
        "HOME": str(tmp_path),
        "PATH": f"{QT}{os.pathsep}{os.environ['PATH']}",
        "QT_QPA_PLATFORM": "xcb",
    }
    server.terminate()
    server.wait()


class Hands:
    """A keyboard before a screen."""

    def __init__(self, screen):
        self._env = {**os.environ, **screen}

    async def xdotool(self, *words):
        done = await asyncio.create_subprocess_exec("xdotool", *words, env=self._env, stdout=subprocess.PIPE)
        return (await done.communicate())[0].decode()

    async def type_line(self, window, text):
        await self.xdotool("windowfocus", "--sync", window)
        await self.xdotool("type", "--delay", "20", text)
        await self.xdotool("key", "Return")


async def heard(broadcasts, matches):
    """The first broadcast that matches."""
    async for message in broadcasts:
        if matches(message):
            return message
    raise AssertionError("the kernel has ended")


def test_it_opens_on_the_running_kernel_and_what_is_typed_runs_there(screen, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "r"))
    asyncio.run(asyncio.wait_for(opens(screen), LIMIT))


async def opens(screen):
    hands = Hands(screen)
    async with KernelManager("antiphon", env=screen) as manager:
        await manager.ready()
        async with manager.client() as client:
            await client.ready()
            await client.execute("mine = 'set here'").done()
            with client.broadcasts() as broadcasts:
                execution = client.execute("%qtconsole")
                assert [one.content async for one in execution if one.msg_type in ("error", "stream")] == []
                ours = client.session.session_id

                def from_there(message, kind):
                    parent = message.parent_header
                    return parent is not None and parent.session != ours and kind in (message.msg_type, parent.msg_type)

                # It asks for the history before it shows its prompt.
                await heard(broadcasts, lambda one: from_there(one, "history_request"))
                window = (await hands.xdotool("search", "--sync", "--onlyvisible", "--name", "Jupyter")).split()[0]
                while True:
                    await hands.type_line(window, "typed = mine.upper()")
                    try:
                        async with asyncio.timeout(5):
                            ran = await heard(broadcasts, lambda one: from_there(one, "execute_input"))
                    except TimeoutError:
                        continue  # its prompt was not there yet
                    if ran.content.code.strip() == "typed = mine.upper()":
                        break
            reply = await client.execute("", user_expressions={"typed": "typed"}).done()
            assert reply.user_expressions["typed"]["data"]["text/plain"] == "'SET HERE'"
            if sys.platform.startswith("linux"):
                attached = [process(pid).program for pid in Census().attached(manager.connection) if pid != os.getpid()]
                assert attached == ["jupyter-qtconsole"]
                (pid,) = (pid for pid in Census().attached(manager.connection) if pid != os.getpid())
                os.kill(pid, 15)
