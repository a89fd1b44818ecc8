"""The server, driven over HTTP; the other side is on real sockets too."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import html5lib
import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPResponse
from tornado.httpserver import HTTPServer

from antiphon_nb_convert.errors import ConversionError
from antiphon_nb_convert.policy import Policy
from antiphon_nb_convert.viewer.application import application, bound
from antiphon_nb_convert.viewer.rendering import render_url
from antiphon_nb_convert.viewer.settings import Fetching, GitHub, ViewerSettings, Work
from antiphon_nb_convert.viewer.viewer import Viewer, open_viewer

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
SETTINGS = ViewerSettings(
    policy=Policy(max_bytes=1_000_000),
    fetching=Fetching(max_bytes=1_000_000, seconds=60, fresh_seconds=0),
    work=Work(1, seconds=60),
    github=GitHub("http://api.example", "http://raw.example", ""),
)
HOSTILE = """<script>alert(1)</script><img src=x onerror=alert(2)>[x](javascript:alert(3))<svg onload=alert(4)>

<iframe srcdoc="<script>alert(5)</script>"></iframe><form action="https://evil.example"><input></form>"""
Get = Callable[..., Awaitable[HTTPResponse]]


class Server:
    """A viewer that listens, and a client of it."""

    def __init__(self, viewer: Viewer, port: int) -> None:
        self.viewer = viewer
        self.port = port
        self._client = AsyncHTTPClient(force_instance=True)

    async def get(self, path: str, **more: Any) -> HTTPResponse:
        """The answer; redirects are not followed."""
        more = {"follow_redirects": False, "request_timeout": 100, **more}
        return await self._client.fetch(f"http://localhost:{self.port}{path}", raise_error=False, **more)

    def close(self) -> None:
        self._client.close()


@asynccontextmanager
async def serving(upstream: Any, settings: ViewerSettings = SETTINGS) -> AsyncIterator[Server]:
    viewer = open_viewer(settings, lookup=upstream.lookup, reach=upstream.reach)
    socket = bound("127.0.0.1", 0)
    listening = HTTPServer(application(viewer))
    listening.add_socket(socket)
    server = Server(viewer, socket.getsockname()[1])
    try:
        yield server
    finally:
        server.close()
        listening.stop()
        await listening.close_all_connections()
        await viewer.close()


def driven(upstream: Any, use: Callable[[Server], Awaitable[None]], settings: ViewerSettings = SETTINGS) -> None:
    async def run() -> None:
        async with serving(upstream, settings) as server:
            await use(server)

    asyncio.run(run())


def answers(upstream: Any, *paths: str, settings: ViewerSettings = SETTINGS, **more: Any) -> list[HTTPResponse]:
    found: list[HTTPResponse] = []

    async def use(server: Server) -> None:
        found.extend([await server.get(path, **more) for path in paths])

    driven(upstream, use, settings)
    return found


def line(response: HTTPResponse) -> str:
    """What an error page says."""
    found = re.search(r'class="error-line">([^<]*)<', response.body.decode())
    assert found is not None, response.body
    return found[1]


def scripts(page: str) -> list[str]:
    root = html5lib.parse(page, namespaceHTMLElements=False)
    return [element.text or "" for element in root.iter("script")]


def is_harmless(page: str) -> bool:
    root = html5lib.parse(page, namespaceHTMLElements=False)
    for element in root.iter():
        names = {str(name).lower() for name in element.attrib}
        links = [str(value) for name, value in element.attrib.items() if name in ("href", "src", "action")]
        if element.tag in ("iframe", "object", "embed") or any(name.startswith("on") for name in names):
            return False
        if any(link.lower().startswith("javascript") for link in links):
            return False
    return True


# -- pages -------------------------------------------------------------------------------------------------------------


def test_a_notebook_of_the_web(upstream: Any, ipynb: Callable[..., bytes]) -> None:
    upstream.says("/x/a%20b.ipynb", ipynb(f"# Title\n\n{HOSTILE}\n\n![](fig.png)"), "Content-Type: text/plain")
    (response,) = answers(upstream, "/url/nb.example/x/a%20b.ipynb")
    page = response.body.decode()
    assert response.code == 200 and response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<h1 id="Title">' in page and "said" in page and "<title>a b</title>" in page
    assert scripts(page) == [] and is_harmless(page)
    assert 'src="fig.png"' in page  # and it is fetched by us, see below
    assert 'href="/format/script/url/nb.example/x/a%20b.ipynb"' in page
    assert 'href="/format/notebook/url/nb.example/x/a%20b.ipynb?download"' in page
    assert 'href="/format/pdf/url/nb.example/x/a%20b.ipynb?download"' in page
    assert 'href="http://nb.example/x/a%20b.ipynb"' in page
    assert "/format/slides/" not in page


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/url/nb.example/a.ipynb", "/local/", "/url/10.0.0.1/x", "/robots.txt"]
)
def test_every_answer_keeps_the_rules(upstream: Any, ipynb: Callable[..., bytes], tmp_path: Path, path: str) -> None:
    upstream.says("/a.ipynb", ipynb())
    (response,) = answers(upstream, path, settings=SETTINGS._replace(folders={"": str(tmp_path)}))
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy and "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "Server" not in response.headers and "Set-Cookie" not in response.headers
    assert b"<script" not in response.body


def test_the_function_gives_the_page_of_the_server(upstream: Any, ipynb: Callable[..., bytes]) -> None:
    from antiphon_nb_convert.viewer import blocking

    upstream.says("/a.ipynb", ipynb(HOSTILE))
    (response,) = answers(upstream, "/url/nb.example/a.ipynb")
    page = response.body.decode()
    start, end = page.index("\n<style>\n.antiphon-bar"), page.index("</header>")
    bare = page[:start] + page[end + len("</header>") :]
    assert 'href="#content">' in page[page.index("<body>") : start]  # what skips the bar stands before it

    async def use() -> str:
        wanted = render_url("http://nb.example/a.ipynb", Policy(), lookup=upstream.lookup, reach=upstream.reach)
        made = await wanted
        # the other face, where a loop already runs
        again = blocking.render_url("http://nb.example/a.ipynb", lookup=upstream.lookup, reach=upstream.reach)
        assert (again.content, again.extension, again.mimetype) == (made.content, ".html", "text/html")
        return str(made.content)

    made = asyncio.run(use())
    assert bare.replace("\n", "") == made.replace("\n", "")
    plain = blocking.render_url("http://nb.example/a.ipynb", to="script", lookup=upstream.lookup, reach=upstream.reach)
    assert plain.extension == ".py" and "1 + 1" in str(plain.content)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://127.0.0.1/a.ipynb", "not a public address"),
        ("http://nb.example/folder", "nothing is there"),
        ("http://nb.example/page", "not a notebook, but a web page"),
        ("http://nb.example:81/", "port 81"),
        ("/local/", "no local folders"),
        ("what is this?", "neither an address"),
    ],
)
def test_the_function_refuses_as_the_server_does(upstream: Any, url: str, text: str) -> None:
    upstream.says("/page", b"<!doctype html><title>x</title>")
    with pytest.raises(ConversionError, match=text):
        asyncio.run(render_url(url, lookup=upstream.lookup, reach=upstream.reach))


def test_slides_run_our_scripts_alone(upstream: Any, ipynb: Callable[..., bytes]) -> None:
    upstream.says("/a.ipynb", ipynb(HOSTILE, slideshow={"slide_type": "slide"}))
    page, deck = answers(upstream, "/url/nb.example/a.ipynb", "/format/slides/url/nb.example/a.ipynb")
    assert b'href="/format/slides/url/nb.example/a.ipynb"' in page.body
    policy = deck.headers["Content-Security-Policy"]
    allowed = re.search(r"script-src ([^;]*);", policy)
    assert allowed is not None and "unsafe" not in allowed[1]
    found = scripts(deck.body.decode())
    digests = ["'sha256-" + base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() + "'" for one in found]
    assert len(found) == 2 and digests == allowed[1].split()
    assert "connect-src" not in policy and "default-src 'none'" in policy


def test_other_formats(upstream: Any, ipynb: Callable[..., bytes]) -> None:
    data = ipynb()
    upstream.says("/a.ipynb", data)
    paths = [f"/format/{name}/url/nb.example/a.ipynb" for name in ("script", "pdf", "notebook", "cleaned")]
    script, pdf, notebook, cleaned = answers(upstream, *paths)
    assert script.headers["Content-Type"] == "text/plain; charset=utf-8" and b"1 + 1" in script.body
    assert pdf.headers["Content-Type"] == "application/pdf" and pdf.body.startswith(b"%PDF")
    assert notebook.body == data and "attachment" in notebook.headers["Content-Disposition"]
    assert json.loads(cleaned.body)["cells"][1]["outputs"] == []
    for response in (script, pdf, notebook, cleaned):
        assert "sandbox" in response.headers["Content-Security-Policy"]


def test_downloads(upstream: Any, ipynb: Callable[..., bytes]) -> None:
    upstream.says("/%E2%82%AC%22;x=%0A.ipynb".replace("%0A", ""), ipynb())
    place = "/url/nb.example/%E2%82%AC%22;x=.ipynb"
    shown, saved = answers(upstream, f"/format/script{place}", f"/format/script{place}?download")
    assert "Content-Disposition" not in shown.headers
    said = saved.headers["Content-Disposition"]
    assert said == "attachment; filename=\"___x_.py\"; filename*=UTF-8''%E2%82%AC%22%3Bx%3D.py"
    assert upstream.asked[-1].path == "/%E2%82%AC%22;x=.ipynb"  # the word is ours, and is not sent on


def test_a_result_of_several_files_is_an_archive(
    upstream: Any, ipynb: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = {"image/png": base64.b64encode(PNG).decode()}
    notebook = json.loads(ipynb())
    notebook["cells"][1]["outputs"] = [{"output_type": "display_data", "data": picture, "metadata": {}}]
    upstream.says("/a.ipynb", json.dumps(notebook).encode())
    (response,) = answers(upstream, "/format/markdown/url/nb.example/a.ipynb")
    assert response.headers["Content-Type"] == "application/zip"
    names = ZipFile(BytesIO(response.body)).namelist()
    assert names[0] == "a.md" and names[1].endswith(".png")


def test_pictures_beside_a_notebook_are_what_they_are(upstream: Any) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    upstream.says("/fig.png", PNG, "Content-Type: text/html")
    upstream.says("/fig.svg", svg, "Content-Type: text/html")
    upstream.says("/lie.png", b"<!doctype html><script>alert(1)</script>", "Content-Type: image/png")
    upstream.says("/program", b"MZ\0\0", "Content-Type: image/png")
    png, drawing, lie, program = answers(
        upstream, *(f"/url/nb.example/{name}" for name in ("fig.png", "fig.svg", "lie.png", "program"))
    )
    assert (png.code, png.headers["Content-Type"], png.body) == (200, "image/png", PNG)
    assert drawing.headers["Content-Type"] == "image/svg+xml"
    assert "sandbox;" in drawing.headers["Content-Security-Policy"]
    assert lie.code == 400 and line(lie) == "lie.png: not a notebook, but a web page"
    assert program.code == 400 and "a binary file" in line(program)  # no proxy for anything


def test_queries_of_the_other_address(upstream: Any, ipynb: Callable[..., bytes]) -> None:
    upstream.says("/a.ipynb?v=1&w=/x", ipynb())
    first, second = answers(upstream, "/url/nb.example/a.ipynb/%3Fv=1&w=%2Fx", "/url/nb.example/a.ipynb?v=1&w=/x")
    assert first.code == second.code == 200
    assert b'href="/format/script/url/nb.example/a.ipynb?v=1&amp;w=/x"' in second.body


# -- what goes wrong ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "code", "text"),
    [
        ("/nothing", 404, "no such page"),
        ("/url/nb.example/nothing", 404, "nothing is there"),
        ("/format/nothing/url/nb.example/a", 404, "no format"),
        ("/format/pdf/", 404, "no such page"),
        ("/url/", 400, "name of a host"),
        ("/url/nb.example/%ff", 400, "not UTF-8"),
        ("/url/nb.example/%00", 400, "control characters"),
        ("/url/nb.example/a/%2e%2e/b", 400, "without . and .."),
        ("/url/nb.example/" + "a" * 9000, 400, "8,000 characters"),
        ("/url/10.0.0.1/", 403, "not a public address"),
        ("/url/[::1]/", 403, "not a public address"),
        ("/url/inner.example/", 403, "not a public address"),
        ("/url/nb.example:22/", 403, "port 22"),
        ("/url/nb.example/inside", 403, "not a public address"),
        ("/url/nb.example/empty", 400, "an empty file"),
        ("/url/nb.example/json", 400, "it does not tell its nbformat"),
        ("/url/nb.example/broken", 400, "not JSON"),
        ("/url/nb.example/deep", 400, "nested deeper"),
        ("/url/nb.example/large", 413, "more than 1,000,000 bytes"),
        ("/url/nb.example/failed", 502, "answers 500"),
        ("/url/nb.example/off", 502, "broken off"),
        ("/url/host.missing/", 502, "no such host"),
        ("/go?q=", 400, "an address is needed"),
        ("/go?q=ftp://x/y", 400, "only http and https"),
        ("/local/", 404, "no local folders"),
        ("/url/nb.example/%3Cscript%3Ealert(1)%3C/script%3E", 404, "nothing is there"),
        ("/<script>alert(1)</script>", 404, "no such page"),
        ("/github/%3Cscript%3E/", 400, "not a name on GitHub"),
    ],
)
def test_errors_are_pages_with_one_line(upstream: Any, path: str, code: int, text: str) -> None:
    upstream.names["inner.example"] = ["169.254.169.254"]
    upstream.redirects("/inside", "http://inner.example/latest")
    upstream.says("/empty", b"")
    upstream.says("/json", b'{"a": 1}')
    upstream.says("/broken", b'{"cells": [')
    upstream.says("/deep", b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}")
    upstream.says("/large", b"x" * 1_000_001)
    upstream.says("/failed", b"", status="500 Broken")
    upstream.says("/off", b"{", length=100)
    (response,) = answers(upstream, path)
    assert response.code == code and text in line(response).replace("&#39;", "'")
    assert response.headers["Cache-Control"] == "no-store" and b"Traceback" not in response.body
    page = response.body.decode()
    assert scripts(page) == [] and is_harmless(page)
    html5lib.HTMLParser(strict=True).parse(page)


def test_an_upstream_that_stalls(upstream: Any, stalling: Callable[[bytes], Any]) -> None:
    upstream.answers["/a"] = stalling(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
    quick = SETTINGS._replace(fetching=SETTINGS.fetching._replace(seconds=0.5))
    (response,) = answers(upstream, "/url/nb.example/a", settings=quick)
    assert response.code == 504 and "not there within 0.5 seconds" in line(response)


def test_a_notebook_that_takes_too_long(upstream: Any, ipynb: Callable[..., bytes]) -> None:
    upstream.says("/a.ipynb", ipynb())
    impatient = SETTINGS._replace(policy=SETTINGS.policy._replace(seconds=0.001))
    (response,) = answers(upstream, "/url/nb.example/a.ipynb", settings=impatient)
    assert response.code == 504 and "not rendered within" in line(response)


def test_more_than_can_be_done(upstream: Any, ipynb: Callable[..., bytes]) -> None:
    """The only process is busy and nobody may wait: who comes is told to come again, and then gets it."""
    upstream.says("/a.ipynb", ipynb())

    async def use(server: Server) -> None:
        free = server.viewer._workers._free
        busy = await free.get()
        refused = await server.get("/url/nb.example/a.ipynb")
        assert refused.code == 503 and "too many notebooks" in line(refused)
        assert int(refused.headers["Retry-After"]) >= 1
        assert (await server.get("/")).code == 200
        free.put_nowait(busy)
        assert (await server.get("/url/nb.example/a.ipynb")).code == 200

    driven(upstream, use, SETTINGS._replace(work=Work(1, waiting=0, seconds=60)))


def test_methods(upstream: Any) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        (response,) = answers(upstream, "/", method=method, allow_nonstandard_methods=True)
        assert response.code == 405 and "only read" in line(response)
    head, get = (answers(upstream, "/", method=method)[0] for method in ("HEAD", "GET"))
    assert head.body == b"" and head.headers["Content-Length"] == get.headers["Content-Length"]


def test_names_of_the_server(upstream: Any) -> None:
    """A stranger's name that was made to lead here is not ours: its pages may not read what we show."""
    named = SETTINGS._replace(hosts=("localhost", "127.0.0.1", "::1"))
    for host, code in (
        ("localhost", 200),
        ("localhost:8787", 200),
        ("127.0.0.1", 200),
        ("[::1]:80", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
    ):
        (response,) = answers(upstream, "/", settings=named, headers={"Host": host})
        assert response.code == code


def test_the_viewer_does_not_show_itself(upstream: Any) -> None:
    (response,) = answers(upstream, "/url/nb.example/a", headers={"Via": "1.1 antiphon-view"})
    assert response.code == 403 and upstream.asked == []


# -- caches ------------------------------------------------------------------------------------------------------------


def test_equal_requests_are_fetched_and_rendered_once(
    upstream: Any, ipynb: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    upstream.says("/a.ipynb", ipynb(), 'ETag: "1"')
    says, all_there = upstream.answers["/a.ipynb"], threading.Event()

    async def answer(asked: Any, writer: asyncio.StreamWriter) -> None:
        await asyncio.to_thread(all_there.wait, 60)
        await says(asked, writer)

    upstream.answers["/a.ipynb"] = answer

    async def use(server: Server) -> None:
        rendered = []
        found = []
        find = server.viewer.find

        def counted(*words: Any) -> Any:
            found.append(words)
            if len(found) == 8:
                asyncio.get_running_loop().call_soon(all_there.set)
            return find(*words)

        monkeypatch.setattr(server.viewer, "find", counted)
        workers = server.viewer._workers
        really = workers.render

        async def render(job: Any) -> Any:
            rendered.append(job.to)
            return await really(job)

        monkeypatch.setattr(workers, "render", render)
        first = await asyncio.gather(*(server.get("/url/nb.example/a.ipynb") for _ in range(8)))
        assert len({response.body for response in first}) == 1
        assert len(upstream.asked) == 1 and rendered == ["html"]
        before = len(upstream.asked)
        again = await server.get("/url/nb.example/a.ipynb")
        assert again.body == first[0].body and rendered == ["html"]
        assert [asked.headers.get("if-none-match") for asked in upstream.asked[before:]] == ['"1"']
        upstream.says("/a.ipynb", ipynb("# Other"), 'ETag: "2"')
        changed = await server.get("/url/nb.example/a.ipynb")
        assert b"Other" in changed.body and rendered == ["html", "html"]  # what has changed is seen at once
        same = await server.get("/url/nb.example/a.ipynb", headers={"If-None-Match": changed.headers["Etag"]})
        assert same.code == 304 and same.body == b""
        asked = len(upstream.asked)
        await server.get("/url/nb.example/a.ipynb?flush_cache")
        assert "if-none-match" not in upstream.asked[asked].headers

    driven(upstream, use)


# -- other places ------------------------------------------------------------------------------------------------------


def test_local_trees(upstream: Any, ipynb: Callable[..., bytes], tmp_path: Path) -> None:
    inside = tmp_path / "in"
    (inside / "deep").mkdir(parents=True)
    (inside / "a.ipynb").write_bytes(ipynb("[b](deep/b.ipynb)"))
    (inside / "deep" / "b.ipynb").write_bytes(ipynb())
    (inside / "fig.png").write_bytes(PNG)
    (inside / "data.html").write_bytes(b"<script>alert(1)</script>")
    (inside / "broken.ipynb").write_bytes(b"none")
    (inside / ".secret").write_bytes(b"secret")
    (tmp_path / "outside.ipynb").write_bytes(ipynb())
    settings = SETTINGS._replace(folders={"": str(inside)})

    async def use(server: Server) -> None:
        front, listing = await server.get("/"), await server.get("/local/")
        assert b'href="/local/"' in front.body
        for shown in (b'href="/local/a.ipynb"', b'href="/local/deep/"', b'href="/local/fig.png"'):
            assert shown in listing.body
        assert b"secret" not in listing.body
        page = await server.get("/local/a.ipynb")
        assert b'href="deep/b.ipynb"' in page.body
        picture, data = await server.get("/local/fig.png"), await server.get("/local/data.html")
        assert picture.headers["Content-Type"] == "image/png"
        assert data.headers["Content-Type"] == "application/octet-stream"
        assert data.headers["Content-Disposition"].startswith("attachment")
        broken = await server.get("/local/broken.ipynb")
        assert broken.code == 400 and "broken.ipynb: not a notebook, but a text file" in line(broken)
        assert (await server.get("/format/slides/local/deep")).headers["Location"] == "/format/slides/local/deep/"
        assert (await server.get("/localfile/deep/b.ipynb")).headers["Location"] == "/local/deep/b.ipynb"
        for path in (
            "/local/.secret",
            "/local/%2e%2e/outside.ipynb",
            "/local/..%2foutside.ipynb",
            "/local//etc/passwd",
        ):
            assert (await server.get(path)).code == 404

    driven(upstream, use, settings)


def test_gists_and_repositories(upstream: Any, ipynb: Callable[..., bytes]) -> None:
    gist = {"owner": {"login": "me"}, "files": {"a.ipynb": {"content": ipynb().decode()}}, "html_url": "javascript:x"}
    upstream.says("/gists/0123456789abcdef0123", json.dumps(gist).encode())
    upstream.says("/repos/me/a/contents/?ref=main", b'[{"name": "<b>.ipynb", "type": "file"}]')

    async def use(server: Server) -> None:
        short = await server.get("/0123456789abcdef0123")
        assert short.headers["Location"] == "/gist/0123456789abcdef0123"
        moved = await server.get("/format/slides/gist/0123456789abcdef0123?flush_cache=1")
        assert moved.headers["Location"] == "/format/slides/gist/me/0123456789abcdef0123/a.ipynb?flush_cache=1"
        page = await server.get("/gist/me/0123456789abcdef0123/a.ipynb")
        assert page.code == 200 and b"Title" in page.body and is_harmless(page.body.decode())
        tree = await server.get("/github/me/a/tree/main/")
        assert b"&lt;b&gt;.ipynb" in tree.body and b"<b>" not in tree.body
        html5lib.HTMLParser(strict=True).parse(tree.body.decode())

    driven(upstream, use)


def test_what_is_pasted(upstream: Any) -> None:
    text = "https%3A//github.com/a/b/blob/main/x%2520y.ipynb"
    go, front = answers(upstream, f"/go?q={text}", "/")
    assert go.headers["Location"] == "/github/a/b/blob/main/x%20y.ipynb"
    html5lib.HTMLParser(strict=True).parse(front.body.decode())


# -- what the owner may allow ------------------------------------------------------------------------------------------


def test_pictures_of_other_hosts(upstream: Any, ipynb: Callable[..., bytes]) -> None:
    upstream.says("/a.ipynb", ipynb("![](https://pictures.example/x.png)"))
    for policy in (SETTINGS.policy, SETTINGS.policy._replace(may_fetch=True)):
        (response,) = answers(upstream, "/url/nb.example/a.ipynb", settings=SETTINGS._replace(policy=policy))
        allowed = "https:" in response.headers["Content-Security-Policy"]
        assert allowed == policy.may_fetch == (b'src="https://pictures.example/x.png"' in response.body)


def test_trusted_notebooks_have_no_origin(upstream: Any, ipynb: Callable[..., bytes]) -> None:
    upstream.says("/a.ipynb", ipynb("<script>alert(1)</script>"))
    trusting = SETTINGS._replace(policy=SETTINGS.policy._replace(trusted=True))
    page, front = answers(upstream, "/url/nb.example/a.ipynb", "/", settings=trusting)
    policy = page.headers["Content-Security-Policy"]
    assert "sandbox allow-scripts" in policy and "allow-same-origin" not in policy and "default-src 'none'" in policy
    assert scripts(page.body.decode()) == ["alert(1)"]
    assert "script-src" not in front.headers["Content-Security-Policy"]


def test_a_provider_of_somebody_else(
    upstream: Any, monkeypatch: pytest.MonkeyPatch, ipynb: Callable[..., bytes]
) -> None:
    import importlib.metadata

    from antiphon_nb_convert.viewer.providers.provider import ENTRY_POINT, File, Provider

    def shelf(fetch: Any, settings: ViewerSettings) -> Provider:
        async def find(place: Any, anew: bool) -> File:
            return File("a.ipynb", ipynb(f"# Of the shelf {place.parts[0]}"))

        return Provider(find)

    class Point:
        name = "shelf"

        def load(self) -> Any:
            return shelf

    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [Point()] if group == ENTRY_POINT else [])
    (response,) = answers(upstream, "/shelf/seven")
    assert b"Of the shelf seven" in response.body
