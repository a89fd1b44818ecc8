"""Results as files: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from antiphon_nb_convert.errors import ConversionError, Refused
from antiphon_nb_convert.policy import Policy
from antiphon_nb_convert.writers import files


def test_side_files_come_first_and_below(tmp_path: Path) -> None:
    written = files.write(tmp_path / "out" / "a.md", b"text", {"a_files/1.png": b"one"})
    assert [path.relative_to(tmp_path).as_posix() for path in written] == ["out/a_files/1.png", "out/a.md"]
    assert [path.read_bytes() for path in written] == [b"one", b"text"]
    with pytest.raises(Refused):
        files.write(tmp_path / "b.md", b"text", {"../1.png": b"one"})
    assert not (tmp_path / "b.md").exists()


def test_modes_are_those_of_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(b"old")
    path.chmod(0o640)
    files.write(path, b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o640)
    (new,) = files.write(tmp_path / "b.html", b"")
    mask = os.umask(0)
    os.umask(mask)
    assert new.stat().st_mode & 0o777 == 0o666 & ~mask


def test_what_cannot_be_written_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.html").mkdir()
    with pytest.raises(ConversionError, match=r"a\.html: is a directory"):
        files.write(tmp_path / "a.html", b"x")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConversionError, match=r"file.*: (not a directory|file exists)"):
        files.write(tmp_path / "file" / "a.html", b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "file"]


def test_copies_keep_their_places(tmp_path: Path) -> None:
    base, out = tmp_path / "in", tmp_path / "out"
    (base / "data").mkdir(parents=True)
    (base / "data" / "a.csv").write_text("1")
    policy = Policy(roots=(str(base),))
    assert files.copy([base / "data" / "a.csv"], out, base, policy) == [out / "data" / "a.csv"]
    assert files.copy([base / "data" / "a.csv"], base, base, policy) == [base / "data" / "a.csv"]
    with pytest.raises(Refused):
        files.copy([tmp_path / "secret"], out, base, policy)
