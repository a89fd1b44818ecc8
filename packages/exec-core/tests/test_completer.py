# ruff: noqa: RUF001
from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_exec_core.completer import Candidates, Completer
from antiphon_exec_core.expressions import Cursor
from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.magics import Magics
from antiphon_exec_core.settings import LiveSettings
from antiphon_exec_core.testing import interpreter, run_in, said


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


@settings(deadline=None)  # a loaded machine is no failure
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


# -- keys -------------------------------------------------------------------------------------------------------------

TABLE = {
    "d": {"abc": 1, "it's": 2, 'say "x"': 3, "back\\slash": 4, 5: 5, 2.5: 6, b"raw": 7, None: 8},
    "pairs": {("a", "b"): 1, ("a", "c"): 2, ("x", 1): 3, (1, "q", "r"): 4},
    "nested": {"in": {"deep": 1}},
}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("d['", ["d['abc", "d['it\\'s", 'd[\'say "x"', "d['back\\\\slash"]),
        ('d["', ['d["abc', "d[\"it's", 'd["say \\"x\\"', 'd["back\\\\slash']),
        ("d [ 'a", ["d [ 'abc"]),
        ("d[b'", ["d[b'raw"]),
        ("d[5", ["d[5"]),
        ("pairs['", ["pairs['a", "pairs['x"]),
        ("pairs['a', '", ["pairs['a', 'b", "pairs['a', 'c"]),
        ("pairs[", ["pairs['a'", "pairs['x'", "pairs[1"]),
        ("pairs[1, ", ["pairs[1, 'q'"]),
        ("pairs[1, 'q', '", ["pairs[1, 'q', 'r"]),
        ("pairs['none', '", []),
        ("nested['in']['", ["nested['in']['deep"]),
        ("{'lit': 1}['", ["{'lit': 1}['lit"]),
        ("print(d['ab", ["print(d['abc"]),
    ],
)
def test_keys(code: str, expected: list[str]) -> None:
    assert texts(completer_for(**TABLE), code) == expected


def test_a_bare_bracket_offers_keys_and_nothing_else() -> None:
    found = texts(completer_for(**TABLE), "d[")
    assert found[:2] == ["d['abc'", 'd["it\'s"'] and {"d[5", "d[2.5", "d[None", "d[b'raw'"} <= set(found)
    assert len(found) == 8 and "zip" in completer_for(**TABLE).complete("d[z").matches


def test_keys_are_closed_on_demand() -> None:
    live = LiveSettings()
    live.change(autoclose_dict_keys=True)
    completer = Completer(SimpleNamespace(user_ns=TABLE), None, live)
    assert completer.complete("d['ab").matches == ["abc']"]
    assert completer.complete("pairs['x").matches == ["x', "]
    assert completer.complete("pairs['x', ").matches == ["1"]
    assert completer.complete("d['ab']", 5).matches == ["abc"]


def test_frames() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"alpha": [1], "two words": [2], 3: [4]}, index=["row"])
    completer = completer_for(df=frame)
    assert texts(completer, "df['") == ["df['alpha", "df['two words"]
    assert texts(completer, "df.loc[:, 'al") == ["df.loc[:, 'alpha"]
    assert texts(completer, "df.loc['") == ["df.loc['row"] and texts(completer, "df.at['row', 'a") != []
    assert texts(completer, "df.alp") == ["df.alpha"]


# -- arguments, f-strings, modules ------------------------------------------------------------------------------------


def test_arguments_of_whatever_can_be_called() -> None:
    from functools import partial

    class Caller:
        def __call__(self, called: int, twice: int = 2) -> None: ...

    completer = completer_for(part=partial(function, 1, gamma=3), caller=Caller(), Caller=Caller, function=function)
    assert [match for match in completer.complete("part(").matches if match.endswith("=")] == ["beta=", "gamma="]
    assert {"called=", "twice="} <= set(completer.complete("caller(").matches)
    assert {"called=", "twice="} <= set(completer.complete("Caller()(").matches)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("f'{os.pa", "f'{os.path"),
        ("f'{{ {os.pa", "f'{{ {os.path"),
        ("f\"{d['a", "f\"{d['abc"),
        ("rf'{functio", "rf'{function"),
        ("f'{function(al", "f'{function(alpha="),
        ("f'{1} {os.pa", "f'{1} {os.path"),
    ],
)
def test_inside_the_braces_of_a_text_stands_code(completer: Completer, code: str, expected: str) -> None:
    assert expected in texts(completer, code)


def test_the_rest_of_such_a_text_is_text(completer: Completer) -> None:
    for code in ("f'os.pa", "f'{{os.pa", "f'{1} os.pa", "'{os.pa"):
        assert "path" not in completer.complete(code).matches, code


def test_parts_of_loaded_modules(completer: Completer) -> None:
    assert texts(completer, "import os.pa") == ["import os.path"]


def test_a_slow_disk_is_waited_for_no_longer_than_tab_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    imports: Any = import_module("antiphon_exec_core.completion_sources.imports")
    reached, gate = threading.Event(), threading.Event()

    def slow(folder: str) -> list[str]:
        reached.set()
        gate.wait(60)
        imports._listings[folder] = (0.0, ["found_after_all"])
        return ["found_after_all"]

    monkeypatch.setattr(imports, "_modules_in", slow)
    monkeypatch.setattr(imports, "_listings", {})
    monkeypatch.setattr(imports, "_search", None)
    completer = completer_for()
    try:
        found = completer.complete("import ").matches
        assert reached.is_set() and not gate.is_set() and "json" in found and "found_after_all" not in found
    finally:
        gate.set()
    assert imports._search is not None and imports._search.done.wait(60)
    assert "found_after_all" in completer.complete("import found").matches


# -- what may follow a magic ------------------------------------------------------------------------------------------


@pytest.fixture
def shell() -> Iterator[Interpreter]:
    with interpreter() as made:
        yield made


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("%colors li", ["%colors lightbg", "%colors linux"]),
        ("colors gru", ["colors gruvbox-dark"]),
        ("%xmode d", ["%xmode Docs", "%xmode Doctest"]),
        ("%gui q", ["%gui qt", "%gui qt5", "%gui qt6"]),
        ("%autoawait a", ["%autoawait asyncio"]),
        ("%config IPC", ["%config IPCompleter"]),
        ("config HistoryManager.en", ["config HistoryManager.enabled"]),
        ("config InteractiveShell.xmode='Docs", ["config InteractiveShell.xmode='Docs'"]),
        ("%config IPCompleter.greedy=", ["%config IPCompleter.greedy=False", "%config IPCompleter.greedy=True"]),
        ("%load_ext au", ["%load_ext autoreload"]),
        ("%reset -f dh", ["%reset -f dhist"]),
        ("%pdb ", ["%pdb off", "%pdb on"]),
    ],
)  # fmt: skip
def test_what_may_follow_a_magic(shell: Interpreter, code: str, expected: list[str]) -> None:
    assert texts(shell.completer, code) == expected


def test_extensions_that_are_loaded_can_be_unloaded(shell: Interpreter) -> None:
    assert texts(shell.completer, "%unload_ext ") == []
    run_in(shell, "%load_ext autoreload")
    assert texts(shell.completer, "%unload_ext auto") == ["%unload_ext autoreload"]


def test_every_class_that_config_lists_is_offered(shell: Interpreter) -> None:
    listed = set(said(shell, "%config").split("\n    ")[1:])
    offered = {text.removeprefix("%config ") for text in texts(shell.completer, "%config ")}
    assert {name.strip() for name in listed} == offered and "IPCompleter" in offered


def test_files_for_magics(shell: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("prog.py", "lines.ipy", "book.ipynb", "data.csv"):
        (tmp_path / name).touch()
    (tmp_path / "sub").mkdir()
    complete = shell.completer
    assert texts(complete, "%run ") == [f"%run {name}" for name in ("book.ipynb", "lines.ipy", "prog.py", "sub/")]
    assert texts(complete, "%run prog.py d") == ["%run prog.py data.csv"]
    assert texts(complete, "cd s") == ["cd sub/"] and texts(complete, "%pushd ") == ["%pushd sub/"]
    assert texts(complete, "%load da") == ["%load data.csv"]
    run_in(shell, "cd = 1")
    assert "cd sub/" not in texts(complete, "cd s")


# -- who is asked -----------------------------------------------------------------------------------------------------


def test_sources_can_be_disabled_by_either_name(shell: Interpreter) -> None:
    run_in(shell, "table = {'abc': 1}")
    assert shell.complete("table['").matches == ["abc"]
    for name in ("keys", "IPCompleter.dict_key_matcher"):
        run_in(shell, f"%config IPCompleter.disable_matchers = [{name!r}]")
        assert shell.complete("table['").matches == []
    run_in(shell, "%config IPCompleter.disable_matchers = []")
    assert shell.complete("table['").matches == ["abc"]
    shell.completer.disabled.append("attributes")
    assert shell.complete("table.ke").matches == []


def test_who_silences_whom(shell: Interpreter) -> None:
    run_in(shell, "table = {'a/b': 1}")

    def extra(cursor: Cursor) -> Candidates:
        return Candidates(cursor.position, [("extra", "", "")])

    shell.completer.sources.append(extra)
    assert "extra" not in shell.complete("table.ke").matches, "attributes are all that can follow a dot"
    run_in(shell, "%config IPCompleter.suppress_competing_matchers = False")
    assert any(match.endswith("extra") for match in shell.complete("table.ke").matches)
    run_in(shell, "%config IPCompleter.suppress_competing_matchers = {'IPCompleter.python_matcher': True}")
    assert shell.complete("table.ke").matches == ["keys"]
    run_in(shell, "%config IPCompleter.suppress_competing_matchers = {'attributes': False}")
    assert any(match.endswith("extra") for match in shell.complete("table.ke").matches)
    run_in(shell, "%config IPCompleter.suppress_competing_matchers = True")
    assert "extra" not in shell.complete("zi").matches


def test_symbols_can_be_left_out(shell: Interpreter) -> None:
    run_in(shell, "%config IPCompleter.backslash_combining_completions = False")
    assert "\u03b1" not in shell.complete("\\alpha").matches


# -- objects that do not want to be looked at -------------------------------------------------------------------------


class Trap:
    """Everything about it has a side effect, takes for ever, or fails."""

    touched: list[str] = []  # noqa: RUF012
    gate = threading.Event()

    @property
    def reading(self):  # type: ignore[no-untyped-def]
        self.touched.append("property")
        raise RuntimeError

    def __getattr__(self, name: str) -> object:
        self.touched.append(name)
        self.gate.wait(60)
        raise RuntimeError(name)

    def __getitem__(self, key: object) -> object:
        self.touched.append("item")
        raise RuntimeError

    def __len__(self) -> int:
        raise RuntimeError

    def __bool__(self) -> bool:
        raise RuntimeError

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        self.touched.append("repr")
        raise RuntimeError


class DirRaises(Trap):
    def __dir__(self) -> list[str]:
        raise RuntimeError


class DirSleeps(Trap):
    def __dir__(self) -> list[str]:
        self.gate.wait(60)
        return []


class DirLies(Trap):
    def __dir__(self) -> list[str]:
        return ["fine", 1, None, "not a name", "made_up"]  # type: ignore[list-item]


class KeysSleep(Trap):
    def _ipython_key_completions_(self) -> list[str]:
        self.gate.wait(60)
        return []


class KeysRaise(Trap):
    def _ipython_key_completions_(self) -> list[str]:
        raise RuntimeError


@pytest.mark.parametrize("type_", [Trap, DirRaises, DirSleeps, DirLies, KeysSleep, KeysRaise])
@pytest.mark.parametrize(
    "code", ["t.", "t.rea", "t.reading.", "t[", "t['", "t[0].", "t(", "t", "f(t.", "f'{t.", "x = t\nx."]
)
def test_hostile_objects(type_: type, code: str) -> None:
    completer = completer_for(t=type_(), f=len)
    before = list(Trap.touched)
    begun = time.monotonic()
    found = completer.complete(code)
    assert time.monotonic() - begun < 30, "the gate stays shut for a minute"
    assert Trap.touched == before
    if code == "t.rea" and type_ is not DirLies:
        assert found.matches == ["reading"]


def test_a_million_columns_and_keys_come_in_time() -> None:
    completer = completer_for(d=dict.fromkeys(range(1_000_000)), s=dict.fromkeys(map(str, range(1_000_000))))
    for code in ("d[", "d[9", "s['", "s['99", "d.ke", "s.ke"):
        begun = time.monotonic()
        assert completer.complete(code).matches, code
        assert time.monotonic() - begun < 10, code


def test_one_source_that_hangs_does_not_hang_tab(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files: Any = import_module("antiphon_exec_core.completion_sources.files")
    gate = threading.Event()
    monkeypatch.setattr(files.os, "scandir", lambda folder: gate.wait(60) and None)
    begun = time.monotonic()
    found = completer_for().complete("open('da")
    assert found.matches == [] and time.monotonic() - begun < 30
    gate.set()
