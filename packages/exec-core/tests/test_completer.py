# ruff: noqa: RUF001
from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_exec_core.completer import Candidates, Completer
from antiphon_exec_core.expressions import Cursor
from antiphon_exec_core.magics import Magics
from antiphon_exec_core.settings import LiveSettings


def function(alpha: int, beta: int = 1, *, gamma: int = 2) -> str:
    return ""


class WithKeys:
    def __getitem__(self, key: str) -> int:
        raise RuntimeError

    def _ipython_key_completions_(self) -> list[str]:
        return ["left", "right"]


def completer_for(**names: Any) -> Completer:
    namespace = SimpleNamespace(user_ns=names)
    return Completer(namespace, Magics({"namespace": namespace}))


@pytest.fixture
def completer() -> Completer:
    import json
    import os

    return completer_for(
        os=os, json=json, d={"abc": 1, "abd": 2, 3: 4}, pairs={("t", "u"): 1}, function=function, keyed=WithKeys()
    )


def texts(completer: Completer, code: str, position: int | None = None) -> list[str]:
    """The whole cell up to the cursor, as it would be after each match."""
    found = completer.complete(code, position)
    return [code[: found.start] + match for match in found.matches]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("zi", "zip"),
        ("impor", "import"),
        ("os.pa", "os.path"),
        ("x = json.du", "x = json.dumps"),
        ("os.path.jo", "os.path.join"),
        ("'a'.uppe", "'a'.upper"),
        ("[1].app", "[1].append"),
        ("function(1).uppe", "function(1).upper"),
        ("d['ab", "d['abc"),
        ("d[", "d['abc'"),
        ("d[", "d[3"),
        ("pairs['t', '", "pairs['t', 'u"),
        ("keyed['le", "keyed['left"),
        ("os.environ['PAT", "os.environ['PATH"),
        ("function(al", "function(alpha="),
        ("function(1, gam", "function(1, gamma="),
        ("import js", "import json"),
        ("import os, js", "import os, json"),
        ("import email.mi", "import email.mime"),
        ("from os import pa", "from os import path"),
        ("from email.mi", "from email.mime"),
        ("from wsgiref.headers import Hea", "from wsgiref.headers import Headers"),
        ("from os ", "from os import "),
        ("%ti", "%time"),
        ("ti", "%time"),
        ("%%ti", "%%timeit"),
        ("x = %pw", "x = %pwd"),
        ("%matplotlib in", "%matplotlib inline"),
        ("\\alpha", "α"),
        ("\\alp", "\\alpha"),
        ("x = \\GREEK SMALL LETTER AL", "x = \\GREEK SMALL LETTER ALPHA"),
        ("\\bbR", "ℝ"),
        ("\\α", "\\alpha"),
        ("total = 1\ntot", "total = 1\ntotal"),
        ("def fresh(): pass\nfre", "def fresh(): pass\nfresh"),
    ],
)
def test_completions(completer: Completer, code: str, expected: str) -> None:
    assert expected in texts(completer, code)


def test_given_arguments_are_not_offered_again(completer: Completer) -> None:
    assert "alpha=" not in completer.complete("function(alpha=1, ").matches
    assert "beta=" in completer.complete("function(alpha=1, ").matches


def test_positions_are_code_points(completer: Completer) -> None:
    found = completer.complete("'😀'; os.pa", 10)
    assert (found.start, found.end) == (8, 10)


def test_in_the_middle_of_a_cell(completer: Completer) -> None:
    found = completer.complete("os.pa + 1\nx", 5)
    assert (found.start, found.end) == (3, 5) and "path" in found.matches


def test_private_names_wait_for_an_underscore(completer: Completer) -> None:
    assert not any(match.startswith("_") for match in completer.complete("os.").matches)
    assert "_exit" in completer.complete("os._").matches
    assert "__name__" not in completer.complete("os._").matches
    assert "__name__" in completer.complete("os.__").matches


def test_settings_are_followed() -> None:
    live = LiveSettings()
    namespace = SimpleNamespace(user_ns={"d": {"key": 1}, "sys": sys})
    completer = Completer(namespace, None, live)
    live.change(omit_names=0, autoclose_dict_keys=True)
    assert "__name__" in completer.complete("sys.").matches
    assert completer.complete("d['k").matches == ["key']"]


def test_nothing_in_comments_and_ordinary_strings(completer: Completer) -> None:
    assert completer.complete("# zi").matches == []
    assert "zip" not in completer.complete("'zi").matches


def test_files(completer: Completer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data file.csv").write_text("")
    (tmp_path / "folder").mkdir()
    assert texts(completer, "open('da") == ["open('data file.csv"]
    assert texts(completer, "!cat da") == ["!cat data\\ file.csv"]
    assert texts(completer, "%cd ") == ["%cd folder/"]
    assert texts(completer, f"open('{tmp_path}/fo") == [f"open('{tmp_path}/folder/"]


def test_types_are_told(completer: Completer) -> None:
    found = completer.complete("function")
    types = {entry["text"]: entry for entry in found.metadata["_jupyter_types_experimental"]}
    assert types["function"]["type"] == "function"
    assert types["function"]["signature"] == "(alpha, beta=..., *, gamma=...)"
    assert (types["function"]["start"], types["function"]["end"]) == (0, 8)


def test_sources_name_their_needs_and_may_fail(completer: Completer) -> None:
    def broken(cursor: Cursor) -> Candidates:
        raise RuntimeError

    def mine(cursor: Cursor, names: dict[str, Any]) -> Candidates:
        return Candidates(cursor.word_start, [("zzz_mine", "", "")] if "d" in names else [])

    completer.sources[:0] = [broken, mine]
    assert completer.complete("zz").matches == ["zzz_mine"]


def test_a_million_keys_do_not_hold_it_up() -> None:
    completer = completer_for(d={f"key{number}": 1 for number in range(1_000_000)})
    begun = time.perf_counter()
    assert completer.complete("d['key99").matches
    assert time.perf_counter() - begun < 3


@given(st.text(alphabet="osd.[]()'\"%!\\ \nimportf\u03b1", max_size=40), st.integers(0, 40))
def test_no_cell_is_too_odd(code: str, position: int) -> None:
    import os

    found = completer_for(os=os, d={"a": 1}).complete(code, position)
    assert 0 <= found.start <= found.end <= len(code)


def test_the_first_completion_needs_no_heavy_module() -> None:
    code = (
        "import sys; from types import SimpleNamespace\n"
        "from antiphon_exec_core.completer import Completer\n"
        "before = set(sys.modules)\n"
        "c = Completer(SimpleNamespace(user_ns={'sys': sys}))\n"
        "assert 'path' in c.complete('sys.pa').matches\n"
        "heavy = {'inspect', 'ast', 'jedi', 'tokenize', 'asyncio', 'typing_extensions', 'unicodedata', 'sqlite3'}\n"
        "assert not heavy & (set(sys.modules) - before), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
