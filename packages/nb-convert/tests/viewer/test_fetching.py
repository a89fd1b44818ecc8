"""What an upstream may do to us, on real sockets."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antiphon_nb_convert.viewer.errors import Busy, Forbidden, NotFound, TooLarge, TooSlow, UpstreamFailed, ViewerError
from antiphon_nb_convert.viewer.fetching import Fetched, Fetcher
from antiphon_nb_convert.viewer.settings import Fetching

SMALL = Fetching(max_bytes=100_000, seconds=30, fresh_seconds=0)


def fetched(
    upstream: Any, *urls: str, settings: Fetching = SMALL, headers: dict[str, str] | None = None
) -> list[Fetched]:
    """One after the other, by one fetcher."""

    async def run() -> list[Fetched]:
        fetcher = Fetcher(settings, lookup=upstream.lookup, reach=upstream.reach)
        try:
            return [await fetcher.fetch(url, headers) for url in urls]
        finally:
            await fetcher.close()

    return asyncio.run(run())


def error_of(upstream: Any, url: str, settings: Fetching = SMALL) -> ViewerError:
    with pytest.raises(ViewerError) as raised:
        fetched(upstream, url, settings=settings)
    assert "\n" not in str(raised.value)
    return raised.value


def test_content_comes_as_it_is(upstream: Any) -> None:
    upstream.says("/a.ipynb", b"{}", "Content-Type: application/json; charset=utf-8", 'ETag: "1"')
    (found,) = fetched(upstream, "http://nb.example/a.ipynb")
    assert (found.data, found.kind, found.etag, found.url) == (
        b"{}",
        "application/json",
        '"1"',
        "http://nb.example/a.ipynb",
    )
    (asked,) = upstream.asked
    assert asked.headers["host"] == "nb.example"
    assert "authorization" not in asked.headers and "cookie" not in asked.headers and "referer" not in asked.headers


# -- where it may lead -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://inner.example/",
        "http://both.example/",
        "//inner.example/secret",
        "http://nb.example:22/",
        "http://nb.example:8080/",
        "http://user:secret@nb.example/",
        "file:///etc/passwd",
        "gopher://nb.example/_",
        "ftp://nb.example/",
        "javascript:alert(1)",
    ],
)
def test_redirects_are_addresses_like_the_first(upstream: Any, target: str) -> None:
    upstream.names |= {"inner.example": ["192.168.0.7"], "both.example": ["93.184.215.14", "10.0.0.1"]}
    upstream.redirects("/a", "http://nb.example/b")
    upstream.redirects("/b", target)
    assert isinstance(error_of(upstream, "http://nb.example/a"), ViewerError)
    assert isinstance(error_of(upstream, "http://nb.example/b"), Forbidden)
    assert [asked.path for asked in upstream.asked] == ["/a", "/b", "/b"]  # nobody else was connected to
    assert set(upstream.reached) == {"93.184.215.14"}


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://[::ffff:10.0.0.1]/", "http://inner.example/", "http://nb.example:81/"]
)
def test_addresses_are_looked_at_first(upstream: Any, url: str) -> None:
    upstream.names["inner.example"] = ["169.254.169.254"]
    assert isinstance(error_of(upstream, url), Forbidden)
    assert upstream.asked == [] and upstream.reached == []


def test_a_name_is_asked_for_once_for_each_connection(upstream: Any) -> None:
    """Its second answer, the one that leads inside, is looked at next time; it is never connected to."""
    answers = [["93.184.215.14"], ["127.0.0.1"]]

    async def lookup(host: str, port: int) -> list[str]:
        upstream.looked_up.append(host)
        return answers.pop(0)

    upstream.says("/a", b"one")

    async def run() -> None:
        fetcher = Fetcher(SMALL, lookup=lookup, reach=upstream.reach)
        try:
            assert (await fetcher.fetch("http://nb.example/a")).data == b"one"
            assert upstream.looked_up == ["nb.example"] and upstream.reached == ["93.184.215.14"]
            with pytest.raises(Forbidden):
                await fetcher.fetch("http://nb.example/a")
            assert upstream.reached == ["93.184.215.14"]
        finally:
            await fetcher.close()

    asyncio.run(run())


def test_ports_and_private_networks_that_are_allowed(upstream: Any) -> None:
    upstream.names["inner.example"] = ["10.1.0.7"]
    upstream.says("/a", b"inside")
    allowed = SMALL._replace(ports=(80, 8080), networks=("10.1.0.0/16",))
    assert fetched(upstream, "http://inner.example:8080/a", settings=allowed)[0].data == b"inside"


def test_redirects_are_followed(upstream: Any) -> None:
    for number, status in enumerate((301, 302, 303, 307, 308)):
        upstream.redirects(f"/{number}", f"{number + 1}?x=1#y" if number < 4 else "/end", status)
        upstream.answers[f"/{number}?x=1"] = upstream.answers[f"/{number}"]
    upstream.says("/end", b"there")
    (found,) = fetched(upstream, "http://nb.example/0")
    assert (found.data, found.url) == (b"there", "http://nb.example/end")


def test_redirects_end(upstream: Any) -> None:
    upstream.redirects("/a", "/a")
    assert "redirected more than 5 times" in str(error_of(upstream, "http://nb.example/a"))
    assert len(upstream.asked) == 6


def test_secrets_stay_with_their_host(upstream: Any) -> None:
    upstream.redirects("/a", "/b")
    upstream.redirects("/b", "http://other.example/c")
    upstream.redirects("/c", "http://nb.example/d")
    upstream.says("/d", b"")
    fetched(upstream, "http://nb.example/a", headers={"Authorization": "Bearer secret", "Accept": "x/y"})
    assert [asked.headers.get("authorization") for asked in upstream.asked] == [
        "Bearer secret",
        "Bearer secret",
        None,
        None,
    ]
    assert {asked.headers["accept"] for asked in upstream.asked} == {"x/y"}


def test_the_name_stays_in_tls(upstream: Any, tmp_path: Path) -> None:
    """The connection goes to the checked address; certificate and SNI are for the name, and are checked."""
    import ssl

    words = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=nb.example -addext subjectAltName=DNS:nb.example"
    )
    try:
        subprocess.run(
            [*words.split(), "-keyout", "key.pem", "-out", "cert.pem"], cwd=tmp_path, check=True, capture_output=True
        )
    except FileNotFoundError:
        pytest.skip("no openssl here makes certificates")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    named = []
    context.sni_callback = lambda connection, name, _: named.append(name)
    listening = threading.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        server = await asyncio.start_server(upstream._answer, "127.0.0.1", 0, ssl=context)
        upstream.tls_port = server.sockets[0].getsockname()[1]
        upstream.end_tls = asyncio.Event()
        listening.set()
        await upstream.end_tls.wait()
        server.close()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run)
    thread.start()
    assert listening.wait(30)
    try:
        upstream.says("/a", b"safe")
        trusting = SMALL._replace(ca_file=str(tmp_path / "cert.pem"))
        assert fetched(upstream, "https://nb.example/a", settings=trusting)[0].data == b"safe"
        assert named == ["nb.example"] and upstream.asked[0].headers["host"] == "nb.example"
        assert "certificate" in str(error_of(upstream, "https://other.example/a", trusting))  # another's certificate
        assert "certificate" in str(error_of(upstream, "https://nb.example/a"))  # that nobody vouches for
        assert len(upstream.asked) == 1
    finally:
        loop.call_soon_threadsafe(upstream.end_tls.set)
        thread.join(30)


# -- what it may say ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers", "error", "text"),
    [
        ("404 Not Found", (), NotFound, "nothing is there"),
        ("410 Gone", (), NotFound, "nothing is there"),
        ("401 Unauthorized", (), Forbidden, "does not show it"),
        ("403 Forbidden", (), Forbidden, "does not show it"),
        ("403 Forbidden", ("X-RateLimit-Remaining: 0", "Retry-After: 17"), Busy, "asked too often"),
        ("429 Too Many", (), Busy, "asked too often"),
        ("500 Broken", (), UpstreamFailed, "answers 500"),
        ("503 Later", (), UpstreamFailed, "answers 503"),
        ("206 Partial", (), UpstreamFailed, "answers 206"),
        ("302 Nowhere", (), UpstreamFailed, "answers 302"),
        ("304 Same", (), UpstreamFailed, "answers 304"),
    ],
)
def test_statuses(upstream: Any, status: str, headers: tuple[str, ...], error: type[ViewerError], text: str) -> None:
    upstream.says("/a", b"" if status.startswith("304") else b"body", *headers, status=status)
    raised = error_of(upstream, "http://nb.example/a")
    assert type(raised) is error and text in str(raised)
    if "Retry-After: 17" in headers:
        assert raised.retry_after == 17


def test_a_host_that_is_not_there(upstream: Any) -> None:
    assert "no such host" in str(error_of(upstream, "http://host.missing/"))


def test_a_port_where_nobody_listens(upstream: Any) -> None:
    upstream.reach = lambda address, port: ("127.0.0.1", 1)
    assert isinstance(error_of(upstream, "http://nb.example/"), UpstreamFailed)


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"]
)
def test_an_upstream_that_stalls(upstream: Any, stalling: Callable[[bytes], Any], said: bytes) -> None:
    upstream.answers["/a"] = stalling(said)
    begun = time.monotonic()
    assert type(error_of(upstream, "http://nb.example/a", SMALL._replace(seconds=0.5))) is TooSlow
    assert time.monotonic() - begun < 20  # it would stall for 60


def test_the_time_is_for_all_redirects(upstream: Any) -> None:
    async def slow(asked: Any, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.4)
        writer.write(b"HTTP/1.1 302 Elsewhere\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n")

    upstream.answers["/a"] = slow
    assert type(error_of(upstream, "http://nb.example/a", SMALL._replace(seconds=0.9, redirects=1000))) is TooSlow
    assert len(upstream.asked) <= 3


def test_a_name_that_is_looked_up_for_ever(upstream: Any) -> None:
    async def lookup(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    upstream.lookup = lookup
    assert type(error_of(upstream, "http://nb.example/", SMALL._replace(connect_seconds=0.3))) is TooSlow


def test_a_size_that_is_announced(upstream: Any) -> None:
    upstream.says("/a", b"", length=100_001)
    assert type(error_of(upstream, "http://nb.example/a")) is TooLarge
    upstream.says("/b", b"", length=10**15)
    assert type(error_of(upstream, "http://nb.example/b")) is TooLarge


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "+5", "9" * 5000])
def test_a_size_that_is_none(upstream: Any, length: str) -> None:
    async def answer(asked: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{{}}".encode())

    upstream.answers["/a"] = answer
    assert isinstance(error_of(upstream, "http://nb.example/a"), (UpstreamFailed, TooLarge))


@pytest.mark.parametrize("extra", [1, 50_000, 10_000_000])
@pytest.mark.parametrize("chunked", [True, False])
def test_a_size_that_is_not_announced(upstream: Any, extra: int, chunked: bool) -> None:
    """More than the limit, and no more is read than that."""
    sent = 0

    async def answer(asked: Any, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n" + (b"Transfer-Encoding: chunked\r\n\r\n" if chunked else b"\r\n"))
        left = SMALL.max_bytes + extra
        while left:
            part = min(left, 10_000)
            writer.write(b"%x\r\n" % part + b"x" * part + b"\r\n" if chunked else b"x" * part)
            await writer.drain()
            sent += part
            left -= part
        if chunked:
            writer.write(b"0\r\n\r\n")

    upstream.answers["/a"] = answer
    assert type(error_of(upstream, "http://nb.example/a")) is TooLarge
    upstream.stop()
    assert extra < 10**6 or sent < extra


def test_exactly_the_limit(upstream: Any) -> None:
    upstream.says("/a", b"x" * SMALL.max_bytes)
    assert len(fetched(upstream, "http://nb.example/a")[0].data) == SMALL.max_bytes


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200",
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\0\0\0\0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
    ],
)
def test_what_breaks_off_or_is_no_http(upstream: Any, said: bytes) -> None:
    async def answer(asked: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(said)

    upstream.answers["/a"] = answer
    error = error_of(upstream, "http://nb.example/a", SMALL._replace(seconds=10))
    # older tornados wait for more after an empty line of rubbish, as long as they may
    assert isinstance(error, (UpstreamFailed, TooSlow)) and (said.startswith(b"\0") or type(error) is UpstreamFailed)


def test_packed_content(upstream: Any) -> None:
    upstream.says("/gzip", gzip.compress(b"one"), "Content-Encoding: gzip")
    upstream.says("/two", gzip.compress(b"one") + gzip.compress(b"two"), "Content-Encoding: GZIP")
    upstream.says("/deflate", zlib.compress(b"one"), "Content-Encoding: deflate")
    upstream.says("/identity", b"one", "Content-Encoding: identity")
    names = ("gzip", "two", "deflate", "identity")
    found = fetched(upstream, *(f"http://nb.example/{name}" for name in names))
    assert [one.data for one in found] == [b"one", b"onetwo", b"one", b"one"]


def test_a_gzip_bomb(upstream: Any) -> None:
    import tracemalloc

    settings = SMALL._replace(max_bytes=1_000_000)
    bomb = gzip.compress(b"0" * 500_000_000, 9)
    assert len(bomb) < settings.max_bytes
    upstream.says("/bomb", bomb, "Content-Encoding: gzip")
    upstream.says("/many", gzip.compress(b"0" * 100_000, 9) * 1000, "Content-Encoding: gzip")
    tracemalloc.start()
    try:
        assert type(error_of(upstream, "http://nb.example/bomb", settings)) is TooLarge
        assert type(error_of(upstream, "http://nb.example/many", settings)) is TooLarge
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("packing", "data", "text"),
    [
        ("gzip", b"{}", "not packed as it says"),
        ("gzip", gzip.compress(b"x" * 1000)[:-9], "broken off"),
        ("br", b"{}", "not asked for"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"{}")), "not asked for"),
    ],
)
def test_packing_that_lies(upstream: Any, packing: str, data: bytes, text: str) -> None:
    upstream.says("/a", data, f"Content-Encoding: {packing}")
    assert text in str(error_of(upstream, "http://nb.example/a"))


# -- asked once, and again ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "condition", "value"),
    [
        ('ETag: W/"1"', "if-none-match", 'W/"1"'),
        ("Last-Modified: Sat, 21 Nov 2026 08:00:00 GMT", "if-modified-since", "Sat, 21 Nov 2026 08:00:00 GMT"),
    ],
)
def test_what_is_kept_is_asked_for_again(upstream: Any, mark: str, condition: str, value: str) -> None:
    state = [b"one"]

    async def answer(asked: Any, writer: asyncio.StreamWriter) -> None:
        if asked.headers.get(condition) == value and state == [b"one"]:
            writer.write(b"HTTP/1.1 304 Same\r\n\r\n")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\n%s\r\nContent-Length: 3\r\n\r\n%s" % (mark.encode(), state[-1]))

    upstream.answers["/a"] = answer

    async def run() -> None:
        fetcher = Fetcher(SMALL, lookup=upstream.lookup, reach=upstream.reach)
        try:
            assert (await fetcher.fetch("http://nb.example/a")).data == b"one"
            assert (await fetcher.fetch("http://nb.example/a")).data == b"one"
            assert [condition in asked.headers for asked in upstream.asked] == [False, True]
            state.append(b"two")
            assert (await fetcher.fetch("http://nb.example/a")).data == b"two"  # never stale
            assert (await fetcher.fetch("http://nb.example/a", anew=True)).data == b"two"
            assert [condition in asked.headers for asked in upstream.asked[2:]] == [True, False]
        finally:
            await fetcher.close()

    asyncio.run(run())


def test_what_is_fresh_is_not_asked_for_again(upstream: Any) -> None:
    upstream.says("/a", b"one")
    fetched(upstream, *["http://nb.example/a"] * 3, settings=SMALL._replace(fresh_seconds=600))
    assert len(upstream.asked) == 1
    fetched(upstream, *["http://nb.example/a"] * 3)
    assert len(upstream.asked) == 4


def test_equal_requests_are_made_once(upstream: Any) -> None:
    go = threading.Event()

    async def answer(asked: Any, writer: asyncio.StreamWriter) -> None:
        await asyncio.to_thread(go.wait, 30)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none")

    upstream.answers["/a"] = upstream.answers["/b"] = answer

    async def run() -> None:
        fetcher = Fetcher(SMALL, lookup=upstream.lookup, reach=upstream.reach)
        try:
            urls = ["http://nb.example/a"] * 10 + ["http://nb.example/b"]
            waiting = [asyncio.ensure_future(fetcher.fetch(url)) for url in urls]
            while len(upstream.asked) < 2:
                await asyncio.sleep(0.01)
            go.set()
            assert {found.data for found in await asyncio.gather(*waiting)} == {b"one"}
            assert sorted(asked.path for asked in upstream.asked) == ["/a", "/b"]
        finally:
            go.set()
            await fetcher.close()

    asyncio.run(run())


def test_too_many_at_once(upstream: Any, stalling: Callable[[bytes], Any]) -> None:
    upstream.answers["/a"] = stalling(b"")
    settings = SMALL._replace(at_once=1, connect_seconds=0.3)

    async def run() -> None:
        fetcher = Fetcher(settings, lookup=upstream.lookup, reach=upstream.reach)
        try:
            first = asyncio.ensure_future(fetcher.fetch("http://nb.example/a"))
            while not upstream.asked:
                await asyncio.sleep(0.01)
            with pytest.raises(Busy) as raised:
                await fetcher.fetch("http://nb.example/b")
            assert raised.value.retry_after
            upstream.released.set()
            with pytest.raises(UpstreamFailed, match="broken off"):
                await first
        finally:
            await fetcher.close()

    asyncio.run(run())


def test_errors_are_not_kept(upstream: Any) -> None:
    assert isinstance(error_of(upstream, "http://nb.example/a"), NotFound)
    upstream.says("/a", b"one")
    settings = SMALL._replace(fresh_seconds=600)
    assert fetched(upstream, "http://nb.example/a", settings=settings)[0].data == b"one"
