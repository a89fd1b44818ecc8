"""`Fetcher`: content of an address of the web, by the rules of `guard`, within sizes and times, and asked for again.

Every redirect is an address like the first. Nothing is read beyond the limit, packed or unpacked. What was fetched is
kept with the other side's mark of its version, and that side is asked whether it still holds.
"""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias
from urllib.parse import urljoin, urlunsplit

from tornado.httpclient import HTTPClientError, HTTPRequest, HTTPResponse
from tornado.httputil import HTTPHeaders, HTTPInputError
from tornado.iostream import UnsatisfiableReadError
from tornado.simple_httpclient import HTTPTimeoutError, SimpleAsyncHTTPClient

from .cache import Bounded, Once
from .errors import Busy, Forbidden, NotFound, TooLarge, TooSlow, UpstreamFailed, ViewerError
from .guard import GuardedResolver, Lookup, Reach, checked, system_lookup
from .settings import Fetching

AGENT = "antiphon-view"
_SLACK = 65536  # what tornado may read beyond the limit, so that it is told here and not there
_REDIRECTS = (301, 302, 303, 307, 308)
_SECRETS = ("authorization", "cookie")


class Fetched(NamedTuple):
    """What was at an address. `url` is where it was in the end, `at` when it was last known to hold (monotonic)."""

    url: str
    data: bytes
    kind: str = ""
    etag: str = ""
    modified: str = ""
    at: float = 0.0


Key: TypeAlias = "tuple[str, tuple[tuple[str, str], ...]]"


class Fetcher:
    """One client of HTTP with its cache. `lookup` and `reach` are there for tests."""

    def __init__(
        self, settings: Fetching | None = None, *, lookup: Lookup = system_lookup, reach: Reach | None = None
    ) -> None:
        self.settings = settings or Fetching()
        resolver = GuardedResolver(networks=self.settings.networks, lookup=lookup, reach=reach)
        self._client = SimpleAsyncHTTPClient(
            force_instance=True,
            resolver=resolver,
            max_clients=self.settings.at_once,
            max_body_size=self.settings.max_bytes + _SLACK,
            max_buffer_size=self.settings.max_bytes + 2 * _SLACK,
        )
        self._kept: Bounded[Key, Fetched] = Bounded(self.settings.cache_bytes, lambda fetched: len(fetched.data))
        self._once: Once[Key, Fetched] = Once()

    async def fetch(self, url: str, headers: Mapping[str, str] | None = None, *, anew: bool = False) -> Fetched:
        """What is at an address now; with `anew`, nothing kept is used. Raises `ViewerError`."""
        checked(url, self.settings.ports)
        key = (url, tuple(sorted((headers or {}).items())))
        if anew:
            self._kept.remove(key)
        known = self._kept.get(key)
        if known is not None and time.monotonic() - known.at < self.settings.fresh_seconds:
            return known
        return await self._once.do(key, lambda: self._fetch(key, known))

    async def close(self) -> None:
        """End what is being fetched."""
        await self._once.close()
        self._client.close()

    async def _fetch(self, key: Key, known: Fetched | None) -> Fetched:
        url, given = key
        headers = dict(given)
        deadline = time.monotonic() + self.settings.seconds
        first = url
        for _ in range(self.settings.redirects + 1):
            parts = checked(url, self.settings.ports)
            asked = dict(headers)
            if known is not None and known.url == url:
                asked |= _condition(known)
            response, body = await self._get(urlunsplit(parts), asked, deadline)
            if response.code in _REDIRECTS and "Location" in response.headers:
                target = urljoin(url, response.headers["Location"])
                if checked(target, self.settings.ports)[:2] != parts[:2]:
                    headers = {name: value for name, value in headers.items() if name.lower() not in _SECRETS}
                url = target
                continue
            if response.code == 304 and known is not None and known.url == url and _condition(known):
                fetched = known._replace(at=time.monotonic())
            else:
                _check_status(response, url)
                data = await asyncio.to_thread(_unpacked, response, bytes(body), url, self.settings.max_bytes)
                fetched = Fetched(
                    url,
                    data,
                    response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
                    response.headers.get("Etag", ""),
                    response.headers.get("Last-Modified", ""),
                    time.monotonic(),
                )
            self._kept.remove(key)
            if fetched.etag or fetched.modified or self.settings.fresh_seconds > 0:
                self._kept.put(key, fetched)
            return fetched
        raise UpstreamFailed(f"{first}: redirected more than {self.settings.redirects} times")

    async def _get(self, url: str, headers: Mapping[str, str], deadline: float) -> tuple[HTTPResponse, bytearray]:
        """One request, without redirects; the body as it came."""
        limit = self.settings.max_bytes
        left = deadline - time.monotonic()
        if left <= 0:
            raise TooSlow(f"{url}: not there within {self.settings.seconds:g} seconds")
        body = bytearray()
        announced = 0
        received = 0

        def note_header(line: str) -> None:
            nonlocal announced
            name, _, value = line.partition(":")
            if name.strip().lower() == "content-length" and value.strip().isdecimal():
                announced = int(value.strip()[:18])

        def take(chunk: bytes) -> None:
            nonlocal received
            received += len(chunk)
            if received <= limit:
                body.extend(chunk)

        request = HTTPRequest(
            url,
            headers=HTTPHeaders({"Accept": "*/*", "Accept-Encoding": "gzip", "Via": f"1.1 {AGENT}", **headers}),
            user_agent=AGENT,
            connect_timeout=min(self.settings.connect_seconds, left),
            request_timeout=left,
            follow_redirects=False,
            decompress_response=False,
            header_callback=note_header,
            streaming_callback=take,
            ca_certs=self.settings.ca_file or None,
        )
        too_large = TooLarge(f"{url}: more than {limit:,} bytes")
        try:
            response = await self._client.fetch(request, raise_error=False)
        except ViewerError:
            raise
        except HTTPTimeoutError as error:
            if "queue" in str(error):
                raise Busy("too many notebooks are being fetched at once", retry_after=5) from None
            raise TooSlow(f"{url}: not there within {self.settings.seconds:g} seconds") from None
        except (HTTPClientError, HTTPInputError, OSError, UnsatisfiableReadError, ValueError) as error:
            if announced > limit or received > limit:
                raise too_large from None
            raise UpstreamFailed(f"{url}: {_reason(error)}") from None
        if announced > limit or received > limit:
            raise too_large
        return response, body


def _condition(known: Fetched) -> dict[str, str]:
    """What asks for content only if it has changed."""
    if known.etag:
        return {"If-None-Match": known.etag}
    return {"If-Modified-Since": known.modified} if known.modified else {}


def _check_status(response: HTTPResponse, url: str) -> None:
    """Raises `ViewerError` for whatever is not content."""
    code = response.code
    if code in (200, 203):
        return
    if code in (403, 429) and (response.headers.get("X-Ratelimit-Remaining") == "0" or code == 429):
        raise Busy(f"{url}: asked too often, says the other side ({code})", _seconds(response.headers))
    if code in (404, 410):
        raise NotFound(f"{url}: nothing is there ({code})")
    if code in (401, 403, 407, 451):
        raise Forbidden(f"{url}: the other side does not show it ({code})")
    raise UpstreamFailed(f"{url}: the other side answers {code}")


def _seconds(headers: HTTPHeaders) -> int:
    said = headers.get("Retry-After", "")
    if said.isdecimal():
        return min(int(said[:6]), 3600)
    until = headers.get("X-Ratelimit-Reset", "")
    return max(1, min(int(until[:12]) - int(time.time()), 3600)) if until.isdecimal() else 60


def _unpacked(response: HTTPResponse, body: bytes, url: str, limit: int) -> bytes:
    """The body without its packing; never more than `limit` bytes are made of it."""
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    if packing in ("", "identity"):
        return body
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise UpstreamFailed(f"{url}: packed in a way that was not asked for ({packing[:40]})")
    parts: list[bytes] = []
    size = 0
    while body:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
        try:
            part = unpacker.decompress(body, limit + 1 - size)
        except zlib.error:
            raise UpstreamFailed(f"{url}: not packed as it says") from None
        parts.append(part)
        size += len(part)
        if size > limit:
            raise TooLarge(f"{url}: more than {limit:,} bytes")
        if not unpacker.eof:
            raise UpstreamFailed(f"{url}: broken off")
        body = unpacker.unused_data
    return b"".join(parts)


def _reason(error: Exception) -> str:
    import ssl

    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return "no secure connection could be made"
    if isinstance(error, HTTPClientError):
        said = str(error.message or "").lower()
        return "broken off" if "clos" in said else f"not understood ({said})"
    if isinstance(error, OSError):
        return (error.strerror or str(error) or "no connection").lower()
    if isinstance(error, UnsatisfiableReadError):
        return "its headers do not end"
    return f"not understood ({error})"
