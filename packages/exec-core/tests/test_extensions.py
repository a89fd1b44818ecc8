from __future__ import annotations

import sys
from pathlib import Path

import pytest

from antiphon_exec_core.testing import interpreter, run_in

OURS = "def load_extension(namespace, hooks):\n    namespace.push({'loaded': True})\n"
OURS += "def unload_extension(namespace):\n    namespace.drop(['loaded'])\n"
THEIRS = "def load_ipython_extension(ip):\n    ip.push({'face': type(ip).__name__, 'version': 1})\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path  # type: ignore[misc]
    for name in ("ext_ours", "ext_theirs", "ext_none", "ext_greedy"):
        sys.modules.pop(name, None)


def test_ours_names_its_needs(folder: Path) -> None:
    (folder / "ext_ours.py").write_text(OURS)
    with interpreter() as one:
        assert one.extensions.load("ext_ours") is None
        assert one.namespace.user_ns["loaded"] is True
        assert one.extensions.load("ext_ours") == "already loaded"
        assert one.extensions.unload("ext_ours") is None
        assert "loaded" not in one.namespace.user_ns
        assert one.extensions.unload("ext_ours") == "not loaded"


def test_theirs_receives_the_face_and_reloads(folder: Path) -> None:
    path = folder / "ext_theirs.py"
    path.write_text(THEIRS)
    with interpreter() as one:
        run_in(one, "%load_ext ext_theirs")
        assert one.namespace.user_ns["face"] == "Shell"
        path.write_text(THEIRS.replace("1}", "20}"))
        run_in(one, "%reload_ext ext_theirs")
        assert one.namespace.user_ns["version"] == 20
        assert one.extensions.unload("ext_theirs") == "no unload function"


def test_a_module_that_is_none(folder: Path) -> None:
    (folder / "ext_none.py").write_text("")
    with interpreter() as one:
        assert one.extensions.load("ext_none") == "no load function"


def test_an_unknown_need_is_named(folder: Path) -> None:
    (folder / "ext_greedy.py").write_text("def load_extension(moon): ...")
    with interpreter() as one, pytest.raises(TypeError, match="needs moon"):
        one.extensions.load("ext_greedy")
