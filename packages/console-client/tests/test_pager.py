"""Pages: when a pager is called, which, and what it gets."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from antiphon_console_client.pager import command, page, page_text, rows_of
from antiphon_console_client.rendering import Look

LONG = "".join(f"\x1b[31mline\x1b[0m {number}\n" for number in range(50))


class Pager:
    """Takes what a pager would be given."""

    def __init__(self, works: bool = True) -> None:
        self.works = works
        self.got: list[tuple[list[str], str, Mapping[str, str]]] = []
        self.printed: list[str] = []

    def run(self, words: Sequence[str], text: str, environ: Mapping[str, str]) -> bool:
        self.got.append((list(words), text, environ))
        return self.works

    def page(self, text: str, environ: Mapping[str, str], *, interactive: bool = True, start: int = 0) -> bool:
        return page(
            text,
            write=self.printed.append,
            rows=24,
            columns=80,
            interactive=interactive,
            start=start,
            environ=environ,
            run=self.run,
        )


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    for name in ("less", "more"):
        tool = tmp_path / name
        tool.write_text("#!/bin/sh\n")
        tool.chmod(0o755)
    return {"PATH": str(tmp_path), "TERM": "xterm"}


def test_less_keeps_colours_and_leaves_the_screen(environ: dict[str, str]) -> None:
    pager = Pager()
    assert pager.page(LONG, environ, start=4)
    words, text, given = pager.got[0]
    assert (words, text, given["LESS"]) == (["less", "-R", "+5"], LONG, "FRX")
    assert not pager.printed


def test_other_pagers_get_no_colours(environ: dict[str, str]) -> None:
    pager = Pager()
    assert pager.page(LONG, {**environ, "PAGER": "more -s"})
    assert pager.got[0][0] == ["more", "-s"]
    assert "\x1b" not in pager.got[0][1]


def test_short_pages_are_printed(environ: dict[str, str]) -> None:
    pager = Pager()
    assert not pager.page("a\nb\n", environ)
    assert not pager.page(LONG, environ, interactive=False, start=49)
    assert pager.printed == ["a\nb\n", "\x1b[31mline\x1b[0m 49\n"]


def test_a_pager_that_fails_is_not_the_end(environ: dict[str, str]) -> None:
    pager = Pager(works=False)
    assert not pager.page(LONG, environ)
    assert pager.printed == [LONG]


def test_which_pager(environ: dict[str, str]) -> None:
    assert command(environ) == ["less", "-R"]
    for other in ({"PAGER": ""}, {"PAGER": "cat"}, {"PAGER": "no-such-pager"}, {"TERM": "dumb"}):
        assert command({**environ, **other}) is None


def test_a_real_pager_is_given_the_text(tmp_path: Path) -> None:
    target = tmp_path / "page"
    code = f"import sys; open({str(target)!r}, 'w').write(sys.stdin.read())"
    (tmp_path / "take.py").write_text(code)
    environ = {"PAGER": f"{sys.executable} {tmp_path / 'take.py'}", "TERM": "xterm", "PATH": ""}
    assert page(LONG, write=pytest.fail, rows=24, columns=80, interactive=True, environ=environ)
    assert target.read_text().startswith("line 0\n")


def test_rows_count_what_wraps() -> None:
    assert rows_of("a\n\nb" + "x" * 20 + "\n", 10) == 5
    assert rows_of("\x1b[31m" + "x" * 10 + "\x1b[0m", 10) == 1


def test_a_page_is_text_first_of_all() -> None:
    data = {"text/html": "<b>x</b>", "text/plain": "\x1b[31mx\x1b[0m\x1b[2J"}
    assert page_text(data, Look(colour=False)) == "x\n"
    assert page_text({"text/html": "<b>x</b>"}, Look(colour=False)) == "x\n"
