"""One client of one kernel, on the running asyncio loop: requests go out, answers find the one who asked.

Any number of requests may be under way at once. All use of a client happens on the loop that it was opened on;
`client.blocking` is the face for everybody else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from antiphon_wire_protocol.client.channels import CHANNELS, LINGER, Channels, Frames
from antiphon_wire_protocol.client.execution import Execution, OnInput
from antiphon_wire_protocol.client.mailbox import Mailbox
from antiphon_wire_protocol.discovery.connection import Channel, ConnectionInfo
from antiphon_wire_protocol.errors import KernelDied, LocalProtocolError, MalformedContent, RemoteProtocolError
from antiphon_wire_protocol.message import content as c
from antiphon_wire_protocol.message.conversation import Conversation
from antiphon_wire_protocol.message.messages import Buffer, Message
from antiphon_wire_protocol.message.session import Session

if TYPE_CHECKING:
    from antiphon_wire_protocol.message.v4 import V4Peer

C = TypeVar("C", bound=c.Content)

PROBE_INTERVAL = 0.5
"""Seconds that a kernel has to answer before it is asked again whether it is ready."""
PROBES_ON_CONTROL = 1
"""After so many, a kernel from before JEP 80 is supposed, which answers on shell only; it is asked there once. One that
is only slow loses nothing by it: the question waits there."""

log = logging.getLogger(__name__)


class KernelClient:
    """Talks to the kernel at `connection`; `session` (with the kernel's key) unless one is made.

    Methods named after a message return the content of its reply, and raise `KernelDied` when the kernel ends,
    `TimeoutError` after `timeout` seconds, `RemoteProtocolError` when the answer is of another type.
    """

    def __init__(self, connection: ConnectionInfo, *, session: Session | None = None) -> None:
        self.connection = connection
        self.session = session or Session(connection.key_bytes, signature_scheme=connection.signature_scheme)
        self._conversation = Conversation()
        self._channels: Channels | None = None
        self._names: Sequence[Channel] = CHANNELS
        self._closed_because: Exception = LocalProtocolError("the client is not open")
        self._heard: asyncio.Future[None] | None = None
        self._can_be_asked = asyncio.Event()
        self._opened = False
        self._v4: V4Peer | None = None
        self._mailboxes: list[Mailbox] = []

    # ── opening and closing ──────────────────────────────────────────────────────────────────────────────

    async def open(self, *, channels: Sequence[Channel] = CHANNELS) -> Self:
        """Connect; the kernel need not be there yet. Opening an open client does nothing."""
        if self._channels is None:
            self._names = channels
            self._opened = True
            self._heard = asyncio.get_running_loop().create_future()
            self._can_be_asked = asyncio.Event()
            self._channels = Channels(
                self.connection, self.session.session_id, self._incoming, channels, self._can_be_asked.set
            )
        return self

    async def close(self) -> None:
        """Disconnect. What is still awaited fails with `LocalProtocolError`."""
        self.lose(LocalProtocolError("the client was closed"), linger=LINGER)
        self._closed_because = LocalProtocolError("the client was closed")
        self._opened = False
        for mailbox in self._mailboxes:
            mailbox.close()

    async def reopen(self, connection: ConnectionInfo | None = None) -> None:
        """Connect anew, to the same kernel or its successor; listeners stay, open requests fail with `KernelDied`."""
        self.lose(KernelDied("the kernel was restarted"))
        if connection is not None and connection != self.connection:
            if (connection.key, connection.signature_scheme) != (self.connection.key, self.connection.signature_scheme):
                self.session = Session(
                    connection.key_bytes,
                    signature_scheme=connection.signature_scheme,
                    session_id=self.session.session_id,
                    username=self.session.username,
                )
            self.connection = connection
        await self.open(channels=self._names)

    def lose(self, error: Exception, *, linger: int = 0) -> None:
        """The kernel cannot be reached any more: fail everything that is awaited, now and later, with `error`.

        What has already come from it is heard first.
        """
        if self._channels is None:
            return
        self._channels.drain()
        self._channels.close(linger)
        self._channels = None
        self._closed_because = error
        if self._heard is not None and not self._heard.done():
            self._heard.set_exception(error)
            self._heard.exception()
        self._conversation.fail(error)

    @property
    def opened(self) -> bool:
        """True between `open` and `close`, also while the kernel is gone."""
        return self._opened

    @property
    def is_open(self) -> bool:
        """True while there is a kernel to talk to, as far as we know."""
        return self._channels is not None

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def ready(self, timeout: float | None = 60.0) -> c.KernelInfoReply:
        """Wait until the kernel answers and its broadcasts reach us; what it says of itself.

        Ready is a reply on control and any iopub message at all: a welcome (JEP 65) or the status of our request.
        Then the kernel's questions reach us too, if it has a stdin channel at all.
        Raises `TimeoutError`, `KernelDied`.
        """
        probes: list[Message] = []
        answer = _Answer()
        heard = self._heard
        if heard is None:
            raise self._closed_because
        both = asyncio.gather(answer.reply, asyncio.shield(heard))
        try:
            async with asyncio.timeout(timeout):
                while not both.done():
                    channel: Channel = "shell" if len(probes) == PROBES_ON_CONTROL else "control"
                    probes.append(probe := self.session.message(c.KernelInfoRequest()))
                    self._conversation.begin(probe, answer, awaits_idle=False)
                    self._send(probe, channel if channel in self._names else "control")
                    await asyncio.wait((both,), timeout=PROBE_INTERVAL)
                info = _expect((await both)[0], c.KernelInfoReply)
                if "stdin" in self._names:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._can_be_asked.wait(), PROBE_INTERVAL)
                return info
        except TimeoutError:
            what = "its broadcasts" if answer.reply.done() else "an answer to kernel_info_request"
            raise TimeoutError(f"the kernel is not ready after {timeout} s: no sign of {what}") from None
        finally:
            both.cancel()
            both.add_done_callback(_retrieved)
            for probe in probes:
                self._conversation.forget(probe.msg_id)

    # ── requests ─────────────────────────────────────────────────────────────────────────────────────────

    def send(
        self,
        content: c.Content | c.UnknownContent,
        channel: Channel = "shell",
        *,
        parent: Message | None = None,
        metadata: Mapping[str, Any] | None = None,
        buffers: Sequence[Buffer] = (),
        subshell_id: str | None = None,
    ) -> Message:
        """Send one message and wait for nothing; the message that was sent."""
        message = self.session.message(
            content, parent=parent, metadata=dict(metadata or {}), buffers=buffers, subshell_id=subshell_id
        )
        self._send(message, channel)
        return message

    async def request(
        self,
        content: c.Content | c.UnknownContent,
        channel: Channel = "shell",
        *,
        metadata: Mapping[str, Any] | None = None,
        buffers: Sequence[Buffer] = (),
        subshell_id: str | None = None,
        timeout: float | None = None,
    ) -> Message:
        """Send any request and wait for the message that replies to it."""
        message = self.session.message(content, metadata=dict(metadata or {}), buffers=buffers, subshell_id=subshell_id)
        answer = _Answer()
        self._conversation.begin(message, answer, awaits_reply=True, awaits_idle=False)
        try:
            self._send(message, channel)
            if timeout is None:
                return await answer.reply
            async with asyncio.timeout(timeout):
                return await answer.reply
        except TimeoutError:
            raise TimeoutError(f"no reply to {message.msg_type} within {timeout} s") from None
        finally:
            self._conversation.forget(message.msg_id)

    def execute(
        self,
        code: str,
        *,
        silent: bool = False,
        store_history: bool = True,
        user_expressions: dict[str, str] | None = None,
        allow_stdin: bool | None = None,
        stop_on_error: bool = True,
        metadata: Mapping[str, Any] | None = None,
        subshell_id: str | None = None,
        on_input: OnInput | None = None,
    ) -> Execution:
        """Run `code`: ``await`` what is returned for the reply, iterate over it for the outputs.

        Before the client is `ready`, outputs may be lost, and with them the news that the cell is done.

        The kernel may ask for input when there is an `on_input`, or `allow_stdin` says so: then questions come
        among the outputs, and `input_reply` answers them.
        """
        content = c.ExecuteRequest(
            code=code,
            silent=silent,
            store_history=store_history,
            user_expressions=user_expressions or {},
            allow_stdin=on_input is not None if allow_stdin is None else allow_stdin,
            stop_on_error=stop_on_error,
        )
        message = self.session.message(content, metadata=dict(metadata or {}), subshell_id=subshell_id)
        execution = Execution(message, self.input_reply, on_input)
        self._conversation.begin(message, execution)
        try:
            self._send(message, "shell")
        except BaseException:
            self._conversation.forget(message.msg_id)
            raise
        return execution

    def input_reply(self, value: str, question: Message) -> Message:
        """Answer an input_request."""
        return self.send(c.InputReply(value=value), "stdin", parent=question)

    async def complete(
        self, code: str, cursor_pos: int | None = None, *, subshell_id: str | None = None, timeout: float | None = None
    ) -> c.CompleteReply:
        """`cursor_pos` counts code points; unset is the end of the code."""
        content = c.CompleteRequest(code=code, cursor_pos=len(code) if cursor_pos is None else cursor_pos)
        return _expect(await self.request(content, subshell_id=subshell_id, timeout=timeout), c.CompleteReply)

    async def inspect(
        self,
        code: str,
        cursor_pos: int | None = None,
        detail_level: int = 0,
        *,
        subshell_id: str | None = None,
        timeout: float | None = None,
    ) -> c.InspectReply:
        """`cursor_pos` counts code points; unset is the end of the code. `detail_level` 1 asks for the source too."""
        content = c.InspectRequest(
            code=code, cursor_pos=len(code) if cursor_pos is None else cursor_pos, detail_level=detail_level
        )
        return _expect(await self.request(content, subshell_id=subshell_id, timeout=timeout), c.InspectReply)

    async def is_complete(self, code: str, *, timeout: float | None = None) -> c.IsCompleteReply:
        """Kernels may leave this unanswered: give a `timeout`."""
        return _expect(await self.request(c.IsCompleteRequest(code=code), timeout=timeout), c.IsCompleteReply)

    async def history(
        self,
        hist_access_type: Literal["tail", "range", "search"] = "tail",
        *,
        output: bool = False,
        raw: bool = True,
        session: int = 0,
        start: int = 0,
        stop: int | None = None,
        n: int | None = None,
        pattern: str = "",
        unique: bool = False,
        timeout: float | None = None,
    ) -> c.HistoryReply:
        content = c.HistoryRequest(
            hist_access_type=hist_access_type,
            output=output,
            raw=raw,
            session=session,
            start=start,
            stop=stop,
            n=n,
            pattern=pattern,
            unique=unique,
        )
        return _expect(await self.request(content, timeout=timeout), c.HistoryReply)

    async def kernel_info(
        self, channel: Literal["shell", "control"] = "shell", *, timeout: float | None = None
    ) -> c.KernelInfoReply:
        return _expect(await self.request(c.KernelInfoRequest(), channel, timeout=timeout), c.KernelInfoReply)

    async def comm_info(self, target_name: str | None = None, *, timeout: float | None = None) -> c.CommInfoReply:
        content = c.CommInfoRequest(target_name=target_name)
        return _expect(await self.request(content, timeout=timeout), c.CommInfoReply)

    async def connect_info(self, *, timeout: float | None = None) -> c.ConnectReply:
        return _expect(await self.request(c.ConnectRequest(), timeout=timeout), c.ConnectReply)

    async def shutdown(self, restart: bool = False, *, timeout: float | None = None) -> c.ShutdownReply:
        """Ask the kernel to end; a manager does that better, since it sees whether it did."""
        content = c.ShutdownRequest(restart=restart)
        return _expect(await self.request(content, "control", timeout=timeout), c.ShutdownReply)

    async def interrupt(self, *, timeout: float | None = None) -> c.InterruptReply:
        """Interrupt by message: for kernels whose `interrupt_mode` is ``message``."""
        return _expect(await self.request(c.InterruptRequest(), "control", timeout=timeout), c.InterruptReply)

    async def debug(self, request: c.DebugRequest, *, timeout: float | None = None) -> c.DebugReply:
        return _expect(await self.request(request, "control", timeout=timeout), c.DebugReply)

    async def create_subshell(self, *, timeout: float | None = None) -> str:
        """The id of a new subshell (JEP 91). Kernels without them may never answer."""
        reply = await self.request(c.CreateSubshellRequest(), "control", timeout=timeout)
        return _succeeded(_expect(reply, c.CreateSubshellReply)).subshell_id

    async def delete_subshell(self, subshell_id: str, *, timeout: float | None = None) -> c.DeleteSubshellReply:
        content = c.DeleteSubshellRequest(subshell_id=subshell_id)
        return _expect(await self.request(content, "control", timeout=timeout), c.DeleteSubshellReply)

    async def list_subshells(self, *, timeout: float | None = None) -> list[str]:
        """The ids of the subshells; the main shell has none."""
        reply = await self.request(c.ListSubshellRequest(), "control", timeout=timeout)
        return _succeeded(_expect(reply, c.ListSubshellReply)).subshell_id

    # ── comms: what the kernel answers comes by `broadcasts` ─────────────────────────────────────────────

    def comm_open(
        self,
        target_name: str,
        data: dict[str, Any] | None = None,
        *,
        comm_id: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        buffers: Sequence[Buffer] = (),
    ) -> str:
        """Open a comm; its id."""
        comm_id = comm_id or os.urandom(16).hex()
        content = c.CommOpen(comm_id=comm_id, target_name=target_name, data=data or {})
        self.send(content, metadata=metadata, buffers=buffers)
        return comm_id

    def comm_msg(
        self,
        comm_id: str,
        data: dict[str, Any] | None = None,
        *,
        metadata: Mapping[str, Any] | None = None,
        buffers: Sequence[Buffer] = (),
    ) -> Message:
        return self.send(c.CommMsg(comm_id=comm_id, data=data or {}), metadata=metadata, buffers=buffers)

    def comm_close(self, comm_id: str, data: dict[str, Any] | None = None) -> Message:
        return self.send(c.CommClose(comm_id=comm_id, data=data or {}))

    # ── listening ────────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def broadcasts(
        self, matches: Callable[[Message], bool] | None = None, *, limit: int | None = None
    ) -> Iterator[Mailbox]:
        """A mailbox of every iopub message while the context is open, whoever caused it; of the newest `limit` only.

        It outlasts a restart of the kernel, and ends with the client.
        """
        mailbox = Mailbox(limit)
        self._mailboxes.append(mailbox)
        try:
            with self._conversation.listening(mailbox.put, matches):
                yield mailbox
        finally:
            self._mailboxes.remove(mailbox)
            mailbox.close()

    def _send(self, message: Message, channel: Channel) -> None:
        if self._channels is None:
            raise self._closed_because
        if self._v4 is not None:
            message = self._v4.to_v4(message)
        self._channels.send(channel, self.session.frames(message))

    def _incoming(self, channel: Channel, frames: Frames) -> None:
        try:
            try:
                message = self.session.read(frames)
            except MalformedContent as error:
                if not error.message.header.version.startswith("4."):
                    # Whoever waits for it learns that it is unusable, instead of waiting for ever.
                    log.warning("%s: %s", channel, error)
                message = error.message
            if message.header.version.startswith("4."):
                message = self._old_peer().from_v4(message)
        except RemoteProtocolError as error:
            log.warning("%s: message dropped: %s", channel, error)
            return
        if channel == "iopub" and self._heard is not None and not self._heard.done():
            self._heard.set_result(None)
        self._conversation.incoming(channel, message)

    def _old_peer(self) -> V4Peer:
        """The kernel is of version 4: from now on it is spoken to as one."""
        if self._v4 is None:
            from antiphon_wire_protocol.message.v4 import V4Peer

            self._v4 = V4Peer()
        return self._v4


class _Answer:
    """Waits for one reply and nothing else."""

    __slots__ = ("reply",)

    def __init__(self) -> None:
        self.reply: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

    def replied(self, reply: Message) -> None:
        if not self.reply.done():
            self.reply.set_result(reply)

    def heard(self, broadcast: Message) -> None:
        pass

    def asked(self, question: Message) -> None:
        pass

    def finished(self) -> None:
        pass

    def failed(self, error: Exception) -> None:
        if not self.reply.done():
            self.reply.set_exception(error)
            self.reply.exception()


def _expect(reply: Message, kind: type[C]) -> C:
    if not isinstance(reply.content, kind):
        raise RemoteProtocolError(f"a usable {kind.msg_type} was expected, and {reply.msg_type} came")
    return reply.content


R = TypeVar("R", bound=c.Reply)


def _succeeded(reply: R) -> R:
    if reply.status != "ok":
        raise RemoteProtocolError(f"{reply.msg_type}: {reply.ename or reply.status}: {reply.evalue or ''}")
    return reply


def _retrieved(future: asyncio.Future[Any]) -> None:
    """Mark a failure as seen: whoever cares has been told by another road."""
    if not future.cancelled():
        future.exception()
