from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from antiphon_exec_core.errors import UsageError
from antiphon_exec_core.magics import Magics, cell_magic, line_cell_magic, line_magic, silenced_by_semicolon, verbatim
from antiphon_exec_core.testing import interpreter, run_in


@pytest.fixture
def magics() -> Magics:
    return Magics({"namespace": SimpleNamespace(user_ns={"x": 5}), "number": 7})


def test_a_magic_names_its_needs(magics: Magics) -> None:
    @line_magic
    def needy(line: str, number: int, *, namespace: Any, missing: Any, given: int = 3) -> Any:
        return line, number, namespace.user_ns["x"], missing, given

    magics.register(needy)
    assert magics.run_line("needy", "the line") == ("the line", 7, 5, None, 3)


def test_a_cell_magic_takes_the_body_under_any_name(magics: Magics) -> None:
    @cell_magic
    def shout(line: str, body: str) -> str:
        return line + body.upper()

    magics.register(shout)
    assert magics.run_cell("shout", ">", "a") == ">A"
    with pytest.raises(UsageError, match=r"Cell magic `%%nothing` not found\."):
        magics.run_cell("nothing", "", "")


def test_both_in_one(magics: Magics) -> None:
    @line_cell_magic
    def both(line: str, cell: str | None = None) -> Any:
        return line, cell

    magics.register(both)
    assert magics.run_line("both", "a") == ("a", None)
    assert magics.run_cell("both", "a", "b") == ("a", "b")


def test_methods_and_callable_objects(magics: Magics) -> None:
    class Group:
        def inside(self, line: str, number: int) -> Any:
            return line, number

        def __call__(self, line: str, cell: str) -> Any:
            return line, cell

    magics.register(Group().inside)
    magics.register(Group(), "cell", "group")
    assert magics.run_line("inside", "a") == ("a", 7)
    assert magics.run_cell("group", "a", "b") == ("a", "b")


def test_what_is_missing_is_named(magics: Magics) -> None:
    with pytest.raises(UsageError) as caught:
        magics.run_line("capture", "")
    assert str(caught.value) == (
        "Line magic function `%capture` not found (But cell magic `%%capture` exists, did you mean that instead?)."
    )


def test_lines_are_expanded_unless_verbatim(magics: Magics) -> None:
    @verbatim
    def plain(line: str) -> str:
        return line

    def expanded(line: str) -> str:
        return line

    magics.register(plain)
    magics.register(expanded)
    assert magics.run_line("expanded", "$x {x+1}") == "5 6"
    assert magics.run_line("plain", "$x {x+1}") == "$x {x+1}"


def test_a_semicolon_silences_those_that_say_so(magics: Magics) -> None:
    @silenced_by_semicolon
    def quiet(line: str) -> int:
        return 1

    magics.register(quiet)
    assert (magics.run_line("quiet", "a"), magics.run_line("quiet", "a;")) == (1, None)


def test_register_unregister_names(magics: Magics) -> None:
    magics.register(lambda line: 1, "line", "%mine")
    assert magics.has("mine") and "mine" in magics.names() and "mine" not in magics.names("cell")
    magics.unregister("mine")
    assert not magics.has("mine")
    with pytest.raises(ValueError, match="'line' or 'cell'"):
        magics.register(lambda line: 1, "both", "x")


def test_every_magic_of_the_table_is_there(magics: Magics) -> None:
    for kind in ("line", "cell"):
        for name in magics.names(kind):
            function = magics.find(name, kind)
            assert function is not None and function.__doc__, name


def test_a_local_name_is_seen_from_inside_a_function() -> None:
    code = "x = 1\ndef f():\n    x = 2\n    return get_ipython().getoutput('echo $x')\nf()[0]"
    with interpreter() as made:
        assert run_in(made, code)[0].value == "2"


def test_a_coroutine_magic_is_awaited() -> None:
    with interpreter() as made:

        async def later(line: str) -> str:
            import asyncio

            await asyncio.sleep(0)
            return line

        made.magics.register(later)
        assert run_in(made, "%later now")[0].value == "now"


def test_no_builtin_magic_is_imported_before_its_use() -> None:
    code = (
        "import sys; from antiphon_exec_core.magics import Magics\n"
        "heavy = {'inspect', 'subprocess', 'asyncio', 'pdb', 'tempfile', 'sqlite3', 'traitlets', 'logging', 'ast'}\n"
        "found = heavy & set(sys.modules)\n"
        "found |= {m for m in sys.modules if m.startswith('antiphon_exec_core.builtin_magics.')}\n"
        "assert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_host_of_an_interpreter_names_magics_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    home = SimpleNamespace(hosted=lambda line: f"hosted {line}")
    magics = Magics({"namespace": SimpleNamespace(user_ns={}), "host_magics": {"hosted": "a.host", "later": "no.such"}})
    assert magics.has("hosted")
    assert not magics.has("hosted", "cell")
    assert {"hosted", "later", "time"} <= set(magics.names())
    monkeypatch.setitem(sys.modules, "a", SimpleNamespace(host=home))
    monkeypatch.setitem(sys.modules, "a.host", home)
    assert magics.run_line("hosted", "x") == "hosted x"
