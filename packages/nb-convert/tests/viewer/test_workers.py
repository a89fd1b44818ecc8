from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from io import BytesIO

import pytest

from antiphon_nb_convert.errors import NotebookError
from antiphon_nb_convert.policy import Policy
from antiphon_nb_convert.viewer import frames, worker
from antiphon_nb_convert.viewer.errors import Busy, TooSlow, ViewerError
from antiphon_nb_convert.viewer.settings import Work
from antiphon_nb_convert.viewer.workers import Job, Workers

GENEROUS = 60.0
SCRIPTED = """
import os, sys, time
from antiphon_nb_convert.viewer import frames
answers = os.fdopen(os.dup(1), "wb")
while (asked := frames.read(sys.stdin.buffer)) is not None:
    word, _, rest = asked[1].decode().partition(" ")
    if word == "hang":
        time.sleep(600)
    if word == "exit":
        os._exit(int(rest))
    if word == "lie":
        answers.write(b"\\xff" * 64); answers.flush(); time.sleep(600)
    if word == "wait":
        open(rest, "w").close()
        while os.path.exists(rest):
            time.sleep(0.01)
    body = str(os.getpid()).encode()
    answers.write(frames.packed({"extension": ".txt", "mimetype": "text/plain", "slides": False, "scripts": []}, body))
    answers.flush()
"""  # a worker that does what it is told, in a process of its own


def run(work: Work, use: Callable[[Workers], Awaitable[None]], *, scripted: bool = True) -> None:
    async def main() -> None:
        workers = Workers(work, (sys.executable, "-c", SCRIPTED) if scripted else ())
        try:
            await use(workers)
        finally:
            await workers.close()

    asyncio.run(main())


def job(text: str) -> Job:
    return Job(text.encode(), "a.ipynb")


def test_a_notebook_is_rendered(ipynb: Callable[..., bytes]) -> None:
    async def use(workers: Workers) -> None:
        await workers.start()
        made = await workers.render(Job(ipynb(), "a.ipynb"))
        assert (made.extension, made.mimetype, made.slides) == (".html", "text/html", False)
        assert b'<h1 id="Title">' in made.data and b"<title>a</title>" in made.data
        made = await workers.render(Job(ipynb(), "a.ipynb", "script"))
        assert made.extension == ".py" and b"1 + 1" in made.data
        made = await workers.render(Job(ipynb(slideshow={"slide_type": "slide"}), "a.ipynb", "slides"))
        assert made.slides and len(made.scripts) == 2
        made = await workers.render(Job(ipynb(), "a.ipynb", "cleaned"))
        assert json.loads(made.data)["cells"][1]["outputs"] == []
        with pytest.raises(NotebookError, match=r"b\.ipynb: not JSON"):
            await workers.render(Job(b"{", "b.ipynb"))
        with pytest.raises(NotebookError, match="nested deeper"):
            await workers.render(Job(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "b.ipynb"))
        with pytest.raises(NotebookError, match="up to 1 are read"):
            await workers.render(Job(ipynb(), "b.ipynb", policy=Policy(max_cells=1)))

    run(Work(1, seconds=GENEROUS), use, scripted=False)


def test_too_slow_and_then_well(ipynb: Callable[..., bytes]) -> None:
    """The real one, with no time at all; the next notebook gets another process."""

    async def use(workers: Workers) -> None:
        with pytest.raises(TooSlow, match=r"a\.ipynb: it is not rendered within 0\.001 seconds"):
            await workers.render(Job(ipynb(), "a.ipynb", policy=Policy(seconds=0.001)))
        assert (await workers.render(Job(ipynb(), "a.ipynb"))).data

    run(Work(1, seconds=GENEROUS), use, scripted=False)


def test_too_much_memory(ipynb: Callable[..., bytes]) -> None:
    async def use(workers: Workers) -> None:
        with pytest.raises((NotebookError, ViewerError), match="memory"):
            await workers.render(Job(ipynb("x *y* " * 40_000_000), "a.ipynb"))
        assert (await workers.render(Job(ipynb(), "a.ipynb"))).data

    run(Work(1, seconds=GENEROUS, memory=400_000_000), use, scripted=False)


@pytest.mark.skipif(not hasattr(signal, "alarm"), reason="no alarms here")
def test_a_worker_ends_by_itself_when_nobody_ends_it(ipynb: Callable[..., bytes]) -> None:
    """Its notebook takes longer than it may, and the viewer is not there any more."""
    cells = json.loads(ipynb())["cells"] * 50_000
    large = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}).encode()
    asked = {"name": "a", "to": "html", "template": "", "policy": {}, "seconds": 0.01}
    command = [sys.executable, "-m", "antiphon_nb_convert.viewer.worker", "0"]
    done = subprocess.run(command, input=frames.packed(asked, large), capture_output=True, timeout=GENEROUS)
    assert done.returncode == -signal.SIGALRM


def test_a_hanging_process_is_ended() -> None:
    async def use(workers: Workers) -> None:
        pid = int((await workers.render(job("well"))).data)
        with pytest.raises(TooSlow):
            await workers.render(Job(b"hang", "a.ipynb", policy=Policy(seconds=0.2)))
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        assert int((await workers.render(job("well"))).data) != pid

    run(Work(1, seconds=GENEROUS), use)


@pytest.mark.parametrize("what", ["exit 0", "exit 7", "lie"])
def test_a_process_that_breaks(what: str) -> None:
    async def use(workers: Workers) -> None:
        first = (await workers.render(job("well"))).data
        with pytest.raises(ViewerError, match="rendering has failed"):
            await workers.render(job(what))
        assert (await workers.render(job("well"))).data != first

    run(Work(1, seconds=GENEROUS), use)


def test_a_process_is_replaced_after_its_renders() -> None:
    async def use(workers: Workers) -> None:
        pids = [(await workers.render(job("well"))).data for _ in range(4)]
        assert pids[0] == pids[1] != pids[2] == pids[3]

    run(Work(1, seconds=GENEROUS, renders=2), use)


def test_the_queue_is_bounded(tmp_path: object) -> None:
    async def use(workers: Workers) -> None:
        gates = [os.path.join(str(tmp_path), name) for name in "ab"]
        held = [asyncio.ensure_future(workers.render(job(f"wait {gate}"))) for gate in gates]
        while not all(map(os.path.exists, gates)):
            await asyncio.sleep(0.01)
        waiting = [asyncio.ensure_future(workers.render(job("well"))) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Busy) as raised:
            await workers.render(job("well"))
        assert raised.value.retry_after >= 1
        for gate in gates:
            os.unlink(gate)
        assert len(await asyncio.gather(*held, *waiting)) == 5
        assert (await workers.render(job("well"))).data

    run(Work(2, waiting=3, seconds=GENEROUS), use)


def test_nothing_waits_where_nothing_may(tmp_path: object) -> None:
    async def use(workers: Workers) -> None:
        gate = os.path.join(str(tmp_path), "gate")
        held = asyncio.ensure_future(workers.render(job(f"wait {gate}")))
        while not os.path.exists(gate):
            await asyncio.sleep(0.01)
        with pytest.raises(Busy):
            await workers.render(job("well"))
        os.unlink(gate)
        await held

    run(Work(1, waiting=0, seconds=GENEROUS), use)


def test_closing_ends_the_processes() -> None:
    pids = []

    async def use(workers: Workers) -> None:
        pids.append(int((await workers.render(job("well"))).data))
        waiting = asyncio.ensure_future(workers.render(job("hang")))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    run(Work(1, seconds=GENEROUS), use)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_secrets_are_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_API_TOKEN", "secret")
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    tells = SCRIPTED.replace("str(os.getpid())", "repr(sorted(os.environ))")

    async def main() -> None:
        workers = Workers(Work(1, seconds=GENEROUS), (sys.executable, "-c", tells))
        try:
            names = (await workers.render(job("well"))).data
            assert b"PATH" in names and b"GITHUB" not in names
        finally:
            await workers.close()

    asyncio.run(main())


def test_frames() -> None:
    stream = BytesIO(frames.packed({"a": "€"}, b"\0body") + frames.packed({}))
    assert frames.read(stream) == ({"a": "€"}, b"\0body")
    assert frames.read(stream) == ({}, b"")
    assert frames.read(stream) is None


@pytest.mark.parametrize("said", [frames.packed({"a": 1}, b"x" * 99), b"\xff" * 99, frames.packed({})[:5]])
def test_frames_that_are_none(said: bytes) -> None:
    async def read() -> None:
        stream = asyncio.StreamReader()
        stream.feed_data(said)
        stream.feed_eof()
        await frames.receive(stream, 50)

    with pytest.raises((ValueError, asyncio.IncompleteReadError)):
        asyncio.run(read())


def test_the_scripts_of_a_deck_are_those_of_every_deck(ipynb: Callable[..., bytes]) -> None:
    """And no script that a notebook brings, even where it came through, is among them."""
    from antiphon_nb_convert.pipeline import convert

    digests = worker.scripts_of_decks()
    hostile = ipynb("<script>alert(1)</script>\n\n# Deck", "x = '<script>alert(2)</script>'")
    for policy in (Policy(), Policy(trusted=True)):
        page = str(convert(json.loads(hostile), "slides", policy=policy).content)
        found = [worker._digest(script) for script in scripts(page)]
        assert set(digests) <= set(found)
        assert bool(set(found) - set(digests)) == policy.trusted


def scripts(page: str) -> list[str]:
    """As a parser of HTML reads them."""
    import html5lib

    root = html5lib.parse(page, namespaceHTMLElements=False)
    return [element.text or "" for element in root.iter("script")]
