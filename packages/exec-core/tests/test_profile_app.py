"""`antiphon-profile`, and what a profile made by it does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antiphon_exec_core.app import read
from antiphon_exec_core.profile import CONFIG_NAMES, startup_files
from antiphon_exec_core.profile_app import main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANTIPHON_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    return tmp_path / "home"


def test_create_and_list(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert capsys.readouterr().out.startswith("No profiles yet")
    assert main(["create", "work"]) == 0
    folder = home / "profile_work"
    assert capsys.readouterr().out.splitlines()[0] == f"made profile work: {folder}"
    assert (folder / "startup" / "README").is_file() and folder.stat().st_mode & 0o077 == 0
    assert main(["create", "work", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"name": "work", "folder": str(folder), "created": False}
    assert main(["list"]) == 0
    assert capsys.readouterr().out == f"work  {folder}\n"
    assert main(["locate", "work"]) == 0
    assert capsys.readouterr().out == f"{folder}\n"


def test_profiles_of_ipython_are_listed_too(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ipython" / "profile_old").mkdir(parents=True)
    main(["create", "old"])
    capsys.readouterr()
    assert main(["list", "--json"]) == 0
    folders = [str(tmp_path / "ipython" / "profile_old"), str(home / "profile_old")]
    assert json.loads(capsys.readouterr().out) == {"profiles": [{"name": "old", "folders": folders}]}


def test_what_stands_in_it_counts(home: Path) -> None:
    main(["create", "work"])
    (home / "profile_work" / "antiphon_config.py").write_text("c.InteractiveShell.xmode = 'Plain'\n")
    (home / "profile_work" / "startup" / "10.py").write_text("x = 1\n")
    changed, _, said = read("work", CONFIG_NAMES)
    assert changed["xmode"] == "Plain" and said == []
    assert changed["history_file"] == str(home / "profile_work" / "history.sqlite")
    assert startup_files("work") == [str(home / "profile_work" / "startup" / "10.py")]
    assert "history_file" not in read("default", CONFIG_NAMES)[0]


@pytest.mark.parametrize("name", ["a/b", ".hidden", ""])
def test_a_name_that_is_none(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["create", name]) == 1
    assert capsys.readouterr().err == f"antiphon-profile: a profile's name is a plain word, not {name!r}\n"


def test_one_that_is_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("none", "default"):
        assert main(["locate", name]) == 1
        assert f"there is no profile '{name}'" in capsys.readouterr().err


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0 and "antiphon profile create work" in capsys.readouterr().out
