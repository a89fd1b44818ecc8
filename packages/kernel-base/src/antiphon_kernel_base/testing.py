"""Drive a kernel without sockets: ``drive(kernel, "code")`` gives what a frontend would be shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from antiphon_kernel_base.dispatcher import Dispatcher, Surroundings
from antiphon_kernel_base.kernel import KernelBase
from antiphon_kernel_base.mainloop import MainLoop
from antiphon_kernel_base.publisher import Publisher
from antiphon_wire_protocol.message.content import ConnectReply, Content, ExecuteRequest, Status, Stream, UnknownContent
from antiphon_wire_protocol.message.messages import Message
from antiphon_wire_protocol.message.session import Session


class Sent(NamedTuple):
    """One message that left the kernel."""

    channel: str
    message: Message


class Bench:
    """A kernel, its dispatcher and a publisher whose queue is read back instead of sent."""

    def __init__(self, kernel: KernelBase, answers: Iterable[str] = ()) -> None:
        self.kernel = kernel
        self.client = Session()
        self.mainloop: MainLoop[str] = MainLoop()
        self.publisher = Publisher(Session(), lambda: None)
        self.stopped: bool | None = None
        self.fences = 0
        answer = iter(answers)
        self.dispatcher = Dispatcher(
            kernel,
            self.publisher,
            Surroundings(
                self.mainloop.drive,
                self._fence,
                self._stop,
                ConnectReply,
                lambda request, prompt, password: next(answer),
            ),
        )

    def _fence(self) -> None:
        self.fences += 1

    def _stop(self, restart: bool) -> None:
        self.stopped = restart

    def handle(self, content: Content | UnknownContent, channel: str = "shell", **fields: Any) -> list[Sent]:
        """Have one request answered; all that the kernel sent for it, in order."""
        frames = self.client.frames(self.client.message(content, idents=(b"client",), **fields))
        request = self.client.read([frame if isinstance(frame, memoryview) else bytes(frame) for frame in frames])
        self.dispatcher.handle(request, channel)
        return self.sent()

    def close(self) -> None:
        """Close what the kernel's coroutines have left open."""
        self.mainloop.close()

    def sent(self) -> list[Sent]:
        """What has left since the last look."""
        out: list[Sent] = []
        self.publisher.take(
            lambda channel, frames: out.append(Sent(channel, self.client.read(frames))),  # type: ignore[arg-type]
            flush=True,
        )
        return out


def drive(kernel: KernelBase, code: str, *, answers: Sequence[str] = (), **fields: Any) -> list[Content]:
    """Run one cell; the outputs it showed, in order, its streams joined, without busy, idle and input.

    `fields` are those of an execute_request; `answers` are given to the questions the cell asks.
    """
    shown: list[Content] = []
    bench = Bench(kernel, answers)
    try:
        sent = bench.handle(ExecuteRequest(code=code, **fields))
    finally:
        bench.close()
    for channel, message in sent:
        content = message.content
        if channel != "iopub" or isinstance(content, Status | UnknownContent) or message.msg_type == "execute_input":
            continue
        last = shown[-1] if shown else None
        if isinstance(content, Stream) and isinstance(last, Stream) and last.name == content.name:
            shown[-1] = Stream(name=last.name, text=last.text + content.text)
        else:
            shown.append(content)
    return shown
