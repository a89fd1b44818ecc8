"""What a console does when nobody says otherwise."""

from __future__ import annotations

from antiphon_console_client.prompt import _STYLES
from antiphon_console_client.settings import Settings
from antiphon_console_client.theme import chosen


def test_every_setting_has_a_default() -> None:
    assert Settings()._asdict().keys() == Settings._field_defaults.keys()


def test_the_defaults_are_values_that_the_parts_know() -> None:
    settings = Settings()
    assert settings.completions in _STYLES
    assert chosen(settings.theme, {"TERM": "xterm"}) in ("dark", "light")
    assert settings.history_length > 0 < settings.patience


def test_one_is_changed_without_the_others() -> None:
    assert Settings(theme="light")._replace(banner=False) == Settings(theme="light", banner=False)
