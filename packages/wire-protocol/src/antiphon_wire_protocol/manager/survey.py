"""What runs: every kernel of this user asked at once, whoever started it and whatever its language.

A kernel is asked for kernel_info on control and on shell. Who answers on control only is busy; who answers on neither,
and listens, is silent: a kernel with one thread that is busy, or one that hangs.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec

from antiphon_wire_protocol.client.client import KernelClient
from antiphon_wire_protocol.discovery.census import Census, Process, process
from antiphon_wire_protocol.discovery.connection import ConnectionInfo
from antiphon_wire_protocol.discovery.running import KernelFile, Verdict, gather, verdict
from antiphon_wire_protocol.errors import KernelDied, ProtocolError
from antiphon_wire_protocol.message.content import KernelInfoReply, UnknownContent

State: TypeAlias = Literal["idle", "busy", "silent", "starting", "dead", "unclear"]

TIME_TO_ANSWER = 2.0
"""Seconds that a kernel has for its first answer."""
TIME_TO_BE_IDLE = 0.5
"""Seconds after its answer on control in which a kernel that is idle has answered on shell too."""

_SHELLS = frozenset({"bash", "sh", "dash", "zsh", "fish", "tmux", "screen", "systemd", "init", "sshd", "login"})


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One kernel as it was found. `since` is seconds since 1970, `memory` bytes; None is not known.

    `attached` are the programs connected to its shell channel, `started_by` a running program that may start it again.
    """

    file: KernelFile
    state: State
    reason: str = ""
    info: KernelInfoReply | None = None
    pid: int | None = None
    owner: int | None = None
    since: float | None = None
    memory: int | None = None
    attached: tuple[str, ...] | None = None
    started_by: str = ""

    @property
    def runs(self) -> bool:
        return self.state in ("idle", "busy", "silent")


class Answers(msgspec.Struct, frozen=True):
    """What a kernel said within its time; `usage` is the content of a usage_reply."""

    state: State = "silent"
    info: KernelInfoReply | None = None
    usage: dict[str, object] = {}


async def survey(files: Sequence[KernelFile], *, timeout: float = TIME_TO_ANSWER) -> list[Seen]:
    """Look at the kernels of `files`, all at once."""
    census = Census()
    verdicts = [verdict(evidence) for evidence in await asyncio.to_thread(gather, files, census=census)]
    looking = [_look(file, found, census, timeout) for file, found in zip(files, verdicts, strict=True)]
    return list(await asyncio.gather(*looking))


async def _look(file: KernelFile, found: Verdict, census: Census, timeout: float) -> Seen:
    connection = file.connection
    if connection is None or found.life != "listening":
        state: State = "unclear" if found.life == "listening" else found.life
        return Seen(file=file, state=state, reason=found.reason, since=None if found.life == "dead" else file.written)
    pid = census.listener(connection)
    clients = census.attached(connection)
    answers = await ask(connection, timeout, usage=pid is None)
    if pid is None and isinstance(told := answers.usage.get("pid"), int):
        # A pid that a kernel tells is one of its own machine: good to show, not to send signals to.
        memory = answers.usage.get("kernel_memory")
        return Seen(
            file=file,
            state=answers.state,
            info=answers.info,
            since=file.written,
            memory=memory if isinstance(memory, int) else None,
            reason=f"process {told} on {answers.usage.get('hostname', 'another machine')}",
            attached=_names(clients),
        )
    itself = None if pid is None else process(pid)
    return Seen(
        file=file,
        state=answers.state,
        reason="it takes connections and does not answer" if answers.state == "silent" else "",
        info=answers.info,
        pid=pid,
        owner=itself.owner if itself else None,
        since=itself.started if itself else file.written,
        memory=itself.memory if itself else None,
        attached=_names(clients),
        started_by=_keeper(itself),
    )


async def ask(connection: ConnectionInfo, timeout: float = TIME_TO_ANSWER, *, usage: bool = False) -> Answers:
    """Ask one kernel what it is, whether it is idle, and with `usage` what it uses. Raises nothing."""
    async with KernelClient(connection) as client:
        on_control = asyncio.ensure_future(client.kernel_info("control", timeout=timeout))
        on_shell = asyncio.ensure_future(client.kernel_info("shell", timeout=timeout))
        both = (on_control, on_shell)
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if _answer(on_shell) is None:
                await asyncio.wait((on_shell,), timeout=TIME_TO_BE_IDLE)
            info = _answer(on_shell) or _answer(on_control)
            if info is None:
                return Answers()
            used = await _usage(client) if usage else {}
            return Answers("idle" if _answer(on_shell) else "busy", info, used)
        finally:
            for asking in both:
                asking.cancel()
            await asyncio.gather(*both, return_exceptions=True)


def _answer(asking: asyncio.Future[KernelInfoReply]) -> KernelInfoReply | None:
    if not asking.done() or asking.cancelled() or asking.exception() is not None:
        return None
    return asking.result()


async def _usage(client: KernelClient) -> dict[str, object]:
    """What a kernel says of its own process (usage_request, as ipykernel answers it); empty when it does not."""
    with contextlib.suppress(TimeoutError, ProtocolError, KernelDied):
        reply = await client.request(UnknownContent("usage_request", {}), "control", timeout=TIME_TO_BE_IDLE)
        if isinstance(reply.content, UnknownContent):
            used = reply.content.fields
            inner = used.get("content")
            return dict(inner) if isinstance(inner, dict) else dict(used)
    return {}


def _names(clients: list[int | str] | None) -> tuple[str, ...] | None:
    if clients is None:
        return None
    names = []
    for client in clients:
        found = process(client) if isinstance(client, int) and client else None
        names.append(f"{found.program} ({client})" if found else str(client) if isinstance(client, str) else "?")
    return tuple(names)


def _keeper(kernel: Process | None) -> str:
    parent = process(kernel.parent) if kernel is not None and kernel.parent > 1 else None
    return f"{parent.program} ({parent.pid})" if parent is not None and parent.program not in _SHELLS else ""
