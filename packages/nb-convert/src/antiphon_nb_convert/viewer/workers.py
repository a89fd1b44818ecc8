"""`Workers`: a bounded number of processes that render, and a bounded queue before them.

A process that takes too long, or ends, is replaced; the notebook it was at gets an error, the others do not notice.
Whoever comes when the queue is full is told when to come again.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from ..errors import NotebookError
from ..policy import Policy
from . import frames
from .errors import Busy, TooSlow, ViewerError
from .settings import Work

_RESULT_LIMIT = 1 << 30  # bytes of a result
_SECRETS = ("GITHUB_API_TOKEN", "GITHUB_TOKEN")


class Job(NamedTuple):
    """A notebook, the name of its file, the format it is wanted in."""

    data: bytes
    name: str
    to: str = "html"
    template: str = ""
    policy: Policy = Policy()

    @property
    def options(self) -> tuple[str, ...]:
        """All that the result depends on beside the content."""
        return (self.name, self.to, self.template, repr(self.policy))


class Rendered(NamedTuple):
    """What was made: `scripts` are digests of those that may run in it, `slides` whether the notebook is a deck."""

    data: bytes
    extension: str
    mimetype: str
    slides: bool = False
    scripts: Sequence[str] = ()


class _Worker:
    """One process, started when it is first needed."""

    def __init__(self, work: Work, command: Sequence[str]) -> None:
        self._work = work
        self._command = command
        self._process: Process | None = None
        self._renders = 0

    async def start(self) -> Process:
        """The process. It is warm when it answers."""
        if self._process is None or self._process.returncode is not None:
            environment = {name: value for name, value in os.environ.items() if name not in _SECRETS}
            words = [*self._command, str(self._work.memory)]
            self._process = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, env=environment)
            self._renders = 0
        return self._process

    async def render(self, job: Job) -> Rendered:
        """The result. Raises `ViewerError`, `NotebookError`; then this process may have ended."""
        seconds = job.policy.seconds or self._work.seconds
        process = await self.start()
        assert process.stdin is not None and process.stdout is not None
        asked = {
            "name": job.name,
            "to": job.to,
            "template": job.template,
            "policy": job.policy._asdict(),
            "seconds": seconds,
        }
        whole = False
        try:
            async with asyncio.timeout(seconds):
                process.stdin.write(frames.packed(asked, job.data))
                await process.stdin.drain()
                header, body = await frames.receive(process.stdout, _RESULT_LIMIT)
            whole = not header.get("end")
        except TimeoutError:
            raise TooSlow(f"{job.name}: it is not rendered within {seconds:g} seconds") from None
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            raise ViewerError(
                f"{job.name}: its rendering has failed; it may need more memory than it may have"
            ) from None
        finally:
            self._renders += 1
            if not whole or self._renders >= self._work.renders:
                await self.end()
        if "error" in header:
            raise (ViewerError if header.get("ours") else NotebookError)(str(header["error"])[:1000])
        return Rendered(
            body,
            str(header["extension"]),
            str(header["mimetype"]),
            bool(header["slides"]),
            tuple(str(script) for script in header["scripts"]),
        )

    async def end(self) -> None:
        """End the process; the next notebook gets a new one."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            with suppress(ProcessLookupError):  # it has ended by itself meanwhile
                process.kill()
        # What it still says is thrown away, so that its pipes are closed when it has ended.
        await process.communicate()


class Workers:
    """Renders jobs, each in one of the processes. `command` starts one of them."""

    def __init__(self, work: Work | None = None, command: Sequence[str] = ()) -> None:
        self._work = work or Work()
        command = command or (sys.executable, "-P", "-m", f"{__package__}.worker")
        self._all = [_Worker(self._work, command) for _ in range(max(1, self._work.processes))]
        self._free: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        for worker in reversed(self._all):
            self._free.put_nowait(worker)
        self._waiting = 0
        self._usual = 1.0  # seconds of a notebook, the last ones counting most

    async def start(self) -> None:
        """Start the first process, so that the first reader need not wait for it."""
        await self._all[0].start()

    async def render(self, job: Job) -> Rendered:
        """The result. Raises `Busy` when too many wait, `ViewerError`, `NotebookError`."""
        if self._free.empty() and self._waiting >= self._work.waiting:
            turns = (self._waiting + 1) / len(self._all)
            raise Busy("too many notebooks are being rendered; try again soon", max(1, round(turns * self._usual)))
        self._waiting += 1
        try:
            worker = await self._free.get()
        finally:
            self._waiting -= 1
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            return await worker.render(job)
        finally:
            self._usual += (loop.time() - begun - self._usual) * 0.2
            self._free.put_nowait(worker)

    async def close(self) -> None:
        """End the processes."""
        await asyncio.gather(*(worker.end() for worker in self._all))
