"""Modules that change are taken anew, in place: what was imported by name and what was made of it follows."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.testing import interpreter, run_in

_stamps = itertools.count(1)


class Work:
    """A folder with a module, and a session that has autoreload loaded."""

    def __init__(self, folder: Path, shell: Interpreter, name: str) -> None:
        self.folder, self.shell, self.name = folder, shell, name

    def write(self, text: str, name: str = "") -> None:
        """The file gets another time at each call, however fast they follow each other."""
        path = self.folder / f"{name or self.name}.py"
        path.write_text(text)
        at = 1_000_000_000 + next(_stamps) * 10
        os.utime(path, (at, at))

    def run(self, code: str) -> object:
        outcome, self.outputs = run_in(self.shell, code)
        assert outcome.ok, outcome.error
        return outcome.value

    @property
    def said(self) -> str:
        return "".join(getattr(output, "text", "") for output in self.outputs)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    name = f"module_{next(_stamps)}"
    before = set(sys.modules)
    with interpreter() as shell:
        made = Work(tmp_path, shell, name)
        made.run("%load_ext autoreload")
        yield made
    for each in set(sys.modules) - before:
        del sys.modules[each]


def test_functions_follow_by_every_name(work: Work) -> None:
    work.write("def f(a=1): return a\n")
    work.run(f"%autoreload 2\nimport {work.name} as m\nfrom {work.name} import f\nkept = [f]")
    work.write("def f(a=10): return a * 2\n")
    assert work.run("m.f(), f(), kept[0]()") == (20, 20, 20)
    assert work.run("m.f is f is kept[0]") is True


def test_classes_keep_their_identity_and_instances_follow(work: Work) -> None:
    work.write(
        "class Base:\n    def who(self): return 'base'\n"
        "class A(Base):\n    size = 1\n    def f(self): return 1\n    @property\n    def p(self): return 1\n"
        "    @classmethod\n    def c(cls): return cls, 1\n    def gone(self): return 1\n"
    )
    work.run(f"%autoreload 2\nfrom {work.name} import A\na = A()\nclass Mine(A): pass\nmine = Mine()")
    work.write(
        "class Base:\n    def who(self): return 'new base'\n"
        "class A(Base):\n    size = 2\n    def f(self): return super().who()\n"
        "    @property\n    def p(self): return 2\n"
        "    @classmethod\n    def c(cls): return cls, 2\n    def added(self): return __class__\n"
    )
    assert work.run("a.f(), a.p, a.size, A.c() == (A, 2), a.added() is A, hasattr(a, 'gone')") == (
        "new base",
        2,
        2,
        True,
        True,
        False,
    )
    assert work.run("isinstance(a, A), isinstance(mine, A), mine.f()") == (True, True, "new base")
    assert work.run(f"import {work.name} as m\nm.A is A") is True


def test_dataclasses_follow(work: Work) -> None:
    work.write("from dataclasses import dataclass\n@dataclass\nclass D:\n    a: int = 1\n")
    work.run(f"%autoreload 2\nfrom {work.name} import D\nold = D()")
    work.write("from dataclasses import dataclass\n@dataclass\nclass D:\n    a: int = 1\n    b: int = 2\n")
    assert work.run("D(3).b, isinstance(old, D), repr(D())") == (2, True, "D(a=1, b=2)")


def test_enums_are_replaced_where_they_have_a_name(work: Work) -> None:
    work.write("from enum import Enum\nclass Colour(Enum):\n    RED = 1\n")
    work.run(f"%autoreload 2\nfrom {work.name} import Colour\nred = Colour.RED")
    work.write("from enum import Enum\nclass Colour(Enum):\n    RED = 1\n    BLUE = 2\n")
    assert work.run("Colour.BLUE.value, red is Colour.RED, isinstance(red, Colour)") == (2, True, True)


def test_other_slots_are_replaced(work: Work) -> None:
    work.write("class S:\n    __slots__ = ('a',)\n")
    work.run(f"%autoreload 2\nfrom {work.name} import S")
    work.write("class S:\n    __slots__ = ('a', 'b')\n")
    work.run("s = S()\ns.b = 1")


def test_a_broken_module_is_one_line_and_stays(work: Work) -> None:
    work.write("def f(): return 1\n")
    work.run(f"%autoreload 2\nimport {work.name} as m")
    work.write("def f(: return 2\n")
    assert work.run("m.f()") == 1
    assert work.said.startswith(f"[autoreload of {work.name} failed: SyntaxError: ")
    assert len(work.said.splitlines()) == 1
    assert work.run("m.f()") == 1
    assert work.said == ""
    work.write("x = 1 / 0\ndef f(): return 3\n")
    assert work.run("m.f()") == 1
    assert "ZeroDivisionError: division by zero" in work.said
    work.write("def f(): return 4\n")
    assert work.run("m.f()") == 4


def test_only_what_is_named(work: Work) -> None:
    work.write("x = 1\n")
    work.write("y = 1\n", "other_module")
    work.run(f"%autoreload 1\n%aimport {work.name}\nimport other_module")
    work.write("x = 2\n")
    work.write("y = 2\n", "other_module")
    assert work.run(f"{work.name}.x, other_module.y") == (2, 1)


def test_all_but_what_is_excluded(work: Work) -> None:
    work.write("x = 1\n")
    work.run(f"%autoreload 2\n%aimport -{work.name}\nimport {work.name} as m")
    work.write("x = 2\n")
    assert work.run("m.x") == 1
    work.run("%aimport")
    assert work.said == f"Modules to reload:\nall-except-skipped\n\nModules to skip:\n{work.name}\n"


def test_new_names_come_in_mode_three(work: Work) -> None:
    work.write("def f(): return 1\n")
    work.run(f"%autoreload 3\nfrom {work.name} import *")
    work.write("def f(): return 1\ndef g(): return 2\n")
    work.run("0")
    assert work.run("g()") == 2


def test_now_off_and_nonsense(work: Work) -> None:
    work.write("x = 1\n")
    work.run(f"import {work.name} as m\n%autoreload 2")
    work.run("%autoreload off")
    work.write("x = 2\n")
    assert work.run("m.x") == 1
    work.run("%autoreload now -p")
    assert work.said == f"Reloading '{work.name}'.\n"
    assert work.run("m.x") == 2
    outcome, _ = run_in(work.shell, "%autoreload sometimes")
    assert outcome.error is not None
    assert "sometimes" in outcome.error.evalue
    work.run("%unload_ext autoreload")
    assert run_in(work.shell, "%autoreload 2")[0].error is not None
