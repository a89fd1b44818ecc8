"""Everything that leaves the kernel, in one queue: broadcasts, replies and questions, in the order they were made.

Any thread puts; one thread, the owner of the sockets, takes. Since output, reply and idle stand in one line, a
reply can never overtake the output before it: the order holds by construction. The first text of a stream leaves at
once; what follows within `COALESCE` seconds is gathered into one message.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any, TypeAlias

from antiphon_kernel_base.frontend import StreamRun
from antiphon_wire_protocol.message.content import Content, Stream
from antiphon_wire_protocol.message.messages import Buffer, Message
from antiphon_wire_protocol.message.session import Session

COALESCE = 0.02
"""Seconds for which text is gathered after some has been sent: short enough to look live, long enough to batch."""

SETTLE = 0.002
"""Seconds that text which does not end its line waits for the rest of it: `print` writes the line and its end apart."""

Frames: TypeAlias = "list[Buffer]"
Item: TypeAlias = "tuple[str, Frames] | StreamRun | Callable[[], object]"


class Publisher:
    """The queue. `wake` is called when the owner may be asleep and has something to do."""

    def __init__(self, session: Session, wake: Callable[[], object]) -> None:
        self.session = session
        self._wake = wake
        self._items: deque[Item] = deque()
        self._quiet_until = 0.0
        self._topics: dict[str, bytes] = {}

    def _topic(self, content: Content) -> tuple[bytes]:
        kind = content.msg_type
        if type(content) is Stream:
            kind = f"stream.{content.name}"
        topic = self._topics.get(kind)
        if topic is None:
            topic = self._topics[kind] = f"kernel.{self.session.session_id}.{kind}".encode()
        return (topic,)

    def publish(
        self,
        content: Content,
        parent: Message | None,
        *,
        metadata: dict[str, Any] | None = None,
        buffers: Sequence[Buffer] = (),
    ) -> None:
        """Broadcast. Encoded here and now, so that what user code changes later cannot change the message."""
        self._items.append(("iopub", self.frames(content, parent, metadata, buffers)))
        self._wake()

    def frames(
        self,
        content: Content,
        parent: Message | None,
        metadata: dict[str, Any] | None = None,
        buffers: Sequence[Buffer] = (),
    ) -> Frames:
        """The multipart form of a broadcast, topic first."""
        session = self.session
        return session.frames(
            session.message(content, parent=parent, metadata=metadata, buffers=buffers, idents=self._topic(content))
        )

    def send(self, channel: str, message: Message) -> None:
        """Send a message on the channel ``shell``, ``control`` or ``stdin``, after all that was put before it."""
        self._items.append((channel, self.session.frames(message)))
        self._wake()

    def stream(self, run: StreamRun) -> None:
        """Put a run of text in line."""
        run.queued = True
        self._items.append(run)
        self._wake()

    def call(self, action: Callable[[], object]) -> None:
        """Have the owner call `action` when all that was put before has been taken: a barrier."""
        self._items.append(action)
        self._wake()

    def take(self, send: Callable[[str, Frames], object], *, flush: bool = False) -> float | None:
        """Hand everything that is due to `send`. Owner only.

        Returns the seconds until more is due, or None when the queue is empty. `flush` waits for nothing.
        """
        items = self._items
        while items:
            item = items[0]
            if type(item) is StreamRun:
                if len(items) == 1 and not flush:
                    wait = self._quiet_until - monotonic()
                    if wait > 0:
                        return wait
                    if not item.settled and not item.ends_line():
                        item.settled = True
                        return SETTLE
                items.popleft()
                text = item.take()
                if text:
                    send("iopub", self.frames(Stream(name=item.name, text=text), item.parent))
                    self._quiet_until = monotonic() + COALESCE
                continue
            items.popleft()
            if type(item) is tuple:
                send(item[0], item[1])
            else:
                item()  # type: ignore[operator]
        return None
