"""What appears in a folder is seen at once."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from antiphon_wire_protocol.manager import file_watch
from antiphon_wire_protocol.manager.file_watch import appears


@pytest.fixture(params=["inotify", "polling"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "polling":
        monkeypatch.setattr(file_watch, "_watch", lambda folder: None)


async def test_what_is_there_already(tmp_path: Path) -> None:
    assert await appears(str(tmp_path), lambda: "found") == "found"


async def test_what_comes_later(tmp_path: Path) -> None:
    wanted = tmp_path / "wanted"
    waiting = asyncio.ensure_future(appears(str(tmp_path), lambda: wanted.exists() or None))
    await asyncio.sleep(0)
    for number in range(100):
        (tmp_path / str(number)).touch()
        await asyncio.sleep(0)
    assert not waiting.done()
    (tmp_path / "fresh").touch()
    os.replace(tmp_path / "fresh", wanted)
    async with asyncio.timeout(5):
        assert await waiting is True


async def test_a_wait_that_is_given_up_leaves_no_descriptor(tmp_path: Path) -> None:
    before = set(os.listdir("/dev/fd"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await appears(str(tmp_path), lambda: None)
    # Not as many as before: sockets of earlier tests are closed in the background.
    assert set(os.listdir("/dev/fd")) <= before
