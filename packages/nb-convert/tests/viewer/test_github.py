"""GitHub and its gists, as their API answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from antiphon_nb_convert.viewer.addresses import parse
from antiphon_nb_convert.viewer.errors import BadAddress, NotFound, UpstreamFailed
from antiphon_nb_convert.viewer.fetching import Fetcher
from antiphon_nb_convert.viewer.providers.gist import gist_provider
from antiphon_nb_convert.viewer.providers.github import github_provider, token_headers
from antiphon_nb_convert.viewer.providers.provider import Elsewhere, File, Found, Listing
from antiphon_nb_convert.viewer.settings import Fetching, GitHub

GIST = "0123456789abcdef0123"
REVISION = "0123456789abcdef0123456789abcdef01234567"
HTTP = GitHub("http://api.example", "http://raw.example", "http://media.example/media")


def found(upstream: Any, path: str, github: GitHub = HTTP) -> Found:
    async def run() -> Found:
        fetcher = Fetcher(Fetching(fresh_seconds=0), lookup=upstream.lookup, reach=upstream.reach)
        make = gist_provider if path.startswith("/gist") else github_provider
        try:
            return await make(fetcher.fetch, github).find(parse(path).place, False)
        finally:
            await fetcher.close()

    return asyncio.run(run())


def says(upstream: Any, path: str, value: object) -> None:
    upstream.says(path, json.dumps(value).encode(), "Content-Type: application/json")


def test_repositories_of_somebody(upstream: Any) -> None:
    repos = [{"name": "a", "description": "about a"}, {"name": "b", "description": None}, "x", {"name": 1}]
    says(upstream, "/users/me/repos?sort=updated&per_page=100", repos)
    listing = found(upstream, "/github/me/")
    assert isinstance(listing, Listing)
    told = [(entry.name, entry.address, entry.note) for entry in listing.entries]
    assert told == [("a", "/github/me/a/", "about a"), ("b", "/github/me/b/", "")]


def test_a_repository_leads_to_its_branch(upstream: Any) -> None:
    says(upstream, "/repos/me/a", {"default_branch": "feature/x"})
    assert found(upstream, "/github/me/a/") == Elsewhere("/github/me/a/tree/feature%2Fx/")


def test_folders(upstream: Any) -> None:
    told = [
        {"name": "z.ipynb", "type": "file", "html_url": "https://github.com/me/a/blob/main/z.ipynb"},
        {"name": "a.txt", "type": "file", "html_url": "https://github.com/me/a/blob/main/a.txt"},
        {"name": "sub dir", "type": "dir"},
        {"name": "link.ipynb", "type": "symlink"},
        {"name": "module", "type": "submodule", "html_url": None},
    ]
    says(upstream, "/repos/me/a/contents/?ref=main", told)
    listing = found(upstream, "/github/me/a/tree/main/")
    assert isinstance(listing, Listing)
    assert [(entry.name, entry.kind, entry.address) for entry in listing.entries] == [
        ("sub dir", "folder", "/github/me/a/tree/main/sub%20dir/"),
        ("link.ipynb", "notebook", "/github/me/a/blob/main/link.ipynb"),
        ("z.ipynb", "notebook", "/github/me/a/blob/main/z.ipynb"),
        ("a.txt", "file", "https://github.com/me/a/blob/main/a.txt"),
        ("module", "file", ""),
        ("branches", "other", "/github/me/a/branches"),
        ("tags", "other", "/github/me/a/tags"),
    ]
    says(upstream, "/repos/me/a/contents/sub%20dir?ref=main", [])
    below = found(upstream, "/github/me/a/tree/main/sub%20dir/")
    assert isinstance(below, Listing) and [crumb.address for crumb in below.crumbs] == [
        "/github/me/",
        "/github/me/a/tree/main/",
        "",
    ]
    says(upstream, "/repos/me/a/contents/z.ipynb?ref=main", {"name": "z.ipynb", "type": "file"})
    assert found(upstream, "/github/me/a/tree/main/z.ipynb") == Elsewhere("/github/me/a/blob/main/z.ipynb")


def test_branches(upstream: Any) -> None:
    says(upstream, "/repos/me/a/branches?per_page=100", [{"name": "main"}, {"name": "f/x"}])
    listing = found(upstream, "/github/me/a/branches")
    assert isinstance(listing, Listing)
    assert [entry.address for entry in listing.entries] == ["/github/me/a/tree/main/", "/github/me/a/tree/f%2Fx/"]


def test_files_come_raw(upstream: Any) -> None:
    upstream.says("/me/a/main/x%20y/z.ipynb", b"{}")
    file = found(upstream, "/github/me/a/blob/main/x%20y/z.ipynb")
    assert isinstance(file, File) and file.data == b"{}" and file.name == "z.ipynb"
    assert upstream.asked[0].headers["host"] == "raw.example"
    assert "authorization" not in upstream.asked[0].headers
    with pytest.raises(NotFound):
        found(upstream, "/github/me/a/blob/main/other.ipynb")


def test_large_files(upstream: Any) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    upstream.says("/me/a/main/z.ipynb", pointer)
    upstream.says("/media/me/a/main/z.ipynb", b'{"large": 1}')
    file = found(upstream, "/github/me/a/blob/main/z.ipynb")
    assert isinstance(file, File) and file.data == b'{"large": 1}'


def test_another_github_is_asked_by_its_api(upstream: Any) -> None:
    own = GitHub("http://git.example/api/v3", "", "", "secret")
    upstream.says("/api/v3/repos/me/a/contents/x/z.ipynb?ref=main", b"{}")
    file = found(upstream, "/github/me/a/blob/main/x/z.ipynb", own)
    assert isinstance(file, File) and file.source == "http://git.example/me/a/blob/main/x/z.ipynb" and not file.binder
    assert upstream.asked[0].headers["accept"] == "application/vnd.github.raw+json"
    assert upstream.asked[0].headers["authorization"] == "Bearer secret"


def test_the_token_goes_to_github_alone() -> None:
    github = GitHub(token="secret")
    assert token_headers(github, "https://raw.githubusercontent.com/a/b/c")
    assert token_headers(github, "https://gist.githubusercontent.com/a/b/raw/c")
    for url in (
        "https://evil.example/raw.githubusercontent.com",
        "https://raw.githubusercontent.com.evil.example/",
        "https://raw.githubusercontent.com@evil.example/",
        "http://raw.githubusercontent.com/a",
        "",
    ):
        assert token_headers(github, url) == {}
    assert token_headers(GitHub(), "https://raw.githubusercontent.com/a") == {}
    assert "secret" not in repr(github)


def gist(**files: dict[str, Any]) -> dict[str, Any]:
    return {
        "owner": {"login": "me"},
        "description": "about",
        "html_url": "https://gist.github.com/me/x",
        "files": files,
    }


def test_a_gist_of_one_notebook(upstream: Any) -> None:
    answer = gist(**{"a b.ipynb": {"content": '{"a": "€"}'}, "readme.md": {"content": "x"}})
    says(upstream, f"/gists/{GIST}", answer)
    says(upstream, f"/gists/{GIST}/{REVISION}", answer)
    assert found(upstream, f"/gist/{GIST}") == Elsewhere(f"/gist/me/{GIST}/a%20b.ipynb")
    assert found(upstream, f"/gist/{GIST}/{REVISION}") == Elsewhere(f"/gist/me/{GIST}/{REVISION}/a%20b.ipynb")
    assert found(upstream, f"/gist/other/{GIST}/a%20b.ipynb") == Elsewhere(f"/gist/me/{GIST}/a%20b.ipynb")
    file = found(upstream, f"/gist/me/{GIST}/a%20b.ipynb")
    assert isinstance(file, File) and file.data == '{"a": "€"}'.encode()
    with pytest.raises(NotFound, match=r"no file 'c\.ipynb'"):
        found(upstream, f"/gist/me/{GIST}/c.ipynb")


def test_a_gist_of_several(upstream: Any) -> None:
    says(upstream, f"/gists/{GIST}", gist(**{"b.ipynb": {}, "a.ipynb": {}, "c.txt": {}}))
    listing = found(upstream, f"/gist/{GIST}")
    assert isinstance(listing, Listing)
    assert [entry.name for entry in listing.entries] == ["a.ipynb", "b.ipynb", "c.txt"]
    assert listing.entries[0].address == f"/gist/me/{GIST}/a.ipynb"


def test_a_large_file_of_a_gist_comes_raw(upstream: Any) -> None:
    file = {"truncated": True, "content": "{", "raw_url": "http://raw.example/r/a.ipynb"}
    says(upstream, f"/gists/{GIST}", gist(**{"a.ipynb": file}))
    upstream.says("/r/a.ipynb", b'{"whole": 1}')
    whole = found(upstream, f"/gist/me/{GIST}/a.ipynb")
    assert isinstance(whole, File) and whole.data == b'{"whole": 1}'


def test_a_gist_does_not_lead_inside(upstream: Any) -> None:
    file = {"truncated": True, "content": "{", "raw_url": "file:///etc/passwd"}
    says(upstream, f"/gists/{GIST}", gist(**{"a.ipynb": file}))
    with pytest.raises(Exception, match="only http and https"):
        found(upstream, f"/gist/me/{GIST}/a.ipynb")


def test_gists_of_somebody(upstream: Any) -> None:
    told = [
        {"id": GIST, "description": "", "files": {"a.ipynb": {}, "b.txt": {}}},
        {"id": "other", "description": "text", "files": {"b.txt": {}}},
    ]
    says(upstream, "/users/me/gists?per_page=100", told)
    listing = found(upstream, "/gist/me/")
    assert isinstance(listing, Listing)
    assert [(entry.name, entry.address) for entry in listing.entries] == [("a.ipynb, b.txt", f"/gist/me/{GIST}")]


@pytest.mark.parametrize("answer", [b"", b"<html>", b"\xff", b"[" * 200_000])
def test_answers_that_are_none(upstream: Any, answer: bytes) -> None:
    upstream.says(f"/gists/{GIST}", answer)
    with pytest.raises(UpstreamFailed, match="not understood"):
        found(upstream, f"/gist/{GIST}")


@pytest.mark.parametrize("answer", [None, [], {}, {"files": []}, {"files": {"a": 1}}, {"owner": 1, "files": {"a": {}}}])
def test_answers_of_other_shapes(upstream: Any, answer: object) -> None:
    """Nothing, or an error with a line; no mistake of ours."""
    says(upstream, f"/gists/{GIST}", answer)
    says(upstream, "/users/me/gists?per_page=100", answer)
    for path in (f"/gist/{GIST}", "/gist/me/", f"/gist/anonymous/{GIST}/a"):
        try:
            found(upstream, path)
        except (NotFound, UpstreamFailed, BadAddress) as error:
            assert str(error)
