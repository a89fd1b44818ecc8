"""What is on its way after an execute request: a reply to await, broadcasts to iterate over, questions to answer."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from typing import TypeAlias

from antiphon_wire_protocol.client.mailbox import Mailbox
from antiphon_wire_protocol.errors import RemoteProtocolError
from antiphon_wire_protocol.message.content import ExecuteReply, InputRequest
from antiphon_wire_protocol.message.messages import Message

OnInput: TypeAlias = Callable[[str, bool], "str | Awaitable[str]"]
"""Called with the prompt and whether the answer is secret; a plain function runs in a thread. It may raise EOFError."""

END_OF_INPUT = "\x04"
"""The answer that kernels read as the end of input."""


class Execution:
    """One cell's way through the kernel.

    Awaiting it gives the execute_reply message; outputs may still follow. Iterating gives every broadcast the
    cell caused, its idle last, and its input requests where no `on_input` answers them. `done` waits for both.
    All of them raise `KernelDied` when the kernel ends, the iteration after what came before.
    """

    def __init__(self, request: Message, answer: Callable[[str, Message], object], on_input: OnInput | None) -> None:
        self.request = request
        self._answer = answer
        self._on_input = on_input
        loop = asyncio.get_running_loop()
        self._reply: asyncio.Future[Message] = loop.create_future()
        self._finished: asyncio.Future[None] = loop.create_future()
        self._broadcasts = Mailbox()
        self._questions: set[asyncio.Task[None]] = set()

    @property
    def msg_id(self) -> str:
        return self.request.msg_id

    @property
    def over(self) -> bool:
        """True when reply and idle have both come, or nothing will come any more."""
        return self._finished.done()

    def __await__(self) -> Generator[object, None, Message]:
        return self.reply().__await__()

    async def reply(self, timeout: float | None = None) -> Message:
        """The execute_reply message. Raises `TimeoutError`; the execution goes on and can be awaited again."""
        async with asyncio.timeout(timeout):
            return await asyncio.shield(self._reply)

    async def done(self, timeout: float | None = None) -> ExecuteReply:
        """Wait until reply and idle have both come; what the reply says. Raises `TimeoutError`, as `reply` does."""
        async with asyncio.timeout(timeout):
            await asyncio.shield(self._finished)
            content = (await asyncio.shield(self._reply)).content
        if not isinstance(content, ExecuteReply):
            raise RemoteProtocolError(f"{content.msg_type} is no answer to an execute_request")
        return content

    def __aiter__(self) -> AsyncIterator[Message]:
        return self._broadcasts

    def take(self) -> Message | None:
        """The next broadcast if it is there. Who hears them by another road takes them, so that none is kept."""
        return self._broadcasts.take()

    # What the conversation calls (`message.conversation.Listener`).

    def replied(self, reply: Message) -> None:
        if not self._reply.done():
            self._reply.set_result(reply)

    def heard(self, broadcast: Message) -> None:
        self._broadcasts.put(broadcast)

    def asked(self, question: Message) -> None:
        if self._on_input is None or not isinstance(question.content, InputRequest):
            self._broadcasts.put(question)
            return
        task = asyncio.get_running_loop().create_task(self._ask_user(self._on_input, question.content, question))
        self._questions.add(task)
        task.add_done_callback(self._questions.discard)

    def finished(self) -> None:
        if not self._finished.done():
            self._finished.set_result(None)
        self._broadcasts.close()
        self._drop_questions()

    def failed(self, error: Exception) -> None:
        for future in (self._reply, self._finished):
            if not future.done():
                future.set_exception(error)
                future.exception()  # somebody may never ask, and that is no mistake
        self._broadcasts.close(error)
        self._drop_questions()

    def _drop_questions(self) -> None:
        for task in self._questions:
            task.cancel()

    async def _ask_user(self, on_input: OnInput, asked: InputRequest, question: Message) -> None:
        try:
            if inspect.iscoroutinefunction(on_input):
                value = await on_input(asked.prompt, asked.password)
            else:
                answer = await asyncio.to_thread(on_input, asked.prompt, asked.password)
                value = answer if isinstance(answer, str) else await answer
        except EOFError:
            value = END_OF_INPUT
        except Exception as error:
            self.failed(error)
            return
        self._answer(value, question)
