from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from antiphon_exec_core.app import FACES, App, configure
from antiphon_exec_core.errors import UsageError
from antiphon_exec_core.settings import LiveSettings, Settings


def test_without_files_and_flags_the_defaults() -> None:
    app = App()
    app.initialize([])
    assert app.settings() == Settings()


def test_every_trait_stands_for_a_setting_of_the_same_default() -> None:
    for face in FACES:
        made = face()
        for trait, field in face.fields.items():
            value = getattr(made, trait)
            assert (tuple(value) if isinstance(value, list) else value) == getattr(Settings(), field)


def test_flags_win_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.py"
    file.write_text("c.InteractiveShell.xmode = 'Plain'\nc.InteractiveShell.autocall = 1\n")
    app = App()
    app.initialize([f"--config={file}", "--InteractiveShell.xmode=Verbose"])
    assert (app.settings().xmode, app.settings().autocall) == ("Verbose", 1)


def test_the_names_of_known_subclasses_work_too() -> None:
    app = App()
    app.initialize(["--TerminalInteractiveShell.autocall=2"])
    assert app.settings().autocall == 2


def test_config_changes_the_live_settings_and_follows_them() -> None:
    live = LiveSettings()
    configure("InteractiveShell.ast_node_interactivity = 'all'", live, {}, [])
    assert live.current.ast_node_interactivity == "all"
    configure("InteractiveShell.xmode = Plain", live, {}, [])
    assert live.current.xmode == "Plain"
    live.change(autocall=1)
    assert configure("InteractiveShell.autocall", live, {}, []) == 1
    configure("IPCompleter.omit__names = level", live, {"level": 1}, [])
    assert live.current.omit_names == 1


def test_what_old_notebooks_set_is_accepted() -> None:
    live = LiveSettings()
    assert configure("IPCompleter.use_jedi = False", live, {}, []) is None
    assert configure("Completer.use_jedi = True", live, {}, []) is None
    assert live.current == Settings()


def test_config_lists(capsys: pytest.CaptureFixture[str]) -> None:
    configure("", LiveSettings(), {}, [])
    assert "    InteractiveShell\n" in capsys.readouterr().out
    configure("InteractiveShell", LiveSettings(), {}, [])
    assert "InteractiveShell.xmode=<CaselessStrEnum>" in capsys.readouterr().out


@pytest.mark.parametrize("line", ["Nothing", "Nothing.x = 1", "InteractiveShell.nothing = 1", "InteractiveShell. = 1"])
def test_what_cannot_be_set_is_said(line: str) -> None:
    with pytest.raises(UsageError):
        configure(line, LiveSettings(), {}, [])


def test_a_wrong_value_is_refused() -> None:
    live = LiveSettings()
    with pytest.raises(UsageError, match="xmode"):
        configure("InteractiveShell.xmode = 'Loud'", live, {}, [])
    assert live.current == Settings()


def test_configurables_of_others() -> None:
    from traitlets import Unicode
    from traitlets.config import Configurable

    class InlineBackend(Configurable):
        figure_format: Any = Unicode("png").tag(config=True)

    backend = InlineBackend()
    configure("InlineBackend.figure_format = 'svg'", LiveSettings(), {}, [backend])
    assert backend.figure_format == "svg"


def test_completion_settings_reach_the_parts() -> None:
    live = LiveSettings()
    configure("IPCompleter.greedy = True", live, {}, [])
    assert live.current.evaluation == "unsafe"
    configure("IPCompleter.greedy = False", live, {}, [])
    assert live.current.evaluation == "limited"
    configure("IPCompleter.disable_matchers = ['keys']", live, {}, [])
    assert live.current.disabled_sources == ("keys",)
    live.change(disabled_sources=("files",))
    assert configure("IPCompleter.disable_matchers", live, {}, []) == ["files"]
    configure("IPCompleter.suppress_competing_matchers = {'keys': True}", live, {}, [])
    assert live.current.suppress_others == {"keys": True}
    app = App()
    app.initialize(
        ["--IPCompleter.greedy=True", "--InteractiveShell.colors=NoColor", "--InteractiveShell.loop_runner=trio"]
    )
    assert (app.settings().evaluation, app.settings().coloured(), app.settings().loop_runner) == (
        "unsafe",
        False,
        "trio",
    )


def test_config_tells_of_each_setting_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    configure("IPCompleter", LiveSettings(), {}, [])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["IPCompleter(Completer) options", "-" * 31]
    assert "IPCompleter.disable_matchers=<list-item-1>..." in lines
    at = lines.index("IPCompleter.omit__names=<Enum>")
    assert lines[at + 2 : at + 4] == ["    Choices: any of [0, 1, 2]", "    Current: 2"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("IPCompleter.omit__names = 7", "omit__names"),
        ("IPCompleter.nope", "has no setting 'nope'"),
        ("Nope", "Invalid config statement: 'Nope', should be `Class.trait = value`."),
        ("foo bar", "Invalid config statement"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(line: str, why: str) -> None:
    live = LiveSettings()
    with pytest.raises(UsageError) as raised:
        configure(line, live, {}, [])
    assert why in str(raised.value) and "\n" not in str(raised.value) and live.current == Settings()
