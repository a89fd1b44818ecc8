from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.anchors import Anchors, href


def test_spelled_as_jupyter_spells_them() -> None:
    assert Anchors().claim("My Title: a & b") == "My-Title:-a-&-b"


def test_equal_headings_are_numbered_and_never_meet_a_natural_one() -> None:
    anchors = Anchors()
    assert [anchors.claim(text) for text in ("a", "a-1", "a", "a", "a-1", "")] == [
        "a", "a-1", "a-2", "a-3", "a-1-1", "section",
    ]  # fmt: skip


def test_links_find_their_heading_however_they_spell_it() -> None:
    anchors = Anchors()
    anchors.claim("My Title: Überblick")
    for fragment in ("My-Title:-Überblick", "My-Title:-%C3%9Cberblick", "my-title-überblick"):
        assert anchors.resolve(fragment) == "My-Title:-Überblick"
    assert anchors.resolve("elsewhere") is None


def test_ten_thousand_equal_headings_are_no_work() -> None:
    anchors = Anchors()
    assert len({anchors.claim("Results") for _ in range(10_000)}) == 10_000


@settings(deadline=None)  # a loaded machine is no failure
@given(st.lists(st.text(max_size=8), max_size=12))
def test_unique_valid_and_the_same_each_time(texts: list[str]) -> None:
    first, second = Anchors(), Anchors()
    names = [first.claim(text) for text in texts]
    assert names == [second.claim(text) for text in texts]
    assert len(set(names)) == len(names)
    assert all(name and not any(c.isspace() for c in name) for name in names)
    assert all(href(name).isascii() for name in names if name.isprintable())
