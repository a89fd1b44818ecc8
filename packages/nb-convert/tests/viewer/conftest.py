"""Another side of the web, on real sockets of this machine: names that look public lead there, and it may misbehave."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, NamedTuple

import pytest

PUBLIC = "93.184.215.14"


class Asked(NamedTuple):
    """A request that has come."""

    path: str
    headers: dict[str, str]


Answer = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


class Upstream:
    """Answers by path; what is not there is 404. `names` are what names mean; others are at a public address."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.names: dict[str, list[str]] = {}
        self.asked: list[Asked] = []
        self.looked_up: list[str] = []
        self.reached: list[str] = []
        self.port = 0
        self.tls_port = 0
        self.released = threading.Event()  # ends those that stall
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._started = threading.Event()

    async def lookup(self, host: str, port: int) -> list[str]:
        """As `guard.Lookup`."""
        self.looked_up.append(host)
        if host.replace(".", "").isdigit() or ":" in host:
            return [host]
        if host.endswith(".missing"):
            raise OSError("no such host")
        return self.names.get(host, [PUBLIC])

    def reach(self, address: str, port: int) -> tuple[str, int]:
        """As `guard.Reach`."""
        self.reached.append(address)
        return "127.0.0.1", self.tls_port if port == 443 and self.tls_port else self.port

    def says(self, path: str, data: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> None:
        """An ordinary answer; `length` is what it says about its size."""
        size = len(data) if length is None else length
        head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {size}", *headers, "", ""]).encode()

        async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
            writer.write(head + data)

        self.answers[path] = answer

    def redirects(self, path: str, target: str, status: int = 302) -> None:
        """To another address."""
        self.says(path, b"", f"Location: {target}", status=f"{status} Elsewhere")

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        assert self._started.wait(30)

    def stop(self) -> None:
        """End all of it."""
        self.released.set()
        if not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)

    def _run(self) -> None:
        self._stop = asyncio.Event()
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            asked = Asked(head[0].split(" ")[1], headers)
            self.asked.append(asked)
            answer = self.answers.get(asked.path)
            if answer is None:
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            else:
                await answer(asked, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the viewer has heard enough
        finally:
            writer.close()


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    made = Upstream()
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def stalling(upstream: Upstream) -> Callable[[bytes], Answer]:
    """An answer that says something and then nothing, until the test ends."""

    def made(said: bytes) -> Answer:
        async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
            writer.write(said)
            await writer.drain()
            await asyncio.to_thread(upstream.released.wait, 60)

        return answer

    return made


@pytest.fixture
def ipynb() -> Callable[..., bytes]:
    """The file of a notebook with this prose and code."""

    def made(prose: str = "# Title", code: str = "1 + 1", **metadata: Any) -> bytes:
        cells = [
            {"cell_type": "markdown", "id": "m", "metadata": {}, "source": prose},
            {
                "cell_type": "code",
                "id": "c",
                "metadata": metadata,
                "source": code,
                "execution_count": 1,
                "outputs": [{"output_type": "stream", "name": "stdout", "text": "said\n"}],
            },
        ]
        return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()

    return made
