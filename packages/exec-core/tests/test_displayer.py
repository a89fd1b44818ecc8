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


# -- registered functions, as users keep them -------------------------------------------------------------------------


class Base:
    pass


class Below(Base):
    pass


def one(obj: object) -> str:
    return "one"


def two(obj: object) -> str:
    return "two"


def test_registering_returns_the_former() -> None:
    html = Displayer().formatters["text/html"]
    assert html.for_type(Base) is None
    assert html.for_type(Base, one) is None
    assert html.for_type(Base, two) is one
    assert html.for_type(Base) is two
    assert (html.format_type, html.print_method) == ("text/html", "_repr_html_")


def test_looking_up() -> None:
    html = Displayer().formatters["text/html"]
    html.for_type(Base, one)
    assert html.lookup(Below()) is html.lookup_by_type(Below) is one
    assert Below in html and int not in html
    for ask in (lambda: html.lookup(5), lambda: html.lookup_by_type(int)):
        with pytest.raises(KeyError, match="No registered printer"):
            ask()


def test_forgetting() -> None:
    html = Displayer().formatters["text/html"]
    html.for_type(Base, one)
    html.for_type("x.Y", two)
    assert html.pop(Base) is one
    assert html.pop("x.Y") is two
    assert html.pop(Base, None) is None
    with pytest.raises(KeyError, match="No registered value"):
        html.pop(Base)


def test_types_by_name() -> None:
    html = Displayer().formatters["text/html"]
    assert html.for_type(f"{__name__}.Base", one) is None
    assert html.deferred_printers == {(__name__, "Base"): one}
    assert html.lookup_by_type(f"{__name__}.Base") is one
    assert html.lookup(Below()) is one
    assert (html.type_printers, html.deferred_printers) == ({Base: one}, {})
    assert html.for_type_by_name(__name__, "Base") is one
    with pytest.raises(ValueError, match=r"module\.name"):
        html.for_type("Base", one)


@pytest.mark.parametrize("table", ["type_printers", "singleton_printers"])
def test_the_tables_themselves_may_be_changed(table: str) -> None:
    displayer = Displayer()
    html, value = displayer.formatters["text/html"], 12345678
    key: Any = int if table == "type_printers" else id(value)
    getattr(html, table)[key] = one
    assert displayer.format(value)[0] == {"text/plain": "12345678", "text/html": "one"}
    assert displayer.format("x")[0] == {"text/plain": "'x'"}
    del getattr(html, table)[key]
    assert displayer.format(value)[0] == {"text/plain": "12345678"}
    getattr(html, table).update({key: two})
    assert displayer.format(value)[0]["text/html"] == "two"
    getattr(html, table).clear()
    assert displayer.format(value)[0] == {"text/plain": "12345678"}


def test_formatters_that_are_switched_off() -> None:
    displayer = Displayer()
    displayer.active_types = ["text/plain", "text/html"]
    assert displayer.active_types == ["text/plain", "text/html"]
    assert set(displayer.format(Rich())[0]) == {"text/plain", "text/html"}
    displayer.formatters["text/html"].enabled = False
    assert set(displayer.format(Rich())[0]) == {"text/plain"}


def test_the_plain_formatter_has_the_settings_of_text() -> None:
    plain: Any = Displayer().formatters["text/plain"]
    plain.float_precision = "%.2f"
    assert plain(3.14159) == plain([3.14159])[1:-1] == "3.14"
    plain.float_precision = 4
    assert (plain(3.14159), plain.float_format, plain.float_precision) == ("3.1416", "%.4f", "%.4f")
    with pytest.raises((ValueError, TypeError)):
        plain.float_precision = "%d%d"
    plain.float_precision = ""
    plain.max_seq_length = 3
    assert plain(list(range(9))) == "[0, 1, 2, ...]"
    plain.max_width = 10
    assert plain([["a" * 5] * 2]) == "[['aaaaa',\n  'aaaaa']]"
    plain.pprint = False
    assert plain([["a" * 5] * 2]) == "[['aaaaa', 'aaaaa']]"


def test_content_that_is_no_text_is_passed_over_with_a_word() -> None:
    class Wrong:
        def _repr_html_(self) -> int:
            return 5

        def __repr__(self) -> str:
            return "Wrong"

    class WrongBundle:
        def _repr_mimebundle_(self, **_: Any) -> int:
            return 5

        def __repr__(self) -> str:
            return "WrongBundle"

    with pytest.warns(RuntimeWarning, match="the text/html of Wrong is int"):
        assert Displayer().format(Wrong())[0] == {"text/plain": "Wrong"}
    with pytest.warns(RuntimeWarning, match="_repr_mimebundle_ of WrongBundle gave int"):
        assert Displayer().format(WrongBundle())[0] == {"text/plain": "WrongBundle"}
