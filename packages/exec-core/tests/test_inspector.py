from __future__ import annotations

import json
import time
import types
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_exec_core.inspector import Inspector, as_mime
from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.testing import interpreter, run_in

SOURCE = """\
class A:
    "doc of A"
    def __init__(self, x, y=1):
        "init doc"
        self.x = x
    @property
    def p(self) -> int:
        "pdoc"
        raise RuntimeError("touched")
    def __call__(self, z):
        "call doc"
    def m(self, q):
        return q

class B(A): pass
a = A(1)
def f(a, b=2): "fdoc"
def long(
    aaaaaaaaaaaaaaaaaaaaaaaa: int, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb: str = "x", /, *, ccccccccccccccccccc=None
) -> int: "d"
numbers = list(range(2000))
text = "t" * 1000
"""


@pytest.fixture(scope="module")
def shell() -> Iterator[Interpreter]:
    with interpreter() as made:
        assert run_in(made, SOURCE)[0].ok
        yield made


def shown(shell: Interpreter, name: str, detail_level: int = 0, omit: tuple[str, ...] = ()) -> str:
    found = shell.inspect(name, len(name), detail_level, omit)
    return "" if found is None else found["text/plain"]


def inspector_for(**names: Any) -> Inspector:
    return Inspector(types.SimpleNamespace(user_ns=names))


def test_a_function(shell: Interpreter) -> None:
    lines = shown(shell, "f").split("\n")
    assert lines[0] == "Signature: f(a, b=2)"
    assert lines[1] == "Docstring: fdoc"
    assert lines[2].startswith("File:      ")
    assert lines[3] == "Type:      function"


def test_a_class(shell: Interpreter) -> None:
    text = shown(shell, "A")
    assert text.startswith("Init signature: A(x, y=1)\nDocstring:      doc of A\nInit docstring: init doc\nFile:")
    assert text.endswith("Type:           type\nSubclasses:     B")


def test_an_object(shell: Interpreter) -> None:
    text = shown(shell, "a")
    assert text.startswith("Signature:      a(z)\nType:           A\nString form:    <__main__.A object at ")
    assert text.endswith("Docstring:      doc of A\nInit docstring: init doc\nCall docstring: call doc")


def test_a_property_is_shown_and_not_read(shell: Interpreter) -> None:
    text = shown(shell, "a.p")
    assert text.startswith("Type:        property\n") and text.endswith("Docstring:   pdoc")


def test_source_of_what_a_cell_defined(shell: Interpreter) -> None:
    assert "Source:   \n    def m(self, q):\n        return q\n" in shown(shell, "a.m", 1)
    assert "class A:" in shown(shell, "A", 1)
    assert "Docstring" not in shown(shell, "A", 1).replace("Init docstring", "")


def test_a_long_signature_stands_on_many_lines(shell: Interpreter) -> None:
    assert shown(shell, "long").startswith(
        "Signature:\nlong(\n    aaaaaaaaaaaaaaaaaaaaaaaa: int,\n"
        "    bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb: str = 'x',\n    /,\n    *,\n    ccccccccccccccccccc=None,\n) -> int\n"
    )


def test_containers_are_shortened(shell: Interpreter) -> None:
    text = shown(shell, "numbers")
    assert "String form: [0, 1, 2," in text and " <...> " in text and "1999]\nLength:      2000\n" in text
    assert max(map(len, text.split("\n"))) < 230
    assert "Length:      1000" in shown(shell, "text")


def test_magics_builtins_and_calls(shell: Interpreter) -> None:
    assert "`%time" in shown(shell, "%time")
    assert "`%%bash" in shown(shell, "%%bash")
    assert "Namespace:   Python builtin" in shown(shell, "None")
    assert shown(shell, "print(").startswith("Signature: print(")
    assert shown(shell, "nothing_of_that_name") == ""
    assert shown(shell, "") == ""


def test_sections_can_be_left_out(shell: Interpreter) -> None:
    text = shown(shell, "f", 0, ("docstring", "File"))
    assert "Docstring" not in text and "File" not in text and "Signature" in text


def test_colour() -> None:
    info = inspector_for(json=json).info("json.dumps", 1)
    assert info is not None
    assert as_mime(info, 1)["text/plain"].startswith("\x1b[31mSignature:\x1b[39m\njson.dumps(")
    assert "\x1b" not in as_mime(info, 1, colour=False)["text/plain"]


def test_a_hanging_repr_does_not_hang_the_question() -> None:
    class Hanging:
        def __str__(self) -> str:
            time.sleep(30)
            return ""

        def __len__(self) -> int:
            raise RuntimeError

    begun = time.perf_counter()
    info = inspector_for(x=Hanging()).info("x")
    assert info is not None and info.string_form.startswith("<") and info.length is None
    assert time.perf_counter() - begun < 5


def test_objects_that_lie_and_fail() -> None:
    class Liar:
        @property
        def __class__(self) -> Any:
            raise RuntimeError("touched")

        @property
        def __doc__(self) -> Any:  # type: ignore[override]
            raise RuntimeError("touched")

        def __getattr__(self, name: str) -> Any:
            raise RuntimeError("touched")

        def __repr__(self) -> str:
            raise RuntimeError("touched")

    info = inspector_for(x=Liar()).info("x")
    assert info is not None and info.type_name == "Liar"


def test_a_lazy_module_is_asked() -> None:
    lazy = types.ModuleType("lazy")
    lazy.__getattr__ = lambda name: {"value": 5}[name]  # type: ignore[method-assign]
    info = inspector_for(lazy=lazy).info("lazy.value")
    assert info is not None and info.type_name == "int"
    assert inspector_for(lazy=lazy).info("lazy.other") is None


# -- the call around the cursor ---------------------------------------------------------------------------------------

CALLS = """
def area(width, height=2, *, unit='m', **more) -> int:
    'of a field'
def many(first, /, *rest): ...
class Field:
    def __init__(self, width, height): 'a field'
    def walk(self, steps: int): ...
    def __call__(self, times): ...
field = Field(1, 2)
"""


@pytest.mark.parametrize(
    ("code", "signature", "argument"),
    [
        ("area(", "area(width, height=2, *, unit='m', **more) -> int", "width"),
        ("area(1, ", "area(width, height=2, *, unit='m', **more) -> int", "height=2"),
        ("area((1, 2), [3, 4", "area(width, height=2, *, unit='m', **more) -> int", "height=2"),
        ("area('a, b', '(", "area(width, height=2, *, unit='m', **more) -> int", "height=2"),
        ("area(1, 2, ", "area(width, height=2, *, unit='m', **more) -> int", None),
        ("area(unit=", "area(width, height=2, *, unit='m', **more) -> int", "unit='m'"),
        ("area(1, other=3", "area(width, height=2, *, unit='m', **more) -> int", "**more"),
        ("area(1 == ", "area(width, height=2, *, unit='m', **more) -> int", "width"),
        ("many(1, 2, 3, ", "many(first, /, *rest)", "*rest"),
        ("many(first=", "many(first, /, *rest)", None),
        ("Field(1, ", "Field(width, height)", "height"),
        ("field.walk(", "field.walk(steps: int)", "steps: int"),
        ("Field(1, 2).walk(", "Field(1, 2).walk(steps: int)", "steps: int"),
        ("field(", "field(times)", "times"),
        ("print(area(1", "area(width, height=2, *, unit='m', **more) -> int", "width"),
        ("x = 1\nmany(x", "many(first, /, *rest)", "first"),
        ("f'{area(", "area(width, height=2, *, unit='m', **more) -> int", "width"),
    ],
)
def test_calls(shell: Interpreter, code: str, signature: str, argument: str | None) -> None:
    run_in(shell, CALLS)
    hint = shell.inspector.signature_at(code)
    assert hint is not None and hint.signature == signature
    assert (None if hint.argument is None else hint.parameters[hint.argument]) == argument


@pytest.mark.parametrize(
    "code", ["area", "area()", "(1, ", "area[", "def area(", "# area(", "nothing(", "%time(", "5(", ""]
)
def test_no_calls(shell: Interpreter, code: str) -> None:
    run_in(shell, CALLS)
    assert shell.inspector.signature_at(code) is None


def test_a_hint_knows_the_documentation_and_where_it_is_asked(shell: Interpreter) -> None:
    run_in(shell, CALLS)
    hint = shell.inspector.signature_at("area(1, 2) + many(3)", 5)
    assert hint is not None and (hint.name, hint.docstring, hint.argument) == ("area", "of a field", 0)
    assert shell.inspector.signature_at("area(1, 2) + many(3)", 10) is None
    assert shell.inspector.signature_at("area(1, 2) + many(3)") is None


@settings(deadline=None)  # a loaded machine is no failure
@given(st.text(alphabet="area(,)[]'\"=1 .{}#\n", max_size=40), st.integers(0, 40))
def test_no_text_makes_a_hint_fail(code: str, position: int) -> None:
    Inspector(SimpleNamespace(user_ns={"area": len, "a": print})).signature_at(code, position)


def test_class_methods_come_without_their_class(shell: Interpreter) -> None:
    run_in(
        shell,
        "class C:\n    @classmethod\n    def make(cls, size): ...\n    @staticmethod\n    def add(a, b): ...\nc = C()",
    )
    for owner in ("c", "C"):
        info = shell.inspector.info(f"{owner}.make")
        assert info is not None and (info.signature, info.type_name) == (f"{owner}.make(size)", "method")
        info = shell.inspector.info(f"{owner}.add")
        assert info is not None and info.signature == f"{owner}.add(a, b)"
    assert "size=" in shell.complete("C.make(").matches and "cls=" not in shell.complete("C.make(").matches


def test_documentation_that_the_owner_gives(shell: Interpreter) -> None:
    run_in(
        shell,
        "class C:\n"
        "    __custom_documentations__ = {'rate': 'samples per second', 'gone': 5}\n"
        "    gone = 1\n"
        "    @property\n"
        "    def rate(self):\n"
        "        'never shown'\n"
        "        raise RuntimeError\n"
        "c = C()",
    )
    for name in ("c.rate", "C.rate"):
        info = shell.inspector.info(name)
        assert info is not None and info.docstring == "samples per second"
    info = shell.inspector.info("c.gone")
    assert info is not None and info.docstring.startswith("int(")


def test_what_says_nothing_is_not_shown(shell: Interpreter) -> None:
    run_in(shell, "from functools import partial\np = partial(print, 1)")
    info = shell.inspector.info("p")
    assert info is not None and info.call_docstring == ""
