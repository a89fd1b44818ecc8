from __future__ import annotations

import pytest

from antiphon_exec_core.errors import UsageError
from antiphon_exec_core.magic_options import read_options, read_options_anywhere


@pytest.mark.parametrize(
    ("line", "options", "rest"),
    [
        ("-n 10 -q x = 1", {"n": "10", "q": ""}, "x = 1"),
        ("-n10 -qo x", {"n": "10", "q": "", "o": ""}, "x"),
        ("x -n 10", {}, "x -n 10"),
        ("-- -n", {}, "-n"),
        ("--out name bash -c 'a  b'", {"out": "name"}, "bash -c 'a  b'"),
        ("--out=name --flag", {"out": "name", "flag": ""}, ""),
        ("--out 'a b' c", {"out": "a b"}, "c"),
        ("  - 1", {}, "- 1"),
        ("", {}, ""),
    ],
)
def test_read_options(line: str, options: dict[str, str], rest: str) -> None:
    assert read_options(line, "n:qo", ("out=", "flag")) == (options, rest)


@pytest.mark.parametrize("line", ["-z", "--nothing", "-n", "--out", "--flag=1"])
def test_what_is_wrong_is_said(line: str) -> None:
    with pytest.raises(UsageError):
        read_options(line, "n:", ("out=", "flag"))


def test_options_between_words() -> None:
    assert read_options_anywhere("1-3 -f 'a b' 5 -n", "f:n") == ({"f": "a b", "n": ""}, ["1-3", "5"])


def test_numbers() -> None:
    options, _ = read_options("-n x", "n:")
    assert options.number("r", 7) == 7
    with pytest.raises(UsageError, match="-n expects a number"):
        options.number("n", 1)
