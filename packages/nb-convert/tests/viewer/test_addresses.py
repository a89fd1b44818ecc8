from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_nb_convert.errors import ConversionError
from antiphon_nb_convert.viewer.addresses import (
    GistPlace,
    GithubPlace,
    Page,
    Place,
    gist_place,
    github_place,
    parse,
    pasted,
    url_place,
)
from antiphon_nb_convert.viewer.errors import BadAddress

GIST = "0123456789abcdef0123456789abcdef"
REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("path", "query", "page"),
    [
        ("/url/example.org/a%20b.ipynb", "", Page(Place("url", ("example.org", "a b.ipynb")))),
        ("/format/slides/gist/me/123456", "", Page(Place("gist", ("me", "123456")), "slides")),
        ("/github/a/b/tree/feature%2Fx/", "", Page(Place("github", ("a", "b", "tree", "feature/x"), True))),
        ("/local/", "", Page(Place("local", (), True))),
        ("/local", "", Page(Place("local"))),
        ("/urls/h/p", "a=1&download&b=2&flush_cache=1", Page(Place("urls", ("h", "p"), query="a=1&b=2"))),
    ],
)
def test_pages(path: str, query: str, page: Page) -> None:
    assert parse(path, query) == page
    assert parse(page.place.address(page.to), page.place.query) == page


@pytest.mark.parametrize("path", ["/", "", "//x", "/format/", "/format/pdf", "/url/%ff", "/url/h/a%0db"])
def test_what_is_no_page(path: str) -> None:
    with pytest.raises(BadAddress):
        parse(path)


@pytest.mark.parametrize(
    ("path", "url", "name"),
    [
        ("/url/example.org/a/b.ipynb", "http://example.org/a/b.ipynb", "b.ipynb"),
        ("/urls/example.org:443/b%20c.ipynb", "https://example.org:443/b%20c.ipynb", "b c.ipynb"),
        ("/urls/example.org/b.ipynb/%3Fa=1&b=%2Fc/d", "https://example.org/b.ipynb?a=1&b=/c/d", "b.ipynb"),
        ("/urls/example.org/%3Fid=7", "https://example.org/?id=7", "example.org"),
        ("/urls/example.org/folder/", "https://example.org/folder/", "folder"),
        ("/urls/example.org", "https://example.org/", "example.org"),
        ("/urls/example.org/a%2Fb.ipynb", "https://example.org/a%2Fb.ipynb", "a/b.ipynb"),
        ("/urls/example.org/%E2%82%AC.ipynb", "https://example.org/%E2%82%AC.ipynb", "€.ipynb"),
        ("/urls/b%C3%BCcher.example/x", "https://xn--bcher-kva.example/x", "x"),
        ("/url/[::1]/x", "http://[::1]/x", "x"),
    ],
)
def test_addresses_of_the_web(path: str, url: str, name: str) -> None:
    place = url_place(parse(path).place)
    assert (place.url, place.name) == (url, name)


def test_a_query_may_stand_where_queries_stand() -> None:
    assert (
        url_place(parse("/urls/h.example/a.ipynb", "token=x&download").place).url == "https://h.example/a.ipynb?token=x"
    )


@pytest.mark.parametrize(
    "path",
    [
        "/url/",
        "/url",
        "/url/user:secret@example.org/x",
        "/url/exam ple.org/x",
        "/url/example.org%2Fx/y",
        "/url/example.org%5C@evil/y",
        "/url/example.org/a/../b",
        "/url/example.org/a/%2e%2e/b",
        "/url/example.org/a%2F..%2Fb",
        "/url/example.org:99999999/x",
        "/url/%3Fx/y",
        "/url/" + "a" * 300 + "é/x",
    ],
)
def test_addresses_that_are_refused(path: str) -> None:
    with pytest.raises(BadAddress):
        url_place(parse(path).place)


def test_a_long_host_is_read_in_time() -> None:
    with pytest.raises(BadAddress):
        url_place(Place("url", ("a" * 100_000 + "!",)))


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (f"/gist/{GIST}", GistPlace("", GIST)),
        ("/gist/123456", GistPlace("", "123456")),
        (f"/gist/me/{GIST}", GistPlace("me", GIST)),
        (f"/gist/me/{GIST}/{REVISION}", GistPlace("me", GIST, REVISION)),
        (f"/gist/me/{GIST}/{REVISION}/a.ipynb", GistPlace("me", GIST, REVISION, "a.ipynb")),
        (f"/gist/me/{GIST}/a%20b.ipynb", GistPlace("me", GIST, "", "a b.ipynb")),
        (f"/gist/me/{GIST}/files/a.ipynb", GistPlace("me", GIST, "", "a.ipynb")),
        ("/gist/me/", GistPlace("me")),
    ],
)
def test_gists(path: str, place: GistPlace) -> None:
    assert gist_place(parse(path).place) == place


@pytest.mark.parametrize("path", ["/gist/", "/gist/a b/", "/gist/me/nothex", "/gist/../123456"])
def test_what_is_no_gist(path: str) -> None:
    with pytest.raises(BadAddress):
        gist_place(parse(path).place)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/github/a/", GithubPlace("a")),
        ("/github/a/b", GithubPlace("a", "b")),
        ("/github/a/b/branches", GithubPlace("a", "b", "branches")),
        ("/github/a/b/tree/main/", GithubPlace("a", "b", "tree", "main")),
        ("/github/a/b/tree/main/x/y/", GithubPlace("a", "b", "tree", "main", ("x", "y"))),
        ("/github/a/b/blob/f%2Fx/y.ipynb", GithubPlace("a", "b", "blob", "f/x", ("y.ipynb",))),
    ],
)
def test_github(path: str, place: GithubPlace) -> None:
    assert github_place(parse(path).place) == place


@pytest.mark.parametrize(
    "path",
    [
        "/github/",
        "/github/a b/",
        "/github/a/b/issues/1",
        "/github/a/b/blob/main",
        "/github/a/b/tree/",
        "/github/a/b/tree/main/../../c",
        "/github/a/b/tree/..%2F..%2Fusers/x",
        "/github/../b",
    ],
)
def test_what_is_not_on_github(path: str) -> None:
    with pytest.raises(BadAddress):
        github_place(parse(path).place)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("http://example.org/a b.ipynb", "/url/example.org/a%20b.ipynb"),
        (" https://example.org/a%20b.ipynb ", "/urls/example.org/a%20b.ipynb"),
        ("https://example.org/a.ipynb?x=1&y=%2F", "/urls/example.org/a.ipynb/%3Fx=1&y=%252F"),
        ("example.org/a.ipynb", "/urls/example.org/a.ipynb"),
        ("https://github.com/a/b/blob/main/x/y z.ipynb", "/github/a/b/blob/main/x/y%20z.ipynb"),
        ("https://github.com/a/b/blob/main/y.ipynb#L3", "/github/a/b/blob/main/y.ipynb"),
        ("https://github.com/a/b/raw/refs/heads/main/y.ipynb", "/github/a/b/blob/main/y.ipynb"),
        ("https://www.github.com/a/b/tree/main/x", "/github/a/b/tree/main/x/"),
        ("https://github.com/a/b.git", "/github/a/b/"),
        ("https://github.com/a/b/", "/github/a/b/"),
        ("https://github.com/a", "/github/a/"),
        ("https://raw.githubusercontent.com/a/b/main/y.ipynb", "/github/a/b/blob/main/y.ipynb"),
        ("https://raw.githubusercontent.com/a/b/refs/heads/main/y.ipynb", "/github/a/b/blob/main/y.ipynb"),
        (f"https://gist.github.com/me/{GIST}", f"/gist/me/{GIST}"),
        (f"https://gist.github.com/{GIST}#file-a-ipynb", f"/gist/{GIST}"),
        (f"https://gist.github.com/me/{GIST}/{REVISION}", f"/gist/me/{GIST}/{REVISION}"),
        (
            f"https://gist.githubusercontent.com/me/{GIST}/raw/{REVISION}/a.ipynb",
            f"/gist/me/{GIST}/{REVISION}/a.ipynb",
        ),
        ("https://gist.github.com/me", "/gist/me/"),
        ("https://www.dropbox.com/s/abc/a.ipynb?dl=0", "/urls/dl.dropboxusercontent.com/s/abc/a.ipynb"),
        (
            "https://www.dropbox.com/scl/fi/abc/a.ipynb?rlkey=k&dl=0",
            "/urls/www.dropbox.com/scl/fi/abc/a.ipynb/%3Frlkey=k&dl=1",
        ),
        ("https://huggingface.co/a/b/blob/main/x/y/z.ipynb", "/urls/huggingface.co/a/b/resolve/main/x/y/z.ipynb"),
        (
            "https://huggingface.co/datasets/a/b/blob/main/z.ipynb",
            "/urls/huggingface.co/datasets/a/b/resolve/main/z.ipynb",
        ),
        ("https://gitlab.com/g/s/p/-/blob/main/x/z.ipynb", "/urls/gitlab.com/g/s/p/-/raw/main/x/z.ipynb"),
        ("https://bitbucket.org/a/b/src/main/z.ipynb", "/urls/bitbucket.org/a/b/raw/main/z.ipynb"),
        ("https://colab.research.google.com/github/a/b/blob/main/z.ipynb", "/github/a/b/blob/main/z.ipynb"),
        ("https://nbviewer.org/github/a/b/blob/main/z.ipynb", "/github/a/b/blob/main/z.ipynb"),
        ("https://nbviewer.jupyter.org/format/slides/urls/h/z.ipynb", "/format/slides/urls/h/z.ipynb"),
        ("https://nbviewer.org//evil.example/x", "/evil.example/x"),
        ("https://nbviewer.org/\\evil.example/x", "/%5Cevil.example/x"),
        ("a/b", "/github/a/b/"),
        ("somebody", "/github/somebody/"),
        (GIST, f"/gist/{GIST}"),
        ("1234567", "/gist/1234567"),
        ("/github/a/b/", "/github/a/b/"),
        ("gist/me/123456", "/gist/me/123456"),
    ],
)
def test_what_people_paste(text: str, path: str) -> None:
    assert pasted(text) == path
    parse(path)  # and it is a page


@pytest.mark.parametrize(
    "text",
    ["", "  ", "ftp://x/y", "file:///etc/passwd", "javascript:alert(1)", "a b c", "http://", "http://u:p@h/x", "x\ny"],
)
def test_what_cannot_be_pasted(text: str) -> None:
    with pytest.raises(BadAddress):
        pasted(text)


@given(st.text(max_size=80))
def test_any_text_is_a_page_or_an_error(text: str) -> None:
    try:
        path = pasted(text)
    except ConversionError as error:
        assert "\n" not in str(error).replace(text, "")
        return
    assert path.startswith("/") and not path.startswith("//") and path.isascii()


@given(st.lists(st.text(min_size=1, max_size=12), max_size=5), st.booleans())
def test_a_place_comes_back_from_its_address(parts: list[str], folder: bool) -> None:
    place = Place("github", tuple(parts), folder or not parts)
    try:
        assert parse(place.path).place == place
    except (BadAddress, UnicodeEncodeError):
        assert any(ord(sign) < 32 or ord(sign) == 127 or "\ud800" <= sign <= "\udfff" for sign in "".join(parts))


@given(st.text(max_size=60))
def test_an_address_of_the_web_stays_at_its_host(text: str) -> None:
    from urllib.parse import quote, urlsplit

    try:
        place = url_place(parse("/urls/host.example/" + quote(text, errors="replace")).place)
    except BadAddress:
        return
    assert urlsplit(place.url).hostname == "host.example"
    assert ".." not in urlsplit(place.url).path.split("/")
