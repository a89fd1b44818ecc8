"""Profiles: config and startup files, lines, extensions. What is wrong is told in a line, and the session goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antiphon_exec_core import profile, startup
from antiphon_exec_core.profile import CONFIG_NAMES
from antiphon_exec_core.settings import Settings
from antiphon_exec_core.testing import RecordingOutlet, interpreter, run_in, talk


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANTIPHON_HOME", str(tmp_path / "ours"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "theirs"))
    return Path(profile.create("default"))


def begun(files: startup.Startup) -> tuple[dict[str, object], list[str]]:
    said: list[str] = []
    with interpreter(Settings(history_enabled=False, colour=False, own_main=False)) as made:
        startup.run(files, made, RecordingOutlet(), said.append)
        return dict(made.namespace.user_ns), said


def test_without_files_there_is_nothing_to_do(folder: Path) -> None:
    assert startup.prepare("default", CONFIG_NAMES) == ({}, startup.Startup(files=[]), [])


def test_config_files_of_both_homes_are_read_ours_last(folder: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs" / "profile_default"
    theirs.mkdir(parents=True)
    (theirs / "ipython_config.py").write_text("c.InteractiveShell.xmode = 'Plain'\nc.InteractiveShell.autocall = 1\n")
    (folder / "antiphon_config.py").write_text("c.TerminalInteractiveShell.xmode = 'Verbose'\n")
    settings, _, said = startup.prepare("default", CONFIG_NAMES)
    assert (settings, said) == ({"xmode": "Verbose", "autocall": 1}, [])
    settings, _, _ = startup.prepare("default", CONFIG_NAMES, ["--InteractiveShell.xmode=Minimal"])
    assert settings["xmode"] == "Minimal"


def test_json_lines_files_and_extensions(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "my_extension.py").write_text("def load_ipython_extension(ip): ip.user_ns['loaded'] = True\n")
    (tmp_path / "more.py").write_text("from_file = __file__\n")
    (folder / "ipython_config.json").write_text(
        json.dumps(
            {
                "InteractiveShellApp": {
                    "exec_lines": ["one = 1", "%precision 3"],
                    "exec_files": [str(tmp_path / "more.py")],
                    "extensions": ["my_extension"],
                }
            }
        )
    )
    (folder / "startup" / "10-second.ipy").write_text("second = first + 1\nshell = !echo hi\n")
    (folder / "startup" / "00-first.py").write_text("first = 1\n")
    _, files, said = startup.prepare("default", CONFIG_NAMES)
    names, told = begun(files)
    assert (said, told) == ([], [])
    assert (names["one"], names["first"], names["second"], names["loaded"]) == (1, 1, 2, True)
    assert names["shell"] == ["hi"]
    assert "__file__" not in names


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("00.py", "x = 1\n1/0\n", "00.py, line 2: ZeroDivisionError: division by zero"),
        ("00.py", "def (\n", "00.py, line 1: SyntaxError"),
        ("00.ipy", "%nosuchmagic\n", "00.ipy: UsageError: Line magic function `%nosuchmagic` not found."),
    ],
)
def test_a_broken_startup_file_is_one_line(folder: Path, name: str, text: str, says: str) -> None:
    (folder / "startup" / name).write_text(text)
    (folder / "startup" / "99.py").write_text("after = True\n")
    _, files, _ = startup.prepare("default", CONFIG_NAMES)
    names, told = begun(files)
    assert len(told) == 1
    assert says in told[0]
    assert names["after"] is True


def test_an_unreadable_startup_file_is_one_line(folder: Path) -> None:
    (folder / "startup" / "00.py").write_bytes(b"\xff\xfe\x00")
    (folder / "startup" / "01.py").symlink_to(folder / "nowhere.py")
    _, files, _ = startup.prepare("default", CONFIG_NAMES)
    _, told = begun(files)
    assert len(told) == 2
    assert "01.py: No such file or directory" in told[1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("c.InteractiveShell.xmode = 'Foo'\n", "xmode"),
        ("c.InteractiveShell.autocall = \n", "line 1: invalid syntax"),
        ("import no_such_module\n", "ModuleNotFoundError: No module named 'no_such_module'"),
    ],
)
def test_a_broken_config_is_one_line(folder: Path, text: str, says: str) -> None:
    (folder / "ipython_config.py").write_text(text)
    settings, _, said = startup.prepare("default", CONFIG_NAMES)
    assert settings == {}
    assert len(said) == 1
    assert says in said[0]


def test_toolkits_of_the_profile(folder: Path) -> None:
    (folder / "ipython_config.py").write_text(
        "c.TerminalIPythonApp.matplotlib = 'agg'\nc.InteractiveShellApp.gui = 'nosuch'\n"
        "c.InteractiveShellApp.exec_lines = ['one = 1']\n"
    )
    _, before, said = startup.prepare("default", CONFIG_NAMES)
    assert (before.lines, said) == (["%gui nosuch", "%matplotlib agg", "one = 1"], [])
    names, told = begun(before._replace(lines=[before.lines[0], before.lines[2]]))
    assert names["one"] == 1
    assert len(told) == 1
    assert told[0].startswith("startup line '%gui nosuch': UsageError: Invalid GUI request 'nosuch'")


def test_one_mistake_does_not_cost_the_rest(folder: Path) -> None:
    (folder / "ipython_config.py").write_text(
        "c.InteractiveShell.xmode = 'Foo'\nc.InteractiveShell.autocal = 1\nc.TerminalInteractiveShell.autocall = 2\n"
        "c.TerminalInteractiveShell.editing_mode = 'vi'\nc.TerminalIPythonApp.display_banner = False\n"
        "c.InteractiveShellApp.exec_lines.append('one = 1')\nc.Strange.thing = 5\n"
    )
    settings, before, said = startup.prepare("default", CONFIG_NAMES)
    assert settings == {"autocall": 2}
    assert before.lines == ["one = 1"]
    assert before.sections["InteractiveShell"] == {"autocall": 2, "editing_mode": "vi"}
    assert before.sections["Strange"] == {"thing": 5}
    path = folder / "ipython_config.py"
    assert said[0].startswith(f"config file {path}: InteractiveShell.xmode = 'Foo': expected any of ['Context', ")
    assert said[1:] == [f"config file {path}: InteractiveShell has no setting 'autocal'; did you mean autocall?"]


def test_what_the_command_line_asks_must_be_possible(folder: Path) -> None:
    with pytest.raises(ValueError, match="xmode"):
        startup.prepare("default", CONFIG_NAMES, ["--InteractiveShell.xmode=Foo"])
    with pytest.raises(ValueError, match=r"there is no config file /no/such\.py"):
        startup.prepare("default", CONFIG_NAMES, [], "/no/such.py")
    with pytest.raises(LookupError, match="there is no profile 'work'; there are: default"):
        startup.prepare("work", CONFIG_NAMES)


def test_missing_extensions_are_one_line(folder: Path) -> None:
    _, told = begun(startup.Startup(extensions=["no_such_extension", "json"], lines=["1/0"]))
    assert told == [
        "extension no_such_extension: ModuleNotFoundError: No module named 'no_such_extension'",
        "extension json: it has no load_ipython_extension",
        "startup line '1/0': ZeroDivisionError: division by zero",
    ]


def test_a_profile_has_a_place_for_startup_files(folder: Path) -> None:
    assert profile.names() == ["default"]
    assert (folder / "startup" / "README").exists()
    with pytest.raises(ValueError, match="plain word"):
        profile.create("../x")


def test_traits_reach_the_interpreter(folder: Path) -> None:
    with interpreter(Settings(history_enabled=False, colour=False, own_main=False)) as made:
        outcome, _ = run_in(made, "%config InteractiveShell.autocall = 7")
        assert outcome.error is not None
        assert outcome.error.ename in ("TraitError", "UsageError")


def test_aliases_of_the_profile(folder: Path) -> None:
    (folder / "ipython_config.py").write_text(
        "c.AliasManager.user_aliases = [('greet', 'echo hello %s and'), ('timeit', 'echo no')]\n"
    )
    _, before, said = startup.prepare("default", CONFIG_NAMES)
    assert said == [] and before.aliases == [("greet", "echo hello %s and"), ("timeit", "echo no")]
    with interpreter(Settings(history_enabled=False, colour=False, own_main=False)) as made:
        told: list[str] = []
        startup.run(before, made, RecordingOutlet(), told.append)
        assert talk(made, "%greet you them")[0] == "hello you and them\n"
    assert told == ["alias 'timeit': UsageError: The name timeit can't be aliased because it is another magic command."]
    (folder / "ipython_config.py").write_text("c.AliasManager.user_aliases = ['ls -l']\n")
    (mistake,) = startup.prepare("default", CONFIG_NAMES)[2]
    assert "AliasManager.user_aliases = ['ls -l']" in mistake
