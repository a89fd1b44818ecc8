from __future__ import annotations

import asyncio
import threading

import pytest

from antiphon_kernel_base.mainloop import MainLoop


@pytest.fixture
def loop():
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def test_jobs_in_order():
    main = MainLoop()
    for number in range(3):
        main.put(number)
    assert [main.next() for _ in range(3)] == [0, 1, 2]


def test_tasks_go_on_while_it_waits(loop):
    main = MainLoop()
    main.attach(loop)

    async def work():
        for _ in range(5):
            await asyncio.sleep(0)
        threading.Thread(target=main.put, args=("done",)).start()

    task = loop.create_task(work())
    assert main.next() == "done"
    assert task.done()


def test_a_stream_of_jobs_does_not_starve_tasks(loop):
    main = MainLoop()
    main.attach(loop)
    turns = []

    async def work():
        while len(turns) < 3:
            turns.append(1)
            await asyncio.sleep(0)

    loop.create_task(work())
    for number in range(6):
        main.put(number)
    for _ in range(6):
        main.next()
    assert len(turns) == 3


def test_an_interrupted_coroutine_is_cancelled(loop):
    main = MainLoop()
    main.attach(loop)
    ended = []

    async def work():
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    def interrupt():
        raise KeyboardInterrupt

    loop.call_later(0, interrupt)
    with pytest.raises(KeyboardInterrupt):
        main.drive(work())
    assert ended == [True]
    main.put("next")
    assert main.next() == "next"
