"""Which request a message belongs to: replies, broadcasts and questions, found by their parent. No I/O, no clock.

The rule: a request is finished when its reply *and* its idle were both seen. They travel on different sockets, so they
come in either order; what comes after both is nobody's any more, and only general listeners hear it.
One thread or loop owns a conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeAlias

from antiphon_wire_protocol.errors import KernelDied, LocalProtocolError
from antiphon_wire_protocol.message.content import Status
from antiphon_wire_protocol.message.messages import Message

Deliver: TypeAlias = Callable[[Message], object]

UNANSWERED = frozenset({"comm_open", "comm_msg", "comm_close", "input_reply"})
"""Messages to a kernel that no reply follows."""


class Listener(Protocol):
    """Who waits for one request. After `finished` or `failed` nothing more is called."""

    def replied(self, reply: Message) -> None:
        """The reply came; outputs may still follow."""

    def heard(self, broadcast: Message) -> None:
        """A broadcast the request caused, its busy and idle among them."""

    def asked(self, question: Message) -> None:
        """The kernel asks the user for a line."""

    def finished(self) -> None:
        """Reply and idle have both come."""

    def failed(self, error: Exception) -> None:
        """Nothing will come any more."""


class Exchange:
    """One request and what of its answer has come."""

    __slots__ = ("_awaits_idle", "_awaits_reply", "kernel_session", "listener", "request")

    def __init__(self, request: Message, listener: Listener, awaits_reply: bool, awaits_idle: bool) -> None:
        self.request = request
        self.listener = listener
        self.kernel_session: str | None = None  # of the kernel that took the request; None until it was heard
        self._awaits_reply = awaits_reply
        self._awaits_idle = awaits_idle

    @property
    def finished(self) -> bool:
        return not (self._awaits_reply or self._awaits_idle)

    def reply(self, message: Message) -> None:
        # Of two replies to one request (a broken kernel's) the first counts.
        if self._awaits_reply and message.msg_type.endswith("_reply"):
            self._awaits_reply = False
            self.listener.replied(message)

    def broadcast(self, message: Message) -> None:
        content = message.content
        if isinstance(content, Status) and content.execution_state == "idle":
            self._awaits_idle = False
        self.listener.heard(message)


class Conversation:
    """All requests of one client that are still open, and its general listeners."""

    def __init__(self) -> None:
        self._exchanges: dict[str, Exchange] = {}
        self._listeners: list[tuple[Callable[[Message], bool] | None, Deliver]] = []

    def __len__(self) -> int:
        """How many requests are open."""
        return len(self._exchanges)

    def begin(
        self, request: Message, listener: Listener, *, awaits_reply: bool | None = None, awaits_idle: bool = True
    ) -> None:
        """Open a request; to be called before it is sent, so that no answer can overtake.

        A reply is awaited unless the message is of a kind that has none (`UNANSWERED`).
        """
        if request.msg_id in self._exchanges:
            raise LocalProtocolError(f"request {request.msg_id} is open already")
        if awaits_reply is None:
            awaits_reply = request.msg_type not in UNANSWERED
        self._exchanges[request.msg_id] = Exchange(request, listener, awaits_reply, awaits_idle)

    def forget(self, msg_id: str) -> None:
        """Nobody waits for this request any more; what still comes for it goes to the general listeners."""
        self._exchanges.pop(msg_id, None)

    def fail(self, error: Exception) -> None:
        """End every open request with `error`."""
        exchanges, self._exchanges = self._exchanges, {}
        for exchange in exchanges.values():
            exchange.listener.failed(error)

    def incoming(self, channel: str, message: Message) -> bool:
        """Hand on what came on a channel (``shell``, ``control``, ``iopub``, ``stdin``).

        True when an open request took it; a reply or a question that none took is late, or another client's.
        """
        if channel == "iopub":
            for matches, deliver in tuple(self._listeners):
                if matches is None or matches(message):
                    deliver(message)
            if isinstance(message.content, Status):
                self._note_state(message, message.content.execution_state)
        exchange = self._exchanges.get(message.parent_id)
        if exchange is None:
            return False
        exchange.kernel_session = message.header.session
        if channel == "iopub":
            exchange.broadcast(message)
        elif channel == "stdin":
            exchange.listener.asked(message)
        else:
            exchange.reply(message)
        # A listener may have called `forget` or `fail`: then the exchange is over, and not ours to finish.
        if exchange.finished and self._exchanges.get(message.parent_id) is exchange:
            del self._exchanges[message.parent_id]
            exchange.listener.finished()
        return True

    @contextmanager
    def listening(self, deliver: Deliver, matches: Callable[[Message], bool] | None = None) -> Iterator[None]:
        """While open, `deliver` gets every broadcast that `matches`, whoever caused it, before the request's own
        listener does."""
        entry = (matches, deliver)
        self._listeners.append(entry)
        try:
            yield
        finally:
            self._listeners.remove(entry)

    def _note_state(self, message: Message, state: str) -> None:
        """End the requests that a kernel took with it."""
        if state in ("restarting", "dead"):
            # Said by servers on behalf of a kernel that cannot say it itself.
            self.fail(KernelDied(f"the kernel is {state}"))
        elif state == "starting":
            # What an earlier kernel began, this one knows nothing of; what nobody took yet, it may still receive.
            # A changed session alone proves nothing: some kernels answer under the client's own.
            session = message.header.session
            for msg_id, exchange in tuple(self._exchanges.items()):
                if exchange.kernel_session not in (None, session):
                    del self._exchanges[msg_id]
                    exchange.listener.failed(KernelDied("the kernel was replaced by a new one"))
