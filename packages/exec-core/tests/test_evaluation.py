"""How far the expression before the cursor is followed, by policy."""

from __future__ import annotations

import threading
import time

import pytest

from antiphon_exec_core.deadlines import TooLate
from antiphon_exec_core.evaluation import POLICIES, Lookup
from antiphon_exec_core.static_lookup import Unknown

LIMITS = {"forbidden": 0, "minimal": 1, "limited": 2, "unsafe": 3, "dangerous": 3}


class Calls:
    def __init__(self) -> None:
        self.count = 0

    @property
    def value(self):  # type: ignore[no-untyped-def]  # an annotation would tell its type
        self.count += 1
        return "text"


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    ("expression", "needs"), [("'text'", 1), ("len", 1), ("name", 2), ("d['k']", 2), ("c.value", 3)]
)
def test_policies(policy: str, expression: str, needs: int) -> None:
    calls = Calls()
    lookup = Lookup({"name": 1, "d": {"k": 1}, "c": calls}, "", policy)
    if LIMITS[policy] >= needs:
        assert lookup(expression) is not None
    else:
        with pytest.raises((Unknown, NameError)):
            lookup(expression)
    assert calls.count == (1 if expression == "c.value" and needs <= LIMITS[policy] else 0)


def test_running_the_code_has_a_deadline() -> None:
    never = threading.Event()
    begun = time.monotonic()
    with pytest.raises(TooLate):
        Lookup({"wait": never.wait}, "", "unsafe")("wait(60)")
    assert time.monotonic() - begun < 30
    never.set()


def test_the_cell_comes_before_what_earlier_cells_bound() -> None:
    assert Lookup({"x": 1}, "x = 'new'\nx")("x") == "new"
    assert Lookup({"x": 1}, "y = 'new'\nx")("x") == 1
    assert Lookup({"x": 1}, "x = unknown()\nx")("x") == 1
    assert Lookup({"x": 1}, "x = 'on this line'; x")("x") == 1
