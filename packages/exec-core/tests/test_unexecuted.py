"""Names that only the cell being typed binds."""

from __future__ import annotations

import sys
from types import FunctionType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_exec_core.completer import Completer
from antiphon_exec_core.static_lookup import InstanceOf
from antiphon_exec_core.unexecuted import binds, bound_in


class Device:
    reads = 0

    def __init_subclass__(cls) -> None:
        raise RuntimeError("made a class")

    @property
    def value(self) -> int:
        Device.reads += 1
        return 1

    def connect(self) -> Device:
        raise RuntimeError("connected")


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("x = 5\n", "x", 5),
        ("x = 5\nx = 'text'\n", "x", "text"),
        ("a = b = [1, 2]\n", "b", [1, 2]),
        ("d = {'k': {'n': 1}}\ne = d['k']\n", "e", {"n": 1}),
        ("import sys as s\n", "s", sys),
        ("from sys import path\n", "path", sys.path),
        ("if True:\n    inner = 1\n", "inner", 1),
        ("def f():\n    local = 1\n    for i in local:\n", "local", 1),
        ("for row in [(1, 2), (3, 4)]:\n", "row", (1, 2)),
        ("a, (b, c), *d = 1, 2, 3\n", "a", 1),
        ("word = 'a b'.split()[0].upper()\n", "word", "A"),
        ("%matplotlib inline\nlines = !ls\n!ls\nx = (1, 2)\n", "x", (1, 2)),
    ],
)
def test_values(text: str, name: str, value: object) -> None:
    assert bound_in(text, {})[name] == value


@pytest.mark.parametrize(
    ("text", "name", "type_"),
    [
        ("x: int = compute()\n", "x", int),
        ("x = Device()\n", "x", Device),
        ("x = 5 + 3.5\n", "x", float),
        ("x = 3 * 'a' + 'b' % 5\n", "x", str),
        ("x = [1] + [2]\n", "x", list),
        ("x = 5 > 3\n", "x", bool),
        ("def f(n):\n    return n * 2\ndef g(n):\n    return 'a' + 'b'\nx = g(1)\n", "x", str),
        ("def f() -> Device: ...\nx = f()\n", "x", Device),
        ("x = lambda: 1\n", "x", FunctionType),
        ("x = Device().connect()\n", "x", Device),
        ("with Device() as d:\n", "d", Device),
        ("x = [n for n in range(3)]\n", "x", list),
    ],
)
def test_types(text: str, name: str, type_: type) -> None:
    found = bound_in(text, {"Device": Device})[name]
    assert isinstance(found, InstanceOf) and found.type is type_


@pytest.mark.parametrize(
    "text",
    [
        "x = f()\n",
        "x = a + b\n",
        "def f(n):\n    return n\nx = f(1)\n",
        "x = Device() + 1\n",
        "x = (\n",
        "import no_such_module_here\n",
        "x = nothing\n",
    ],
)
def test_what_cannot_be_told_is_left_out(text: str) -> None:
    assert "x" not in bound_in(text, {"Device": Device})
    assert not bound_in(text, {}).get("no_such_module_here")


def completions(code: str, **names: Any) -> list[str]:
    return Completer(SimpleNamespace(user_ns=names)).complete(code).matches


def test_attributes_and_keys_in_the_same_cell() -> None:
    assert completions("x = 'text'\nx.upp") == ["upper"]
    assert completions("x = 5\nx = 'text'\nx.upp", x=1) == ["upper"]
    assert completions("d = {'alpha': 1}\nd['al") == ["alpha"]
    assert "bit_length" in completions("x = unknown()\nx.bit", x=1), "what an earlier cell bound is the best guess"


def test_classes_of_the_cell() -> None:
    body = "    size = 1\n    def __init__(self):\n        self.count = 0\n    def walk(self): pass\n"
    code = f"class Mine(Base):\n{body}m = Mine()\nm."

    class Base:
        def inherited(self) -> None: ...

    found = completions(code, Base=Base)
    assert {"size", "count", "walk", "inherited"} <= set(found)


def test_nothing_of_the_users_runs() -> None:
    code = "class Sub(Device):\n    pass\ns = Sub()\nt = s.value\nu = Device().connect()\n"
    before = Device.reads
    assert "value" in completions(code + "s.va", Device=Device)
    completions(code + "t.", Device=Device)
    assert Device.reads == before


@settings(deadline=None)  # a loaded machine is no failure
@given(st.text(alphabet="xy =:\n    'd[1].import classof()%!?", max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    assert isinstance(bound_in(text, {"x": 1}), dict)
    assert binds(text, "x") in (True, False)
