"""What may be read and written, and what may not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_nb_convert.errors import Refused
from antiphon_nb_convert.policy import Policy, confined


def test_only_files_below_the_roots_are_read_links_followed(tmp_path: Path) -> None:
    inside, beside = tmp_path / "in", tmp_path / "in-too"
    for folder in (inside, beside):
        folder.mkdir()
        (folder / "a.png").write_bytes(b"x")
    (inside / "link.png").symlink_to(beside / "a.png")
    policy = Policy(roots=(str(inside),))
    assert policy.readable(inside / "a.png") == (inside / "a.png").resolve()
    for path in (beside / "a.png", inside / "link.png", inside / ".." / "in-too" / "a.png", "/etc/passwd"):
        with pytest.raises(Refused, match="outside of the folders"):
            policy.readable(path)
    with pytest.raises(Refused):
        Policy().readable(inside / "a.png")


@pytest.mark.parametrize("path", ["", "/a", "../a", "a/../../b", "\\a", "a\\..\\b", "c:/a", "c:\\a", "a\0b"])
def test_paths_that_lead_out_are_refused(path: str) -> None:
    with pytest.raises(Refused):
        confined(path)


@given(st.text(max_size=30))
def test_a_confined_path_stays_below(path: str) -> None:
    try:
        found = confined(path)
    except Refused:
        return
    assert Path("/root").joinpath(found).resolve(strict=False).is_relative_to("/root")
