from __future__ import annotations

import signal

import pytest

from antiphon_kernel_base import interrupts


@pytest.fixture(autouse=True)
def handler():
    before = signal.getsignal(signal.SIGINT)
    interrupts.install()
    yield
    signal.signal(signal.SIGINT, before)


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
