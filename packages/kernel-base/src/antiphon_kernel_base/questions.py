"""Questions to the frontend: `input()` and `getpass()` over the stdin channel (messaging specification, "stdin")."""

from __future__ import annotations

from queue import Empty, SimpleQueue

from antiphon_kernel_base.frontend import InputNotAllowed
from antiphon_kernel_base.publisher import Publisher
from antiphon_wire_protocol.message.content import InputReply, InputRequest
from antiphon_wire_protocol.message.messages import Message

END_OF_FILE = "\x04"


class Questions:
    """Asks one question at a time and waits for its answer."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._answers: SimpleQueue[Message | None] = SimpleQueue()

    def ask(self, request: Message, prompt: str, password: bool) -> str:
        """Send the question to the sender of `request` and wait.

        Raises `EOFError` when the answer is an end of file, `InputNotAllowed` when the sender has no stdin channel,
        and `KeyboardInterrupt` when the cell is interrupted.
        """
        # An answer that came after its question was interrupted must not answer this one.
        try:
            while True:
                self._answers.get_nowait()
        except Empty:
            pass
        question = self._publisher.session.message(
            InputRequest(prompt=prompt, password=password), parent=request, idents=request.idents
        )
        self._publisher.send("stdin", question)
        while True:
            reply = self._answers.get()
            if reply is None:
                raise InputNotAllowed("this cell asked for input, but its frontend has no stdin channel")
            if reply.parent_id not in ("", question.msg_id, request.msg_id):
                continue
            value = reply.content.value if isinstance(reply.content, InputReply) else ""
            if value == END_OF_FILE:
                raise EOFError
            return value

    def answer(self, reply: Message | None) -> None:
        """Hand over what came on the stdin channel; None when the question could not be delivered."""
        self._answers.put(reply)
