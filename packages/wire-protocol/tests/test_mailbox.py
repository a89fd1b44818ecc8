"""A mailbox hands messages to its one consumer in order, and ends when told to."""

from __future__ import annotations

import asyncio

import pytest

from antiphon_wire_protocol.client.mailbox import Mailbox
from antiphon_wire_protocol.message.content import Stream
from antiphon_wire_protocol.message.messages import Header, Message


def message(text: str) -> Message:
    return Message(Header(text, "stream"), Stream(name="stdout", text=text))


async def test_what_was_put_in_comes_out_before_the_end() -> None:
    mailbox = Mailbox()
    for text in "abc":
        mailbox.put(message(text))
    mailbox.close()
    mailbox.put(message("too late"))
    assert len(mailbox) == 3
    assert [m.msg_id async for m in mailbox] == ["a", "b", "c"]


async def test_the_error_comes_after_what_was_put_in() -> None:
    mailbox = Mailbox()
    mailbox.put(message("a"))
    mailbox.close(ZeroDivisionError())
    assert (await mailbox.get()).msg_id == "a"
    with pytest.raises(ZeroDivisionError):
        await mailbox.get()


async def test_a_consumer_waits_for_the_next() -> None:
    mailbox = Mailbox()
    waiting = asyncio.ensure_future(mailbox.get(10))
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="one consumer"):
        await mailbox.get()
    mailbox.put(message("a"))
    assert (await waiting).msg_id == "a"


async def test_a_wait_that_was_given_up_loses_nothing() -> None:
    mailbox = Mailbox()
    with pytest.raises(TimeoutError):
        await mailbox.get(0.01)
    mailbox.put(message("a"))
    assert (await mailbox.get(10)).msg_id == "a"
    assert mailbox.take() is None


async def test_a_limit_keeps_the_newest_and_counts_the_rest() -> None:
    mailbox = Mailbox(limit=2)
    for text in "abcd":
        mailbox.put(message(text))
    mailbox.close()
    assert mailbox.dropped == 2
    assert [m.msg_id async for m in mailbox] == ["c", "d"]
