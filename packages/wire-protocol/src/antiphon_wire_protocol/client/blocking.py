"""`KernelClient` for code that does not await: one method, one line, the same names.

Works in a thread, in a script, and inside a running loop (a notebook's), since the client lives in a portal's thread.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, Self

from antiphon_wire_protocol.client.client import KernelClient
from antiphon_wire_protocol.client.execution import END_OF_INPUT, Execution
from antiphon_wire_protocol.client.portal import Portal
from antiphon_wire_protocol.discovery.connection import Channel, ConnectionInfo
from antiphon_wire_protocol.message import content as c
from antiphon_wire_protocol.message.messages import Buffer, Message
from antiphon_wire_protocol.message.session import Session

OnOutput = Callable[[Message], object]
OnInput = Callable[[str, bool], str]


class BlockingKernelClient:
    """Talks to one kernel. Timeouts are seconds, None waits for ever; errors are those of `KernelClient`.

    A `portal` may be shared; without one the client has its own, which `close` ends.
    """

    def __init__(
        self, connection: ConnectionInfo, *, session: Session | None = None, portal: Portal | None = None
    ) -> None:
        self._portal = Portal() if portal is None else portal
        self._owns_portal = portal is None
        self._client = KernelClient(connection, session=session)

    @classmethod
    def over(cls, client: KernelClient, portal: Portal) -> Self:
        """The blocking face of a client that lives on `portal`'s loop."""
        face = cls(client.connection, session=client.session, portal=portal)
        face._client = client
        return face

    @property
    def connection(self) -> ConnectionInfo:
        return self._client.connection

    @property
    def session(self) -> Session:
        return self._client.session

    def open(self) -> Self:
        self._portal.run(self._client.open())
        return self

    def close(self) -> None:
        """Closing twice is no error."""
        if not self._portal.closed:
            self._portal.run(self._client.close())
        if self._owns_portal:
            self._portal.close()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *exc: object) -> None:
        self.close()

    def ready(self, timeout: float | None = 60.0) -> c.KernelInfoReply:
        return self._portal.run(self._client.ready(timeout))

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
        on_output: OnOutput | None = None,
        on_input: OnInput | None = None,
        timeout: float | None = None,
    ) -> c.ExecuteReply:
        """Run `code` to its end, reply and idle both. `on_output` gets each broadcast and `on_input` answers each
        question, in the caller's thread. An exception in either leaves the kernel running."""

        def begin() -> Execution:
            return self._client.execute(
                code,
                silent=silent,
                store_history=store_history,
                user_expressions=user_expressions,
                allow_stdin=on_input is not None if allow_stdin is None else allow_stdin,
                stop_on_error=stop_on_error,
                metadata=metadata,
                subshell_id=subshell_id,
            )

        if on_output is None and on_input is None:
            return self._portal.run(_reply(begin, timeout))
        for item in self._portal.iterate(_outputs_and_reply(begin), timeout):
            if isinstance(item, c.ExecuteReply):
                return item
            if isinstance(item.content, c.InputRequest) and on_input is not None:
                try:
                    answer = on_input(item.content.prompt, item.content.password)
                except EOFError:
                    answer = END_OF_INPUT
                self.input_reply(answer, item)
            elif on_output is not None:
                on_output(item)
        raise AssertionError("an execution ends with a reply or an error")

    def outputs(self, code: str, *, timeout: float | None = None) -> Iterator[Message]:
        """Run `code`; each broadcast as it comes."""
        return self._portal.iterate(self._portal.call(self._client.execute, code), timeout)

    def input_reply(self, value: str, question: Message) -> Message:
        return self._portal.call(self._client.input_reply, value, question)

    def send(
        self,
        content: c.Content | c.UnknownContent,
        channel: Channel = "shell",
        *,
        metadata: Mapping[str, Any] | None = None,
        buffers: Sequence[Buffer] = (),
    ) -> Message:
        return self._portal.call(lambda: self._client.send(content, channel, metadata=metadata, buffers=buffers))

    def request(
        self,
        content: c.Content | c.UnknownContent,
        channel: Channel = "shell",
        *,
        metadata: Mapping[str, Any] | None = None,
        buffers: Sequence[Buffer] = (),
        timeout: float | None = None,
    ) -> Message:
        sending = self._client.request(content, channel, metadata=metadata, buffers=buffers, timeout=timeout)
        return self._portal.run(sending)

    def complete(self, code: str, cursor_pos: int | None = None, *, timeout: float | None = None) -> c.CompleteReply:
        return self._portal.run(self._client.complete(code, cursor_pos, timeout=timeout))

    def inspect(
        self, code: str, cursor_pos: int | None = None, detail_level: int = 0, *, timeout: float | None = None
    ) -> c.InspectReply:
        return self._portal.run(self._client.inspect(code, cursor_pos, detail_level, timeout=timeout))

    def is_complete(self, code: str, *, timeout: float | None = None) -> c.IsCompleteReply:
        return self._portal.run(self._client.is_complete(code, timeout=timeout))

    def history(
        self,
        hist_access_type: Literal["tail", "range", "search"] = "tail",
        *,
        timeout: float | None = None,
        **fields: Any,
    ) -> c.HistoryReply:
        """`fields` are those of `KernelClient.history`."""
        return self._portal.run(self._client.history(hist_access_type, timeout=timeout, **fields))

    def kernel_info(
        self, channel: Literal["shell", "control"] = "shell", *, timeout: float | None = None
    ) -> c.KernelInfoReply:
        return self._portal.run(self._client.kernel_info(channel, timeout=timeout))

    def comm_info(self, target_name: str | None = None, *, timeout: float | None = None) -> c.CommInfoReply:
        return self._portal.run(self._client.comm_info(target_name, timeout=timeout))

    def connect_info(self, *, timeout: float | None = None) -> c.ConnectReply:
        return self._portal.run(self._client.connect_info(timeout=timeout))

    def shutdown(self, restart: bool = False, *, timeout: float | None = None) -> c.ShutdownReply:
        return self._portal.run(self._client.shutdown(restart, timeout=timeout))

    def interrupt(self, *, timeout: float | None = None) -> c.InterruptReply:
        return self._portal.run(self._client.interrupt(timeout=timeout))

    def debug(self, request: c.DebugRequest, *, timeout: float | None = None) -> c.DebugReply:
        return self._portal.run(self._client.debug(request, timeout=timeout))

    def create_subshell(self, *, timeout: float | None = None) -> str:
        return self._portal.run(self._client.create_subshell(timeout=timeout))

    def delete_subshell(self, subshell_id: str, *, timeout: float | None = None) -> c.DeleteSubshellReply:
        return self._portal.run(self._client.delete_subshell(subshell_id, timeout=timeout))

    def list_subshells(self, *, timeout: float | None = None) -> list[str]:
        return self._portal.run(self._client.list_subshells(timeout=timeout))

    def comm_open(self, target_name: str, data: dict[str, Any] | None = None, *, comm_id: str | None = None) -> str:
        return self._portal.call(lambda: self._client.comm_open(target_name, data, comm_id=comm_id))

    def comm_msg(self, comm_id: str, data: dict[str, Any] | None = None, *, buffers: Sequence[Buffer] = ()) -> Message:
        return self._portal.call(lambda: self._client.comm_msg(comm_id, data, buffers=buffers))

    def comm_close(self, comm_id: str, data: dict[str, Any] | None = None) -> Message:
        return self._portal.call(self._client.comm_close, comm_id, data)


async def _reply(begin: Callable[[], Execution], timeout: float | None) -> c.ExecuteReply:
    return await begin().done(timeout)


async def _outputs_and_reply(begin: Callable[[], Execution]) -> AsyncIterator[Message | c.ExecuteReply]:
    execution = begin()
    async for message in execution:
        yield message
    yield await execution.done()
