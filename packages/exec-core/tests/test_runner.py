"""One context for every cell, plain or awaiting."""

from __future__ import annotations

from antiphon_exec_core.testing import interpreter, run_in

DEFINE = "from contextvars import ContextVar\nv = ContextVar('v', default=0)"


def test_a_context_variable_set_in_one_cell_is_seen_in_the_next() -> None:
    with interpreter() as one:
        run_in(one, DEFINE)
        run_in(one, "v.set(1)")
        assert run_in(one, "v.get()")[0].value == 1


def test_it_is_seen_across_awaiting_cells_too() -> None:
    with interpreter() as one:
        run_in(one, DEFINE + "\nimport asyncio")
        run_in(one, "await asyncio.sleep(0)\nv.set(1)\nawait asyncio.sleep(0)")
        assert run_in(one, "v.get()")[0].value == 1
        run_in(one, "v.set(2)")
        assert run_in(one, "await asyncio.sleep(0, v.get())")[0].value == 2


def test_the_caller_sees_nothing_of_it() -> None:
    with interpreter() as one:
        run_in(one, DEFINE + "\nv.set(1)")
        assert one.namespace.user_ns["v"].get() == 0


def test_values_are_shown_in_the_context_of_cells() -> None:
    with interpreter() as one:
        run_in(one, DEFINE + "\nclass A:\n    def __repr__(self): return f'A{v.get()}'\nv.set(3)")
        _, outputs = run_in(one, "A()")
        assert outputs[0].data["text/plain"] == "A3"  # type: ignore[union-attr]


def test_a_cell_within_a_cell() -> None:
    with interpreter() as one:
        outcome, outputs = run_in(one, "r = get_ipython().run_cell('x = 4\\nx')\nr.result + 1")
        assert outcome.value == 5
        assert [output.data["text/plain"] for output in outputs] == ["4", "5"]  # type: ignore[union-attr]


def test_an_awaiting_cell_within_a_plain_one() -> None:
    with interpreter() as one:
        outcome, _ = run_in(one, "import asyncio\nget_ipython().run_cell('await asyncio.sleep(0, 4)').result")
        assert outcome.value == 4


def test_steps_around_an_await_run_in_order() -> None:
    with interpreter() as one:
        outcome, outputs = run_in(one, "import asyncio\nprint(1)\nawait asyncio.sleep(0)\nprint(2)\n3")
        assert outcome.value == 3
        assert outputs[0].text == "1\n2\n"  # type: ignore[union-attr]
