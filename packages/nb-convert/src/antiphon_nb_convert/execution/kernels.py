"""Which kernel a notebook runs on, and a kernel that is ready to run one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import warnings
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from antiphon_wire_protocol.client.client import KernelClient
from antiphon_wire_protocol.discovery.kernelspec import (
    NATIVE,
    KernelSpec,
    KernelSpecWarning,
    find_kernelspec,
    list_kernelspecs,
)
from antiphon_wire_protocol.errors import BadKernelSpec, KernelDied, LocalProtocolError, NoSuchKernel, ProtocolError
from antiphon_wire_protocol.manager.manager import KernelManager
from antiphon_wire_protocol.message.content import KernelInfoReply

from ..conversion import Notebook
from .settings import ExecutionSettings


def choose_kernel(notebook: Notebook, asked: str | None = None) -> KernelSpec:
    """The kernel asked for; else the notebook's own; else one of its language; else ours.

    Raises `NoSuchKernel` in one line, with the names that come close.
    """
    if asked:
        return _find(asked)
    metadata = notebook["metadata"]
    own = _object(metadata.get("kernelspec"))
    name, display_name = _text(own.get("name")), _text(own.get("display_name"))
    language = (_text(own.get("language")) or _text(_object(metadata.get("language_info")).get("name"))).lower()
    problem: NoSuchKernel | None = None
    if name:
        try:
            return find_kernelspec(name)
        except NoSuchKernel as error:
            problem = error
    if not language and not name:
        return find_kernelspec(NATIVE)
    specs = _installed()
    same = [spec for spec in specs.values() if spec.language.lower() == language]
    if same:
        return min(same, key=lambda spec: (spec.display_name != display_name, spec.name != NATIVE))
    if isinstance(problem, BadKernelSpec):
        raise problem
    wanted = [repr(name)] * bool(name) + [f"for {language}"] * bool(language)
    raise NoSuchKernel(f"no kernel {', nor another '.join(wanted)}{_hint(name or language, specs)}")


class StartedKernel:
    """A kernel that answers, and a client of it. `info` is what it says of itself."""

    def __init__(self, manager: KernelManager, client: KernelClient, info: KernelInfoReply) -> None:
        self.manager = manager
        self.client = client
        self.info = info

    @property
    def name(self) -> str:
        return self.manager.spec.name

    async def close(self, now: bool = False) -> None:
        """End the kernel; `now` without asking it. Once begun it is done, even if who waits for it is cancelled."""
        await self.client.close()
        await carried_through(self.manager.shutdown(now=now))


class KernelKey(NamedTuple):
    """What has to be equal for one kernel to do in place of another."""

    command: tuple[str, ...]
    folder: str
    spec_env: tuple[tuple[str, str], ...]
    cwd: str
    env: tuple[tuple[str, str], ...]


class KernelOrder(NamedTuple):
    """What kind of kernel, where, in which environment."""

    spec: KernelSpec
    cwd: str | None = None
    env: Mapping[str, str] = {}

    @property
    def key(self) -> KernelKey:
        spec = self.spec
        return KernelKey(
            tuple(spec.argv),
            spec.resource_dir,
            tuple(sorted(spec.env.items())),
            os.path.realpath(self.cwd or os.curdir),
            tuple(sorted(self.env.items())),
        )

    async def start(self, timeout: float | None = 60.0) -> StartedKernel:
        """Start it and wait until it answers. Raises `NoSuchKernel`, `KernelDied`, `TimeoutError`, `OSError`."""
        manager = KernelManager(self.spec, cwd=self.cwd, env=self.env)
        try:
            async with asyncio.timeout(timeout):
                await manager.start()
            client = manager.client()
            await client.open()
            return StartedKernel(manager, client, await client.ready(timeout))
        except BaseException:
            with contextlib.suppress(LocalProtocolError):  # not even its process was started
                await carried_through(manager.shutdown(now=True))
            raise


async def carried_through(work: Coroutine[Any, Any, object]) -> None:
    """Wait for `work` to end, also when whoever waits is cancelled meanwhile: otherwise a process would be left."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait((task,))
        if not task.cancelled():
            task.result()
        raise


def with_arguments(spec: KernelSpec, extra: Sequence[str], ipython_hist_file: str = "") -> KernelSpec:
    """`spec` with more at the end of its command line. The history file is ipykernel's: others do not know the word."""
    words = list(extra)
    if ipython_hist_file and any("ipykernel" in word for word in spec.argv):
        words.append(f"--HistoryManager.hist_file={ipython_hist_file}")
    return msgspec.structs.replace(spec, argv=[*spec.argv, *words]) if words else spec


def start_problem(error: BaseException) -> str:
    """Why a kernel did not start, in one line."""
    if isinstance(error, OSError) and not isinstance(error, TimeoutError) and error.filename:
        return f"the kernel cannot be started: {error.filename}: {(error.strerror or str(error)).lower()}"
    if isinstance(error, TimeoutError) and not str(error):
        return "the kernel has not told its addresses in time"
    return (str(error).splitlines() or [type(error).__name__])[0]


def order_for(notebook: Notebook, settings: ExecutionSettings) -> KernelOrder:
    """The kernel that a notebook is to run on. Raises `NoSuchKernel`, as `choose_kernel` does."""
    spec = choose_kernel(notebook, settings.kernel)
    spec = with_arguments(spec, settings.extra_arguments, settings.ipython_hist_file)
    return KernelOrder(spec, settings.cwd, settings.env)


START_PROBLEMS = (NoSuchKernel, KernelDied, ProtocolError, OSError)
"""What `KernelOrder.start` may raise; `TimeoutError` is among them."""


def _find(name: str) -> KernelSpec:
    try:
        return find_kernelspec(name)
    except NoSuchKernel as error:
        specs = _installed()
        shown = [spec for spec in specs.values() if spec.display_name.lower() == name.lower()]
        if shown:
            return shown[0]
        if type(error) is NoSuchKernel:
            raise NoSuchKernel(f"no kernel {name!r}{_hint(name, specs)}") from None
        raise NoSuchKernel(f"{error}{_hint(name, specs)}") from None


def _installed() -> dict[str, KernelSpec]:
    """What can be used. That another kernelspec is broken is not this notebook's concern."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KernelSpecWarning)
        return list_kernelspecs()


def _hint(name: str, specs: Mapping[str, KernelSpec]) -> str:
    """What may have been meant, and what there is."""
    if not specs:
        return "; none is installed at all"
    from difflib import get_close_matches

    words = {
        word.lower(): spec.name for spec in specs.values() for word in (spec.language, spec.display_name, spec.name)
    }
    close = dict.fromkeys(words[word] for word in get_close_matches(name.lower(), words, n=4))
    meant = f"; did you mean {' or '.join(close)}?" if close else ""
    return f"{meant} (installed: {', '.join(sorted(specs))})"


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
