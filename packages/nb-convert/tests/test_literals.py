"""Literals: read back by the language itself where it is at hand, and by eye where not."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.execution.literals import UnsaidValue, assignment, dialect, literal

VALUES: dict[str, Any] = {
    "n": None,
    "t": True,
    "i": -3,
    "big": 2**40,
    "f": 1.5,
    "s": "a \"b\" $c \\ 'd'\n",
    "l": [1, 2],
    "d": {"k": "v"},
}
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def written(language: str, value: Any) -> str:
    into = dialect(language)
    assert into is not None
    return literal(value, into)


@given(PLAIN)
def test_python_reads_back_what_was_meant(value: Any) -> None:
    assert eval(written("python", value), {}) == value


def test_python_numbers_that_have_no_literal() -> None:
    assert math.isnan(eval(written("python", math.nan), {}))
    values = [math.inf, -math.inf, (1,), (), (1, 2)]
    assert eval(written("python", values), {}) == values


AS_IN_C = r'"a \"b\" $c \\ ' + r"'d'\n" + '"'
WRITTEN = {
    "r": ["NULL", "TRUE", "-3", "1099511627776", "1.5", AS_IN_C, "list(1, 2)", 'list("k" = "v")'],
    "scala": ["None", "true", "-3", "1099511627776L", "1.5", AS_IN_C, "Seq(1, 2)", 'Map("k" -> "v")'],
    "julia": [
        "nothing",
        "true",
        "-3",
        "1099511627776",
        "1.5",
        AS_IN_C.replace("$", r"\$"),
        "[1, 2]",
        'Dict("k" => "v")',
    ],
    "matlab": [
        *("NaN", "true", "-3", "1099511627776", "1.5", '("a ""b"" $c \\ \'d\'" + char(10) + "")'),
        *("{1, 2}", 'containers.Map({"k"}, {"v"})'),
    ],
    "C#": [
        *("null", "true", "-3", "1099511627776L", "1.5", AS_IN_C),
        *("new [] { 1, 2 }", 'new Dictionary<string,Object>{ { "k" , "v" } }'),
    ],
    "F#": ["None", "true", "-3", "1099511627776L", "1.5", AS_IN_C, "[ 1; 2 ]", '[ ("k", box "v") ] |> Map.ofList'],
    "powershell": [
        *("$Null", "$True", "-3", "1099511627776", "1.5", "'a \"b\" $c \\ ''d''\n'"),
        *("@(1, 2)", "@{'k' = 'v'}"),
    ],
    "bash": [
        *("''", "true", "-3", "1099511627776", "1.5", "'a \"b\" $c \\ '\"'\"'d'\"'\"'\n'"),
        *("(1 2)", "([k]=v)"),
    ],
}


@pytest.mark.parametrize(("language", "expected"), WRITTEN.items())
def test_each_language(language: str, expected: list[str]) -> None:
    assert [written(language, value) for value in VALUES.values()] == expected


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("python", "x = 1"),
        ("R", "x = 1"),
        ("scala", "val x = 1"),
        ("julia", "x = 1"),
        ("matlab", "x = 1;"),
        ("C#", "var x = 1;"),
        ("F#", "let x = 1"),
        ("powershell", "$x = 1"),
        ("bash", "x=1"),
        ("sparkkernel", "val x = 1"),
        ("sparkrkernel", "x = 1"),
        ("pysparkkernel", "x = 1"),
    ],
)
def test_assignments(language: str, line: str) -> None:
    into = dialect(language)
    assert into is not None
    assert assignment("x", 1, into) == line


def test_lists_of_many_kinds_and_big_numbers() -> None:
    assert written("C#", [1, "a"]) == 'new object[] { 1, "a" }'
    assert written("C#", []) == "new object[] { }"
    assert written("F#", [1, "a"]) == '[ box 1; box "a" ]'
    assert written("scala", 2**70) == f'BigInt("{2**70}")'
    assert written("F#", 2**70) == f"{2**70}I"
    assert written("matlab", {}) == "containers.Map()"


def test_what_cannot_be_said_is_one_line() -> None:
    python, bash, r = dialect("python"), dialect("bash"), dialect("r")
    assert python and bash and r
    with pytest.raises(UnsaidValue, match="parameter x: a set cannot be written in Python"):
        assignment("x", {1}, python)
    with pytest.raises(UnsaidValue, match="parameter 'a b': not a name in Python"):
        assignment("a b", 1, python)
    with pytest.raises(UnsaidValue, match="'x; rm -rf': not a name in bash"):
        assignment("x; rm -rf", 1, bash)
    with pytest.raises(UnsaidValue, match="parameter x: a list within a list"):
        assignment("x", [[1]], bash)
    assert assignment("_x", 1, r) == "x = 1"
    assert dialect("brainfuck") is None


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8), max_size=4))
def test_bash_reads_back_what_was_meant(values: list[str]) -> None:
    bash = dialect("bash")
    assert bash
    lines = [assignment("a", values, bash), assignment("d", {"k k": "v v"}, bash)]
    script = "\n".join([*lines, r"""printf '%s\0' "${a[@]}" "${d[k k]}" """])
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=True)
    said = done.stdout.decode().split("\0")[:-1]
    assert said == [*values, "v v"]


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="no R here")
def test_r_reads_back_what_was_meant() -> None:
    r = dialect("R")
    assert r
    texts = ['a "b" \\ \n\t', "ü€😀", "", "\x01"]
    lines = [assignment("x", texts, r), assignment("n", [1.5, -3, True, None], r), assignment("d", {"k k": 2}, r)]
    check = (
        "cat(sapply(x, function(s) paste(utf8ToInt(s), collapse=' ')), sep='|')\n"
        "cat('|', n[[1]] + n[[2]], n[[3]], is.null(n[[4]]), d[['k k']])"
    )
    command = ["Rscript", "--encoding=UTF-8", "-"]
    done = subprocess.run(command, input="\n".join([*lines, check]), capture_output=True, text=True, check=True)
    points, rest = done.stdout.rsplit("|", 1)
    assert points.split("|") == [" ".join(str(ord(character)) for character in text) for text in texts]
    assert rest.split() == ["-1.5", "TRUE", "TRUE", "2"]


@given(st.text())
def test_text_in_languages_with_the_escapes_of_json(text: str) -> None:
    for language in ("scala", "C#", "F#"):
        assert json.loads(written(language, text).replace("\x7f", "")) == text.replace("\x7f", "") or "\x7f" in text
