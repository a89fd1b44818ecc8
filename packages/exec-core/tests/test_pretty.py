"""The texts of IPython's printer, written down."""

from __future__ import annotations

import collections
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_exec_core.displayer import Displayer
from antiphon_exec_core.pretty import PrettyPrinter, pretty


class Sub(list):  # type: ignore[type-arg]
    pass


class Multi:
    def __repr__(self) -> str:
        return "Multi(\n 1)"


class Own:
    def _repr_pretty_(self, p: PrettyPrinter, cycle: bool) -> None:
        with p.group(2, "Own(", ")"):
            p.text("a" * 60)
            p.text(",")
            p.breakable()
            p.pretty([1, 2, 3, 4, 5, 6])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([], "[]"),
        ((1,), "(1,)"),
        ({3, 1, 2}, "{1, 2, 3}"),
        (set(), "set()"),
        (frozenset([2, 1]), "frozenset({1, 2})"),
        ({"a": {"b": (1, [])}}, "{'a': {'b': (1, [])}}"),
        (list(range(30)), "[" + ",\n ".join(map(str, range(30))) + "]"),
        ({"k" * 50: "v" * 50}, "{'" + "k" * 50 + "': '" + "v" * 50 + "'}"),
        (["x" * 40, "y" * 40], "['" + "x" * 40 + "',\n '" + "y" * 40 + "']"),
        ({"a": [1, 2] * 15}, "{'a': [1,\n  2" + ",\n  1,\n  2" * 14 + "]}"),
        (int, "int"),
        ([collections.OrderedDict], "[collections.OrderedDict]"),
        (collections.Counter("aab"), "Counter({'a': 2, 'b': 1})"),
        (collections.defaultdict(list, a=[1]), "defaultdict(list, {'a': [1]})"),
        (collections.deque([1, 2]), "deque([1, 2])"),
        (types.SimpleNamespace(a=1), "namespace(a=1)"),
        (ValueError("x", 2), "ValueError('x', 2)"),
        (len, "<function len(obj, /)>"),
        (Sub([1, 2]), "[1, 2]"),
        ([Multi()], "[Multi(\n  1)]"),
        (Own(), "Own(" + "a" * 60 + ",\n  [1, 2, 3, 4, 5, 6])"),
    ],
)
def test_texts(value: object, text: str) -> None:
    assert pretty(value) == text


def test_functions_show_their_signature() -> None:
    def f(a: int, *b: int) -> None: ...

    assert pretty(f) == f"<function {__name__}.{f.__qualname__}(a: 'int', *b: 'int') -> 'None'>"


def test_objects_without_repr_show_where_they_are() -> None:
    class A:
        pass

    a = A()
    assert pretty([a]) == f"[<{__name__}.{A.__qualname__} at 0x{id(a):x}>]"


def test_cycles_end() -> None:
    a: list[object] = [1]
    a.append(a)
    b: dict[str, object] = {}
    b["b"] = b
    assert pretty(a) == "[1, [...]]"
    assert pretty(b) == "{'b': {...}}"


@pytest.mark.parametrize("value", [list(range(1001)), set(range(1001)), {i: i for i in range(1001)}])
def test_long_ones_are_cut(value: object) -> None:
    text = pretty(value)
    assert text.endswith(("...]", "...}"))
    assert text.count("\n") == 1000


def test_registered_printers_come_first() -> None:
    displayer = Displayer()
    displayer.for_type(int, lambda value, p, cycle: p.text(f"<{value}>"))
    assert displayer.format([1, {2: 3}])[0] == {"text/plain": "[<1>, {<2>: <3>}]"}


def test_precision_of_floats() -> None:
    displayer = Displayer()
    displayer.float_format = "%.2f"
    assert displayer.format([1.23456, (2.0,)])[0] == {"text/plain": "[1.23, (2.00,)]"}
    assert displayer.format(3.14159)[0] == {"text/plain": "3.14"}


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=30)
nested = st.recursive(
    scalars,
    lambda inner: st.lists(inner) | st.dictionaries(scalars, inner) | st.tuples(inner, inner),
    max_leaves=40,
)


@given(nested)
def test_what_is_printed_reads_back(value: object) -> None:
    assert eval(pretty(value)) == value
    assert eval(Displayer().text(value)) == value


def test_calls() -> None:
    from antiphon_exec_core.pretty import CallExpression, RawText, pretty

    made = CallExpression.factory("Point")
    assert pretty(made(1, y=[2])) == "Point(1, y=[2])"
    assert pretty(made("a" * 50, name=["b" * 30, RawText("...")])) == (
        f"Point('{'a' * 50}',\n      name=['{'b' * 30}', ...])"
    )
    assert pretty(CallExpression("f", name=1, args=2)) == "f(name=1, args=2)"


def test_patterns_are_raw() -> None:
    import re

    from antiphon_exec_core.pretty import pretty

    assert pretty(re.compile(r"\d'", re.I)) == """re.compile(r"\\d'", re.IGNORECASE|re.UNICODE)"""
    assert pretty(re.compile(rb"\n")) == r"re.compile(rb'\n')"
    assert pretty(re.compile("x", re.A | re.X)) == "re.compile(r'x', re.VERBOSE|re.ASCII)"
