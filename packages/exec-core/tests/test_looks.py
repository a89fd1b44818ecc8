"""A corpus of objects and the text people know them by, as IPython 9.18 shows it (`looks/*.json`)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from antiphon_exec_core.displayer import Displayer

LOOKS = Path(__file__).parent / "looks"
OBJECTS: dict[str, Any] = json.loads((LOOKS / "objects.json").read_text())
ARRAYS: dict[str, dict[str, str]] = json.loads((LOOKS / "arrays.json").read_text())


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """What the corpus is made from, in a module called as the user's is."""
    made: dict[str, Any] = ModuleType("__main__").__dict__
    former = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")  # dataclasses look their module up
    try:
        exec(compile("\n".join(OBJECTS["setup"]), "<looks>", "exec", dont_inherit=True), made)
    finally:
        sys.modules["__main__"] = former
    return made


@pytest.mark.parametrize("expression", OBJECTS["looks"])
def test_objects_look_as_they_are_known(expression: str, names: dict[str, Any]) -> None:
    assert Displayer().text(eval(expression, names)).split("\n") == OBJECTS["looks"][expression]


@pytest.mark.parametrize("expression", ARRAYS)
def test_arrays_and_frames_look_as_they_are_known(expression: str) -> None:
    names: dict[str, Any] = {}
    if "np." in expression:
        names["np"] = pytest.importorskip("numpy")
    if "pd." in expression:
        names["pd"] = pytest.importorskip("pandas")
    assert Displayer().format(eval(expression, names))[0] == ARRAYS[expression]


@pytest.mark.parametrize(
    ("value", "last"),
    [(list(range(1500)), " ...]"), (tuple(range(1200)), " ...)"), (dict.fromkeys(range(1200)), " ...}")],
)
def test_long_ones_are_cut(value: Any, last: str) -> None:
    lines = Displayer().text(value).split("\n")
    assert (len(lines), lines[-1]) == (1001, last)
