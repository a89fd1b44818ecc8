"""One loop for all cells, made when one is needed; plain cells see it too."""

from __future__ import annotations

import asyncio
import importlib
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from antiphon_exec_core.eventloop import EventLoop
from antiphon_exec_core.import_watch import ImportWatch
from antiphon_exec_core.outputs import Result
from antiphon_exec_core.testing import interpreter, run, run_in


def text(outputs: list[Any]) -> str:
    return "".join(output.data["text/plain"] for output in outputs if isinstance(output, Result))


def test_no_loop_before_one_is_needed() -> None:
    made: list[asyncio.AbstractEventLoop] = []
    eventloop = EventLoop(on_create=made.append)
    assert not eventloop.created
    with eventloop.scope():
        pass
    eventloop.close()


def test_on_create_is_called_once() -> None:
    made: list[asyncio.AbstractEventLoop] = []
    with interpreter(eventloop=EventLoop(on_create=made.append)) as one:
        run_in(one, "import asyncio\nawait asyncio.sleep(0)")
        run_in(one, "await asyncio.sleep(0)")
        assert made == [one.eventloop.loop]


def test_a_task_made_in_a_plain_cell_runs_with_the_loop() -> None:
    with interpreter() as one:
        assert run_in(one, "import asyncio\nt = asyncio.create_task(asyncio.sleep(0, 7))")[0].ok
        assert text(run_in(one, "await t")[1]) == "7"


def test_the_mark_is_gone_after_a_cell() -> None:
    with interpreter() as one:
        run_in(one, "import asyncio\nloop = asyncio.get_running_loop()")
        assert asyncio._get_running_loop() is None
        assert one.namespace.user_ns["loop"] is one.eventloop.loop
        run_in(one, "1/0")
        assert asyncio._get_running_loop() is None


def test_asyncio_run_works_in_a_plain_cell_and_the_mark_returns() -> None:
    code = "import asyncio\nasync def f():\n    return asyncio.get_running_loop()\n"
    code += "a = asyncio.run(f())\nb = asyncio.get_running_loop()\na is not b, a.is_closed(), b.is_running()"
    assert text(run(code)[1]) == "(True, True, False)"


def test_run_until_complete_on_the_own_loop_works_in_a_plain_cell() -> None:
    code = "import asyncio\nloop = asyncio.get_event_loop()\n"
    code += "loop.run_until_complete(asyncio.sleep(0, 3)), asyncio.get_running_loop() is loop"
    assert text(run(code)[1]) == "(3, True)"


def test_asyncio_run_is_refused_inside_an_awaiting_cell() -> None:
    outcome, _ = run(
        "import asyncio\nc = asyncio.sleep(0)\nawait asyncio.sleep(0)\ntry: asyncio.run(c)\nfinally: c.close()"
    )
    assert outcome.error is not None
    assert outcome.error.ename == "RuntimeError"


def test_driving_a_running_loop_is_a_clear_error() -> None:
    outcome, _ = run(
        "import asyncio\nawait asyncio.sleep(0)\nget_ipython().run_cell('await asyncio.sleep(0)').raise_error()"
    )
    assert outcome.error is not None
    assert "already running" in outcome.error.evalue


def test_the_checks_of_asyncio_are_as_they_were_after_close() -> None:
    from asyncio import events

    before = events._get_running_loop
    eventloop = EventLoop()
    _ = eventloop.loop
    eventloop.close()
    assert events._get_running_loop is before


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs POSIX signals")
def test_an_interrupt_cancels_an_awaiting_cell() -> None:
    with interpreter() as one:
        one.namespace.push({"interrupt": lambda: signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)})
        code = "import asyncio\nasyncio.get_running_loop().call_soon(interrupt)\nawait asyncio.sleep(60)"
        outcome, _ = run_in(one, code)
        assert outcome.error is not None
        assert outcome.error.ename == "KeyboardInterrupt"
        assert run_in(one, "await asyncio.sleep(0, 1)")[0].value == 1


def test_a_cell_inside_the_running_loop_leaves_its_mark_alone() -> None:
    eventloop = EventLoop()

    async def cell() -> bool:
        with eventloop.scope():
            pass
        return asyncio.get_running_loop() is eventloop.loop

    assert eventloop.drive(cell()) is True
    eventloop.close()


INTERRUPT = """
import asyncio, signal, threading, time
def interrupt_soon():
    started.wait()
    time.sleep(0.02)
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
started = threading.Event()
threading.Thread(target=interrupt_soon).start()
"""


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs POSIX signals")
@pytest.mark.parametrize(
    "stuck",
    [
        "started.set()\nawait asyncio.sleep(60)",
        "await asyncio.sleep(0)\nstarted.set()\ntime.sleep(60)",
        "await asyncio.sleep(0)\nstarted.set()\nwhile True: pass",
        "async def other():\n    started.set()\n    time.sleep(60)\n"
        "t = asyncio.create_task(other())\nawait asyncio.sleep(60)",
        "started.set()\nwhile True: await asyncio.sleep(0)",
        "started.set()\nawait asyncio.gather(asyncio.sleep(60), asyncio.sleep(50))",
        "started.set()\ntime.sleep(60)",
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_one_interrupt_ends_a_stuck_cell(stuck: str) -> None:
    with interpreter() as one:
        run_in(one, INTERRUPT)
        outcome, _ = run_in(one, stuck)
        assert outcome.error is not None
        assert outcome.error.ename == "KeyboardInterrupt"
        text = "\n".join(outcome.error.traceback)
        assert "_interrupted" not in text
        assert "eventloop.py" not in text
        assert run_in(one, "await asyncio.sleep(0, 1)")[0].value == 1
        if "t" in one.namespace.user_ns:
            one.namespace.user_ns["t"].exception()


def test_a_watched_module_that_is_missing_stays_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    watch = ImportWatch()
    watch.after("antiphon_watched", lambda: seen.append(1))
    with pytest.raises(ImportError):
        importlib.import_module("antiphon_watched")
    (tmp_path / "antiphon_watched.py").write_text("x = 1")
    monkeypatch.syspath_prepend(str(tmp_path))
    module = importlib.import_module("antiphon_watched")
    assert (seen, module.x, type(module.__spec__.loader).__name__) == ([1], 1, "SourceFileLoader")
    importlib.reload(module)
    assert seen == [1]
    assert watch not in sys.meta_path
    sys.modules.pop("antiphon_watched")
