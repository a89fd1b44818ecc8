from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_wire_protocol.errors import KernelDied, LocalProtocolError
from antiphon_wire_protocol.message.content import (
    CommMsg,
    Content,
    ExecuteReply,
    ExecuteRequest,
    InputRequest,
    IopubWelcome,
    Status,
    Stream,
)
from antiphon_wire_protocol.message.conversation import Conversation
from antiphon_wire_protocol.message.messages import Message
from antiphon_wire_protocol.message.session import Session

CLIENT = Session(session_id="client")
KERNEL = Session(session_id="kernel")


class Heard:
    """A listener that writes down what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.error: Exception | None = None
        self.on_reply: Callable[[], object] = lambda: None

    def replied(self, reply: Message) -> None:
        self.said.append(f"replied {reply.msg_type}")
        self.on_reply()

    def heard(self, broadcast: Message) -> None:
        state = broadcast.content.execution_state if isinstance(broadcast.content, Status) else ""
        self.said.append(f"heard {state or broadcast.msg_type}")

    def asked(self, question: Message) -> None:
        self.said.append("asked")

    def finished(self) -> None:
        self.said.append("finished")

    def failed(self, error: Exception) -> None:
        self.said.append("failed")
        self.error = error


def begin(conversation: Conversation, content: Content | None = None) -> tuple[Message, Heard]:
    request, heard = CLIENT.message(content or ExecuteRequest(code="x")), Heard()
    conversation.begin(request, heard)
    return request, heard


def status(state: str, parent: Message | None = None, session: Session = KERNEL) -> Message:
    return session.message(Status(execution_state=state), parent=parent)


def stream(parent: Message | None = None) -> Message:
    return KERNEL.message(Stream(name="stdout", text="x"), parent=parent)


def reply(parent: Message) -> Message:
    return KERNEL.message(ExecuteReply(), parent=parent)


def test_reply_then_idle() -> None:
    conversation = Conversation()
    request, heard = begin(conversation)
    assert conversation.incoming("iopub", status("busy", request))
    assert conversation.incoming("shell", reply(request))
    assert conversation.incoming("iopub", stream(request))
    assert len(conversation) == 1
    assert conversation.incoming("iopub", status("idle", request))
    assert heard.said == ["heard busy", "replied execute_reply", "heard stream", "heard idle", "finished"]
    assert len(conversation) == 0


def test_idle_then_reply() -> None:
    conversation = Conversation()
    request, heard = begin(conversation)
    conversation.incoming("iopub", status("idle", request))
    assert "finished" not in heard.said
    conversation.incoming("shell", reply(request))
    assert heard.said == ["heard idle", "replied execute_reply", "finished"]


def test_what_comes_after_the_end_or_for_others_is_not_taken() -> None:
    conversation = Conversation()
    request, heard = begin(conversation)
    stranger = CLIENT.message(ExecuteRequest(code="y"))
    assert not conversation.incoming("shell", reply(stranger))
    assert not conversation.incoming("iopub", status("idle", stranger))
    assert not conversation.incoming("iopub", KERNEL.message(IopubWelcome()))
    assert heard.said == []
    conversation.incoming("shell", reply(request))
    conversation.incoming("iopub", status("idle", request))
    assert not conversation.incoming("iopub", stream(request))
    assert not conversation.incoming("shell", reply(request))
    assert heard.said[-1] == "finished"


def test_a_second_reply_is_ignored() -> None:
    conversation = Conversation()
    request, heard = begin(conversation)
    conversation.incoming("shell", reply(request))
    conversation.incoming("shell", reply(request))
    assert heard.said == ["replied execute_reply"]


def test_a_question_goes_to_its_request() -> None:
    conversation = Conversation()
    request, heard = begin(conversation)
    question = KERNEL.message(InputRequest(prompt="?"), parent=request)
    assert conversation.incoming("stdin", question)
    assert heard.said == ["asked"]


def test_comm_messages_are_over_with_their_idle() -> None:
    conversation = Conversation()
    request, heard = begin(conversation, CommMsg(comm_id="c"))
    conversation.incoming("iopub", status("idle", request))
    assert heard.said == ["heard idle", "finished"]


def test_nobody_waits_for_what_was_forgotten() -> None:
    conversation = Conversation()
    request, heard = begin(conversation)
    conversation.forget(request.msg_id)
    conversation.forget(request.msg_id)
    assert not conversation.incoming("shell", reply(request))
    assert heard.said == []


def test_forgetting_while_being_told() -> None:
    conversation = Conversation()
    request, heard = begin(conversation)
    heard.on_reply = lambda: conversation.forget(request.msg_id)
    conversation.incoming("iopub", status("idle", request))
    conversation.incoming("shell", reply(request))
    assert heard.said == ["heard idle", "replied execute_reply"]


def test_a_request_is_begun_once() -> None:
    conversation = Conversation()
    request, heard = begin(conversation)
    with pytest.raises(LocalProtocolError, match="open already"):
        conversation.begin(request, heard)


def test_failing_ends_all() -> None:
    conversation = Conversation()
    listeners = [begin(conversation)[1] for _ in range(3)]
    error = KernelDied("gone")
    conversation.fail(error)
    assert [heard.error for heard in listeners] == [error] * 3
    assert len(conversation) == 0


@pytest.mark.parametrize("state", ["restarting", "dead"])
def test_a_server_says_that_the_kernel_is_gone(state: str) -> None:
    conversation = Conversation()
    _, heard = begin(conversation)
    conversation.incoming("iopub", status(state))
    assert isinstance(heard.error, KernelDied)


def test_a_new_kernel_knows_nothing_of_what_the_old_one_began() -> None:
    conversation = Conversation()
    begun, lost = begin(conversation)
    _, waiting = begin(conversation)
    conversation.incoming("iopub", status("busy", begun))
    conversation.incoming("iopub", status("starting", session=Session(session_id="new kernel")))
    assert isinstance(lost.error, KernelDied)
    # Nobody took this one yet: it may still lie in the socket, and be answered by the new kernel.
    assert waiting.said == []
    assert len(conversation) == 1


def test_the_late_start_of_the_same_kernel_changes_nothing() -> None:
    conversation = Conversation()
    begun, heard = begin(conversation)
    conversation.incoming("iopub", status("busy", begun))
    conversation.incoming("iopub", status("starting"))
    assert heard.error is None


def test_general_listeners_hear_every_broadcast_that_matches() -> None:
    conversation = Conversation()
    request, _ = begin(conversation)
    everything: list[str] = []
    streams: list[str] = []
    with (
        conversation.listening(lambda message: everything.append(message.msg_type)),
        conversation.listening(
            lambda message: streams.append(message.msg_type), lambda message: message.msg_type == "stream"
        ),
    ):
        conversation.incoming("iopub", KERNEL.message(IopubWelcome()))
        conversation.incoming("iopub", stream(request))
        conversation.incoming("iopub", stream())
        conversation.incoming("shell", reply(request))
    conversation.incoming("iopub", stream())
    assert everything == ["iopub_welcome", "stream", "stream"]
    assert streams == ["stream", "stream"]


@given(st.data())
def test_any_number_of_requests_in_any_order_each_get_their_own(data: st.DataObject) -> None:
    conversation = Conversation()
    open_requests = [begin(conversation) for _ in range(data.draw(st.integers(1, 8)))]
    events: list[tuple[str, Message]] = []
    for request, _ in open_requests:
        events += [("shell", reply(request)), ("iopub", status("idle", request)), ("iopub", stream(request))]
    for channel, message in data.draw(st.permutations(events)):
        conversation.incoming(channel, message)
    for _, heard in open_requests:
        assert heard.said.count("replied execute_reply") == 1
        assert heard.said.count("heard idle") == 1
        assert heard.said.count("finished") == 1
        assert heard.said[-1] == "finished"
    assert len(conversation) == 0
