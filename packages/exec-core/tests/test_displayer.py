from __future__ import annotations

import base64
from typing import Any

import pytest

from antiphon_exec_core.displayer import Displayer


class Rich:
    def _repr_html_(self) -> str:
        return "<b>x</b>"

    def _repr_png_(self) -> bytes:
        return b"\x89PNG"

    def _repr_latex_(self) -> None:
        return None

    def _repr_json_(self) -> tuple[dict[str, int], dict[str, bool]]:
        return {"a": 1}, {"expanded": True}

    def __repr__(self) -> str:
        return "Rich"


class Bundle:
    def __init__(self, found: Any) -> None:
        self.found = found

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self.found

    def _repr_html_(self) -> str:
        return "from html"

    def __repr__(self) -> str:
        return "Bundle"


def test_methods_of_the_object() -> None:
    data, metadata = Displayer().format(Rich())
    assert data == {
        "text/plain": "Rich",
        "text/html": "<b>x</b>",
        "image/png": base64.b64encode(b"\x89PNG").decode(),
        "application/json": {"a": 1},
    }
    assert metadata == {"application/json": {"expanded": True}}


def test_include_and_exclude() -> None:
    displayer = Displayer()
    assert set(displayer.format(Rich(), include=["text/html"])[0]) == {"text/html"}
    assert set(displayer.format(Rich(), exclude=["text/html"])[0]) == {"text/plain", "image/png", "application/json"}
    assert displayer.format(1, include=["text/html"])[0] == {}


def test_a_class_is_not_shown_by_the_methods_of_its_objects() -> None:
    assert set(Displayer().format(Rich)[0]) == {"text/plain"}


def test_bundles_win_over_methods_and_plain_text_is_added() -> None:
    displayer = Displayer()
    assert displayer.format(Bundle({"text/html": "bundle", "a/b": 1}))[0] == {
        "text/html": "bundle",
        "a/b": 1,
        "text/plain": "Bundle",
    }
    data, metadata = displayer.format(Bundle(({"text/plain": "p"}, {"m": 1})))
    assert (data["text/plain"], metadata) == ("p", {"m": 1})
    assert displayer.format(Bundle({}))[0] == {"text/html": "from html", "text/plain": "Bundle"}


def test_a_registered_function_wins_over_the_bundle() -> None:
    displayer = Displayer()
    displayer.for_type(Bundle, lambda obj: "registered", "text/html")
    assert displayer.format(Bundle({"text/html": "bundle"}))[0]["text/html"] == "registered"


def test_ipython_display_shows_itself() -> None:
    shown = []

    class Shows:
        def _ipython_display_(self) -> None:
            shown.append(self)

    value = Shows()
    assert Displayer().format(value) == ({}, {})
    assert shown == [value]


def test_registered_functions_go_by_the_nearest_base() -> None:
    class Base:
        pass

    class Child(Base):
        pass

    displayer = Displayer()
    assert displayer.for_type(Base, lambda obj: "base", "text/html") is None
    assert displayer.format(Child())[0]["text/html"] == "base"
    displayer.for_type(Child, lambda obj: "child", "text/html")
    assert displayer.format(Child())[0]["text/html"] == "child"
    assert displayer.format(Base())[0]["text/html"] == "base"
    displayer.formatters["text/html"].pop(Child)
    assert displayer.format(Child())[0]["text/html"] == "base"


def test_a_type_may_be_named_before_it_is_imported() -> None:
    displayer = Displayer()
    displayer.for_type_by_name("fractions", "Fraction", lambda obj: f"<i>{obj}</i>", mime="text/html")
    from fractions import Fraction

    assert displayer.format(Fraction(1, 2))[0]["text/html"] == "<i>1/2</i>"


def test_even_int_may_be_given_a_formatter_and_lose_it() -> None:
    displayer = Displayer()
    displayer.for_type(int, lambda obj: f"<b>{obj}</b>", "text/html")
    assert displayer.format(1)[0] == {"text/plain": "1", "text/html": "<b>1</b>"}
    assert displayer.format(True)[0]["text/html"] == "<b>True</b>"
    displayer.formatters["text/html"].pop(int)
    assert displayer.format(1)[0] == {"text/plain": "1"}


def test_a_disabled_format_is_left_out() -> None:
    displayer = Displayer()
    displayer.formatters["text/html"].enabled = False
    assert "text/html" not in displayer.format(Rich())[0]


def test_what_fails_is_reported_and_the_rest_is_shown() -> None:
    errors: list[BaseException] = []

    class Fails(Rich):
        def _repr_html_(self) -> str:
            raise ValueError("html")

    data, _ = Displayer(errors.append).format(Fails())
    assert "image/png" in data
    assert "text/html" not in data
    assert [str(error) for error in errors] == ["html"]


def test_not_implemented_is_no_failure() -> None:
    errors: list[BaseException] = []

    class Declines(Rich):
        def _repr_html_(self) -> str:
            raise NotImplementedError

    assert "text/html" not in Displayer(errors.append).format(Declines())[0]
    assert errors == []


def test_an_object_that_answers_to_every_name_has_no_formats() -> None:
    class Yes:
        def __getattr__(self, name: str) -> Any:
            return lambda *args, **kwargs: "yes"

    assert set(Displayer().format(Yes())[0]) == {"text/plain"}


@pytest.mark.parametrize("value", [1, "a", 1.5, None, [1, "b"], {"a": 1}, (1,), b"x", {1, 2}])
def test_simple_values_are_plain(value: object) -> None:
    assert Displayer().format(value) == ({"text/plain": repr(value)}, {})
