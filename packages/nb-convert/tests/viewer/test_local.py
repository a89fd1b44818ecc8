from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from antiphon_nb_convert.viewer.addresses import Place
from antiphon_nb_convert.viewer.errors import Forbidden, NotFound, TooLarge, ViewerError
from antiphon_nb_convert.viewer.providers.local import local_provider
from antiphon_nb_convert.viewer.providers.provider import Elsewhere, File, Found, Listing


@pytest.fixture
def root(tmp_path: Path) -> Path:
    inside = tmp_path / "notebooks"
    for folder in (inside / "deep" / "deeper", inside / ".hidden", inside / "_private", tmp_path / "notebooks-secret"):
        folder.mkdir(parents=True)
    for name in ("b.ipynb", "A.ipynb", "picture.png", ".secret.ipynb", "_draft.ipynb", "deep/a b.ipynb", "12:30.ipynb"):
        (inside / name).write_bytes(b"{}")
    (inside / ".hidden" / "a.ipynb").write_bytes(b"{}")
    (tmp_path / "notebooks-secret" / "s.ipynb").write_bytes(b"{}")
    (tmp_path / "outside.ipynb").write_bytes(b"{}")
    (inside / "out.ipynb").symlink_to(tmp_path / "outside.ipynb")
    (inside / "sibling").symlink_to(tmp_path / "notebooks-secret")
    (inside / "shown.ipynb").symlink_to(inside / ".secret.ipynb")
    (inside / "in.ipynb").symlink_to(inside / "b.ipynb")
    (inside / "gone.ipynb").symlink_to(inside / "nothing")
    (inside / "loop").symlink_to(inside / "loop")
    (inside / os.fsdecode(b"caf\xe9.ipynb")).write_bytes(b"{}")  # no address can name it
    os.mkfifo(inside / "pipe.ipynb")
    return inside


def found(folders: dict[str, Path], *parts: str, folder: bool = False, max_bytes: int = 1000) -> Found:
    provider = local_provider({name: str(path) for name, path in folders.items()}, max_bytes)
    return asyncio.run(provider.find(Place("local", parts, folder), False))  # type: ignore[arg-type]


def test_a_folder(root: Path) -> None:
    listing = found({"": root}, folder=True)
    assert isinstance(listing, Listing)
    names = [(entry.name, entry.kind, entry.address) for entry in listing.entries]
    assert names == [
        ("deep", "folder", "/local/deep/"),
        ("12:30.ipynb", "notebook", "/local/12:30.ipynb"),
        ("A.ipynb", "notebook", "/local/A.ipynb"),
        ("b.ipynb", "notebook", "/local/b.ipynb"),
        ("in.ipynb", "notebook", "/local/in.ipynb"),
        ("picture.png", "file", "/local/picture.png"),
    ]
    deeper = found({"": root}, "deep", "deeper", folder=True)
    assert isinstance(deeper, Listing) and list(deeper.entries) == []
    assert [(crumb.text, crumb.address) for crumb in deeper.crumbs] == [
        ("notebooks", "/local/"),
        ("deep", "/local/deep/"),
        ("deeper", ""),
    ]


def test_files(root: Path) -> None:
    for parts in (("b.ipynb",), ("deep", "a b.ipynb"), ("in.ipynb",), ("12:30.ipynb",)):
        file = found({"": root}, *parts)
        assert isinstance(file, File) and file.data == b"{}" and file.name == parts[-1]


def test_a_folder_ends_with_a_slash(root: Path) -> None:
    assert found({"": root}, "deep") == Elsewhere("/local/deep/")
    assert found({"": root}) == Elsewhere("/local/")


@pytest.mark.parametrize(
    "parts",
    [
        ("..",),
        ("..", "outside.ipynb"),
        ("deep", "..", "..", "outside.ipynb"),
        ("deep", "..", "b.ipynb"),
        ("../outside.ipynb",),
        ("deep/../../outside.ipynb",),
        (".",),
        ("", "etc", "passwd"),
        ("/etc/passwd",),
        ("b.ipynb\0.png",),
        ("a" * 5000,),
        ("\udcff",),
        ("../notebooks-secret/s.ipynb",),
        ("sibling", "s.ipynb"),
        ("sibling",),
        ("out.ipynb",),
        ("shown.ipynb",),
        ("gone.ipynb",),
        ("loop",),
        ("loop", "x"),
        ("pipe.ipynb",),
        (".hidden", "a.ipynb"),
        (".secret.ipynb",),
        ("_draft.ipynb",),
        ("_private",),
        ("nothing.ipynb",),
        ("b.ipynb", "x"),
    ],
)
def test_what_is_not_there(root: Path, parts: tuple[str, ...]) -> None:
    with pytest.raises(NotFound):
        found({"": root}, *parts)
    with pytest.raises(NotFound):
        found({"one": root, "two": root}, "one", *parts)


def test_a_root_may_be_a_link_and_have_a_hidden_name(root: Path) -> None:
    hidden = root.parent / ".books"
    hidden.symlink_to(root / ".hidden")
    assert isinstance(found({"": hidden}, "a.ipynb"), File)


def test_several_folders(root: Path) -> None:
    folders = {"one": root, "two": root / "deep"}
    listing = found(folders, folder=True)
    assert isinstance(listing, Listing)
    assert [entry.address for entry in listing.entries] == ["/local/one/", "/local/two/"]
    assert isinstance(found(folders, "two", "a b.ipynb"), File)
    for parts in (("b.ipynb",), ("three", "b.ipynb"), ("..", "b.ipynb")):
        with pytest.raises(NotFound):
            found(folders, *parts)


def test_no_folders() -> None:
    with pytest.raises(NotFound, match="no local folders"):
        found({}, folder=True)


def test_sizes(root: Path) -> None:
    (root / "large.ipynb").write_bytes(b"x" * 1001)
    with pytest.raises(TooLarge):
        found({"": root}, "large.ipynb")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="who may read everything is refused nothing")
def test_what_may_not_be_read(root: Path) -> None:
    (root / "b.ipynb").chmod(0)
    with pytest.raises(Forbidden):
        found({"": root}, "b.ipynb")


def test_errors_name_no_places_of_this_machine(root: Path) -> None:
    for parts in (("nothing",), ("..", "x"), ("sibling",)):
        with pytest.raises(ViewerError) as raised:
            found({"": root}, *parts)
        assert str(root) not in str(raised.value)
