from __future__ import annotations

import pickle
import sys
import weakref

import pytest

from antiphon_exec_core.namespace import Namespace
from antiphon_exec_core.testing import SETTINGS, interpreter, run_in


def test_only_what_the_user_made_is_visible() -> None:
    with interpreter() as one:
        run_in(one, "import os\nx = 1\n_y = 2")
        assert set(one.namespace.visible()) == {"os", "x"}


def test_a_hidden_name_that_is_given_a_value_becomes_visible() -> None:
    with interpreter() as one:
        assert "exit" not in one.namespace.visible()
        run_in(one, "exit = 3")
        assert one.namespace.visible() == {"exit": 3}


def test_results_and_inputs_by_number() -> None:
    with interpreter() as one:
        for code in ("11", "22", "None", "33"):
            run_in(one, code)
        assert run_in(one, "_, __, ___, _1, _2, Out, _i, _ii, _iii, _i1, In[1], In[5]")[0].value == (
            *(33, 22, 11, 11, 22),
            {1: 11, 2: 22, 4: 33, 5: one.namespace.outputs[5]},
            *("33", "None", "22", "11", "11"),
            "_, __, ___, _1, _2, Out, _i, _ii, _iii, _i1, In[1], In[5]",
        )


def test_a_name_that_the_user_took_is_left_to_him() -> None:
    with interpreter() as one:
        run_in(one, "_ = 'mine'")
        run_in(one, "5")
        assert run_in(one, "_")[0].value == "mine"


def test_out_is_bounded() -> None:
    with interpreter(SETTINGS._replace(cache_size=10)) as one:
        for number in range(25):
            run_in(one, str(number))
        assert len(one.namespace.outputs) <= 10
        assert "_1" not in one.namespace.user_ns
        assert one.namespace.user_ns["_25"] == 24


def test_size_zero_keeps_no_results() -> None:
    with interpreter(SETTINGS._replace(cache_size=0)) as one:
        run_in(one, "5")
        assert one.namespace.outputs == {}
        assert "_1" not in one.namespace.user_ns
        assert one.namespace.user_ns["_"] == 5


class Watched(bytearray):
    """A result of a megabyte or so, whose end can be seen."""


def test_out_is_bounded_by_bytes_and_the_oldest_go() -> None:
    with interpreter(SETTINGS._replace(cache_bytes=3_500_000)) as one:
        one.namespace.user_ns["Watched"] = Watched
        for _ in range(5):
            run_in(one, "Watched(1_000_000)")
        assert list(one.namespace.outputs) == [3, 4, 5]
        assert {name for name in one.namespace.user_ns if name[1:].isdigit()} == {"_3", "_4", "_5"}
        assert run_in(one, "len(Out[3])")[0].value == 1_000_000


def test_what_out_let_go_is_gone_from_memory() -> None:
    with interpreter(SETTINGS._replace(cache_bytes=1_500_000)) as one:
        one.namespace.user_ns["Watched"] = Watched
        run_in(one, "Watched(1_000_000)")
        first = weakref.ref(one.namespace.outputs[1])
        run_in(one, "Watched(1_000_000)")
        assert first() is None, "neither `__` nor `_1` holds it"
        assert run_in(one, "len(_), __")[0].value == (1_000_000, "")


def test_what_out_let_go_says_why() -> None:
    with interpreter(SETTINGS._replace(cache_bytes=1_500_000)) as one:
        for _ in range(2):
            run_in(one, "bytearray(1_000_000)")
        error = run_in(one, "Out[1]")[0].error
        assert error is not None
        assert (
            "the result of cell 1, if it had one, was let go: Out keeps 1.5 MB of results (cache_bytes)" in error.evalue
        )
        error = run_in(one, "Out[99]")[0].error
        assert error is not None and error.evalue == "99"


def test_the_newest_result_stays_however_heavy() -> None:
    with interpreter(SETTINGS._replace(cache_bytes=1000)) as one:
        run_in(one, "bytearray(1_000_000)")
        assert run_in(one, "len(_1)")[0].value == 1_000_000


def test_one_object_shown_often_counts_once() -> None:
    with interpreter(SETTINGS._replace(cache_bytes=1_500_000)) as one:
        run_in(one, "big = bytearray(1_000_000)")
        for _ in range(5):
            run_in(one, "big")
        assert len(one.namespace.outputs) == 5


def test_a_limit_of_zero_bytes_is_none() -> None:
    with interpreter(SETTINGS._replace(cache_bytes=0)) as one:
        for _ in range(3):
            run_in(one, "bytearray(1_000_000)")
        assert len(one.namespace.outputs) == 3


def test_the_limit_of_bytes_can_be_changed_while_it_runs() -> None:
    with interpreter() as one:
        for _ in range(3):
            run_in(one, "bytearray(1_000_000)")
        one.settings.change(cache_bytes=2_500_000)
        run_in(one, "bytearray(1_000_000)")
        assert list(one.namespace.outputs) == [3, 4]


def test_showing_out_does_not_put_it_into_itself() -> None:
    with interpreter() as one:
        run_in(one, "1")
        run_in(one, "Out")
        assert one.namespace.outputs == {1: 1}


def test_reset_forgets_the_user_and_keeps_ours() -> None:
    with interpreter() as one:
        run_in(one, "x = 1\nx")
        one.namespace.reset()
        assert one.namespace.visible() == {}
        assert run_in(one, "get_ipython() is not None, display is not None, len(Out)")[0].value == (True, True, 0)
        assert run_in(one, "x")[0].error is not None


def test_the_users_module_is_main() -> None:
    before = sys.modules["__main__"]
    with interpreter(SETTINGS._replace(own_main=True)) as one:
        assert sys.modules["__main__"] is one.namespace.module
        run_in(one, "import pickle\nclass A: pass\ndata = pickle.dumps(A())")
        assert type(pickle.loads(one.namespace.user_ns["data"])).__name__ == "A"
    assert sys.modules["__main__"] is before


def test_push_hidden_and_drop() -> None:
    namespace = Namespace()
    namespace.push({"a": 1})
    namespace.push({"b": 2}, hidden=True)
    assert namespace.visible() == {"a": 1}
    namespace.drop(["a", "b", "nothing"])
    assert "b" not in namespace.user_ns


@pytest.mark.parametrize("name", ["_1", "_i12", "__builtins__", "In", "_dh"])
def test_hidden_names(name: str) -> None:
    namespace = Namespace()
    namespace.user_ns.setdefault(name, 0)
    assert name not in namespace.visible()


def test_old_inputs_lose_their_short_names_only() -> None:
    namespace = Namespace()
    for number in range(1, 1502):
        namespace.store_input(number, f"raw {number}", f"plain {number}")
    assert "_i501" not in namespace.user_ns
    assert namespace.user_ns["_i502"] == "raw 502"
    assert namespace.inputs[1] == "plain 1"
