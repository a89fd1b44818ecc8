"""Which colours a terminal gets, and that every theme has all parts."""

from __future__ import annotations

import pytest
from pygments.token import Keyword

from antiphon_console_client.theme import chosen, code_style, prompt_parts, style

THEMES = ("dark", "light", "none")


@pytest.mark.parametrize(
    ("wanted", "environ", "theme"),
    [
        ("auto", {"TERM": "xterm"}, "dark"),
        ("auto", {"TERM": "xterm", "COLORFGBG": "15;0"}, "dark"),
        ("auto", {"TERM": "xterm", "COLORFGBG": "0;15"}, "light"),
        ("auto", {"TERM": "xterm", "COLORFGBG": "0;default;15"}, "light"),
        ("light", {"TERM": "xterm", "COLORFGBG": "15;0"}, "light"),
        ("dark", {"TERM": "xterm", "NO_COLOR": "1"}, "none"),
        ("dark", {"TERM": "xterm", "NO_COLOR": ""}, "dark"),
        ("dark", {"TERM": "dumb"}, "none"),
        ("dark", {}, "none"),
        ("none", {"TERM": "xterm"}, "none"),
    ],
)
def test_the_theme_that_is_taken(wanted: str, environ: dict[str, str], theme: str) -> None:
    assert chosen(wanted, environ) == theme


def test_both_themes_colour_the_same_parts() -> None:
    assert prompt_parts("dark").keys() == prompt_parts("light").keys()


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_is_a_style(theme: str) -> None:
    assert style(theme).style_rules
    colours = code_style(theme)
    assert (colours is None) == (theme == "none")


def test_code_gets_pygments_colours() -> None:
    from prompt_toolkit.styles.pygments import pygments_token_to_classname

    colours = code_style("dark")
    assert colours is not None
    name = pygments_token_to_classname(Keyword)
    assert colours.get_attrs_for_style_str(f"class:{name}").color == "66d9ef"
