from __future__ import annotations

import sys
import time
import types
from functools import cached_property
from typing import Any

import pytest

from antiphon_exec_core.static_lookup import (
    InstanceOf,
    Unknown,
    attribute,
    attribute_kind,
    attribute_names,
    brief_signature,
    evaluate,
)


class Instrument:
    """Every way in which looking could run code."""

    touched: list[str] = []  # noqa: RUF012
    __slots__ = ("__dict__", "slot")

    def __init__(self) -> None:
        self.plain = 1
        self.slot = 2

    @property
    def voltage(self) -> float:
        self.touched.append("voltage")
        return 1.0

    @property
    def unsaid(self):  # type: ignore[no-untyped-def]
        self.touched.append("unsaid")

    @cached_property
    def cached(self) -> dict[str, int]:
        self.touched.append("cached")
        return {}

    def __getattr__(self, name: str) -> Any:
        self.touched.append(name)
        raise AttributeError(name)

    def __repr__(self) -> str:
        self.touched.append("repr")
        return ""

    def method(self, a: int, b: int = 1, *rest: int, key: int, **more: int) -> str:
        return ""

    @staticmethod
    def static() -> None: ...


@pytest.fixture
def names() -> dict[str, Any]:
    Instrument.touched.clear()
    return {"i": Instrument(), "d": {"a": [1, "x"]}, "Instrument": Instrument, "sys": sys}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("i.plain", 1),
        ("i.slot", 2),
        ("d['a'][1]", "x"),
        ("d['a'][-1]", "x"),
        ("sys.version", sys.version),
        ("len", len),
        ("'abc'", "abc"),
    ],
)
def test_values(names: dict[str, Any], expression: str, expected: object) -> None:
    assert evaluate(expression, names) == expected
    assert Instrument.touched == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("i.voltage", float),
        ("Instrument()", Instrument),
        ("i.method(1)", str),
        ("[x for x in y]", list),
        ("{1: y}", dict),
        ("Instrument().voltage", float),
    ],
)
def test_types_where_the_value_would_take_running_code(names: dict[str, Any], expression: str, expected: type) -> None:
    found = evaluate(expression, names)
    assert isinstance(found, InstanceOf) and found.type is expected
    assert Instrument.touched == []


@pytest.mark.parametrize("expression", ["i.unsaid", "i.nothing", "i()", "a +", "(yield)", "len([])"])
def test_unknown(names: dict[str, Any], expression: str) -> None:
    with pytest.raises((Unknown, NameError)):
        evaluate(expression, names)
    assert Instrument.touched == []


def test_names_are_listed_without_touching(names: dict[str, Any]) -> None:
    found = attribute_names(names["i"])
    assert {"plain", "slot", "voltage", "method", "__class__"} <= set(found)
    kinds = {name: attribute_kind(names["i"], name) for name in ("voltage", "method", "static", "plain")}
    assert kinds == {"voltage": "property", "method": "function", "static": "function", "plain": "instance"}
    assert Instrument.touched == []


def test_a_foreign_dir_has_a_deadline() -> None:
    class Slow:
        def __dir__(self) -> list[str]:
            time.sleep(30)
            return []

        known = 1

    begun = time.perf_counter()
    assert "known" in attribute_names(Slow())
    assert time.perf_counter() - begun < 5


def test_a_foreign_dir_is_believed() -> None:
    class Columns:
        def __dir__(self) -> list[str]:
            return ["alpha", 3]  # type: ignore[list-item]

    assert attribute_names(Columns()) == ["alpha"]


def test_metaclasses_and_odd_modules() -> None:
    class Meta(type):
        def __getattribute__(cls, name: str) -> Any:
            raise RuntimeError("touched")

    class Guarded(metaclass=Meta):
        inside = 1

    assert "inside" in attribute_names(Guarded)
    assert attribute(Guarded, "inside") == 1
    lazy = types.ModuleType("lazy")
    lazy.__getattr__ = lambda name: 1 / 0  # type: ignore[method-assign]
    with pytest.raises(Unknown):
        attribute(lazy, "x")


def test_brief_signature() -> None:
    assert brief_signature(Instrument.method) == "(self, a, b=..., *rest, key, **more)"
    assert brief_signature(attribute(Instrument(), "method")) == "(a, b=..., *rest, key, **more)"
    assert brief_signature(len) == ""


@pytest.mark.parametrize("text", ["[1, 'a']", "{'k': (1, 2)}", "{1, 2}", "-3", "('a', [None])"])
def test_literals_are_values(text: str) -> None:
    assert evaluate(text, {}) == eval(text)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'a b'.split()", ["a", "b"]),
        ("'a b'.split()[1].upper()", "B"),
        ("d.get('a')", [1, "x"]),
        ("space.alpha", 1),
        ("'x' or 'y'", "y"),
        ("1 if d else 2", 1),
    ],
)
def test_what_runs_nothing_of_the_users_may_be_called(names: dict[str, Any], expression: str, value: object) -> None:
    assert evaluate(expression, {**names, "space": types.SimpleNamespace(alpha=1)}) == value


@pytest.mark.parametrize(
    ("expression", "type_"),
    [
        ("1 + 2", int),
        ("1 / 2", float),
        ("True + True", int),
        ("'a' * 3", str),
        ("'%s' % 1", str),
        ("[1].index(1)", int),
        ("'{:999999999}'.format(1)", str),
        ("'a'.zfill(10**9)", str),
        ("(5).to_bytes(10**9)", bytes),
    ],
)
def test_operators_of_builtin_types(expression: str, type_: type) -> None:
    found = evaluate(expression, {})
    assert isinstance(found, InstanceOf) and found.type is type_


@pytest.mark.parametrize(
    "expression", ["odd + 1", "1 + odd", "odd == 1", "odd < 1", "big.copy(1)", "'a'.startswith(odd)", "'a'.count(big)"]
)
def test_what_might_run_code_or_take_long_is_not_called(expression: str) -> None:
    class Odd:
        def _touched(self, *_: object) -> object:
            raise AssertionError("touched")

        __add__ = __radd__ = __lt__ = __format__ = __str__ = _touched  # type: ignore[assignment]

    with pytest.raises(Unknown):
        evaluate(expression, {"odd": Odd(), "big": [Odd()] * 20_000})
