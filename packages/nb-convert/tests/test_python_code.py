from __future__ import annotations

import io
import sysconfig
import tokenize
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.python_code import runs

LIBRARY = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))[:60]


def classes(code: str) -> dict[str, str]:
    """The class of each text that has one; of the last, where there are several."""
    return {text.strip(): name for name, text in runs(code) if name}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def f(): pass", {"def": "k", "f": "nf", "pass": "k"}),
        (
            "class A(ValueError): x: int = None",
            {"class": "k", "A": "nc", "ValueError": "ne", "int": "nb", "=": "o", "None": "kc"},
        ),
        (
            "from a.b import c\nimport d as e",
            {"from": "kn", "a": "nn", "b": "nn", "import": "kn", "d": "nn", "as": "k", "e": "nn"},
        ),
        ("@a.b(x)\ndef f(): ...", {"@": "nd", "a": "nd", "b": "nd", "def": "k", "f": "nf"}),
        ("a @ b", {"@": "o"}),
        ("x.print(self)", {"self": "bp"}),
        ("not a in b", {"not": "ow", "in": "ow"}),
        ("1 0x1f 1_0.5e-3 .5 2j", {"1": "mi", "0x1f": "mi", "1_0.5e-3": "mf", ".5": "mf", "2j": "mf"}),
        ("'a\\n%s' # b", {"'a": "s1", "\\n": "se", "%s": "si", "'": "s1", "# b": "c1"}),
        ('f"{a.b}{{"', {"f": "sa", '"': "s2", "{": "si", "}": "si", "{{": "se"}),
        ("r'\\n'", {"r": "sa", "'\\n'": "s1"}),
        ("%time x", {"%": "o", "time": "k"}),
        ("if a:\n    %time x", {"if": "k", "%": "o", "time": "k"}),
        ("a = (b\n%c)", {"=": "o", "%": "o"}),
        ("a = '''\n%time\n!ls\n'''", {"=": "o", "'''\n%time\n!ls\n'''": "sd"}),
        ("x = %pwd", {"=": "o", "%": "o", "pwd": "k"}),
        ("x = !ls -l", {"=": "o", "!": "o", "ls -l": "lang:bash"}),
        ("f(x=!a)", {"=": "o", "!": "o"}),
        ("!!ls", {"!!": "o", "ls": "lang:bash"}),
        ("a.b??", {"??": "o"}),
        ("?a.b", {"?": "o"}),
        ("%%time\nimport x", {"%%": "o", "time": "k", "import": "kn", "x": "nn"}),
        ("%%bash -x\nls", {"%%": "o", "bash": "k", "ls": "cell:bash"}),
        ("'open", {"'open": "s1"}),
        ('"""open\n', {'"""open': "sd"}),
    ],
)
def test_classes(code: str, expected: dict[str, str]) -> None:
    assert classes(code) == expected


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.name)
def test_the_standard_library(path: Path) -> None:
    """Its strings, comments and numbers are where the tokenizer of Python has them, and all of the text is there."""
    with tokenize.open(path) as file:
        code = file.read()
    found = list(runs(code))
    assert "".join(text for _name, text in found) == code
    assert not [text for name, text in found if name == "err" or ":" in name]
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    assert [text for name, text in found if name == "c1"] == comments


PIECES = st.sampled_from(
    ["'", '"', "'''", '"""', "\\", "\n", " ", "%", "%%", "!", "?", "=", "(", ")", "{", "}", "f", "r", "#", "x", "1",
     ".", "def ", "import ", "@", ";", "%time ", "\r", "\t", "\f"]
)  # fmt: skip


@settings(deadline=None)  # a loaded machine is no failure
@given(st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join))
def test_all_of_any_text_and_nothing_else(code: str) -> None:
    assert "".join(text for _name, text in runs(code)) == code
