from __future__ import annotations

import pytest

from antiphon_exec_core.prefilter import prefilter
from antiphon_exec_core.testing import SETTINGS, interpreter, run_in

NAMES = {"f": len, "x": 3, "d": {}}


def has_magic(name: str) -> bool:
    return name in ("ls", "cd", "time", "x", "who")


@pytest.mark.parametrize(
    ("line", "python"),
    [
        ("ls", "get_ipython().run_line_magic('ls', '')\n"),
        ("ls -l", "get_ipython().run_line_magic('ls', '-l')\n"),
        ("cd ..", "get_ipython().run_line_magic('cd', '..')\n"),
        ("cd ~/a b", "get_ipython().run_line_magic('cd', '~/a b')\n"),
        ("ls = 3", "ls = 3"),
        ("ls == 3", "ls == 3"),
        ("ls /tmp", "get_ipython().run_line_magic('ls', '/tmp')\n"),
        ("ls, x = 1, 2", "ls, x = 1, 2"),
        ("ls.a", "ls.a"),
        ("ls()", "ls()"),
        ("x", "x"),
        ("x -l", "x -l"),
        ("print", "print"),
        ("nothing", "nothing"),
        ("if x: y", "if x: y"),
        ("", ""),
    ],
)
def test_automagic(line: str, python: str) -> None:
    assert prefilter(line, NAMES, has_magic).rstrip("\n") == python.rstrip("\n")


def test_automagic_off() -> None:
    assert prefilter("ls", NAMES, has_magic, automagic=False) == "ls"


@pytest.mark.parametrize(
    ("line", "autocall", "python"),
    [
        ("f x", 1, "f(x)\n"),
        ("f 'a b'", 1, "f('a b')\n"),
        ("f", 1, "f"),
        ("f", 2, "f()\n"),
        ("x y", 1, "x y"),
        ("f = 1", 1, "f = 1"),
        ("f in d", 1, "f in d"),
        ("f x", 0, "f x"),
    ],
)
def test_autocall(line: str, autocall: int, python: str) -> None:
    assert prefilter(line, NAMES, has_magic, autocall=autocall) == python


def test_a_magic_by_its_bare_name_in_a_cell() -> None:
    with interpreter() as one:
        _, outputs = run_in(one, "pwd")
        assert "text/plain" in outputs[0].data  # type: ignore[union-attr]
        assert run_in(one, "pwd = 3\npwd")[0].value == 3
        assert run_in(one, "pwd")[0].value == 3


def test_automagic_follows_the_settings() -> None:
    with interpreter(SETTINGS._replace(automagic=False)) as one:
        assert run_in(one, "pwd")[0].error.ename == "NameError"  # type: ignore[union-attr]
        one.settings.change(automagic=True)
        assert run_in(one, "pwd")[0].ok


@pytest.mark.parametrize("word", ["exit", "quit", "exit()", "quit()"])
def test_exit_asks_the_frontend(word: str) -> None:
    with interpreter() as one:
        assert run_in(one, word)[0].payload == ({"source": "ask_exit", "keepkernel": False},)
        assert run_in(one, "1")[0].payload == ()
