"""A flag that wakes a sleeper: once per sleep, and whatever interrupts who raises it."""

from __future__ import annotations

import random
import select
import signal
import threading
import time

import pytest

from antiphon_kernel_base.wakeup import Wakeup


def readable(wakeup: Wakeup) -> bool:
    return bool(select.select([wakeup], [], [], 0)[0])


def test_up_and_down():
    wakeup = Wakeup()
    assert not readable(wakeup)
    wakeup.set()
    wakeup.set()
    assert readable(wakeup)
    wakeup.clear()
    assert not readable(wakeup)
    wakeup.set()
    assert readable(wakeup)
    wakeup.close()
    wakeup.set()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="POSIX signals")
def test_an_interrupt_never_leaves_the_flag_up_with_nobody_woken():
    wakeup, seed = Wakeup(), random.randrange(1 << 32)
    chance = random.Random(seed)

    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    hits, until = 0, time.monotonic() + 1.5
    try:
        while time.monotonic() < until:
            try:
                signal.setitimer(signal.ITIMER_REAL, chance.uniform(1e-6, 6e-5))
                for _ in range(400):
                    wakeup.set()
                    wakeup._pending = False  # as if the sleeper had looked
            except KeyboardInterrupt:
                hits += 1
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            if wakeup._pending:
                assert readable(wakeup), f"seed {seed}"
            wakeup.clear()
    finally:
        signal.signal(signal.SIGALRM, before)
        wakeup.close()
    assert hits > 100


def test_a_sleeper_misses_nothing():
    wakeup = Wakeup()
    items: list[int] = []
    taken: list[int] = []

    def sleep() -> None:
        while len(taken) < 20_000:
            assert select.select([wakeup], [], [], 20)[0], "nobody was woken"
            wakeup.clear()
            while items:
                taken.append(items.pop(0))

    sleeper = threading.Thread(target=sleep)
    sleeper.start()
    for number in range(20_000):
        items.append(number)
        wakeup.set()
    sleeper.join(30)
    assert taken == list(range(20_000))
    wakeup.close()
