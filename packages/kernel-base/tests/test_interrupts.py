from __future__ import annotations

import os
import signal

import pytest

from antiphon_kernel_base import interrupts


@pytest.fixture(autouse=True)
def handler():
    before = signal.getsignal(signal.SIGINT)
    interrupts.install()
    yield
    signal.signal(signal.SIGINT, before)


def test_a_forked_child_has_the_usual_handler():
    def child() -> None:
        pid = os.fork()
        if not pid:
            os._exit(0 if signal.getsignal(signal.SIGINT) is signal.default_int_handler else 1)
        assert os.waitpid(pid, 0)[1] == 0

    interrupts.interruptible(child)


def test_nothing_but_a_cell_is_interrupted():
    signal.raise_signal(signal.SIGINT)


def test_a_cell_is_interrupted_however_deep():
    def deep(n):
        if n:
            return deep(n - 1)
        signal.raise_signal(signal.SIGINT)
        return None

    with pytest.raises(KeyboardInterrupt):
        interrupts.interruptible(deep, 20)


def test_code_after_a_cell_is_safe():
    assert interrupts.interruptible(lambda: 3) == 3
    signal.raise_signal(signal.SIGINT)


def test_an_interrupt_before_a_cell_starts_is_for_that_cell():
    interrupts.expect()
    signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        interrupts.interruptible(lambda: 3)
    interrupts.expect()
    interrupts.over()
    signal.raise_signal(signal.SIGINT)
    assert interrupts.interruptible(lambda: 3) == 3
