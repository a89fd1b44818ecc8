"""Sockets on the loop: nothing is lost between an edge and the next look, and buffers are not copied."""

from __future__ import annotations

import asyncio
import os

import pytest
import zmq

from antiphon_wire_protocol.client.channels import BATCH, Channels, ChannelSocket, context, new_socket, receive
from antiphon_wire_protocol.discovery.connection import ConnectionInfo
from antiphon_wire_protocol.errors import LocalProtocolError
from antiphon_wire_protocol.message.session import DELIMITER
from antiphon_wire_protocol.testing import ScriptedKernel


def pair() -> tuple[zmq.Socket[bytes], zmq.Socket[bytes]]:
    address = f"inproc://{os.urandom(8).hex()}"
    here, there = context().socket(zmq.PAIR), context().socket(zmq.PAIR)
    for socket in (here, there):
        socket.set(zmq.SNDHWM, 0)
        socket.set(zmq.RCVHWM, 0)
    there.bind(address)
    here.connect(address)
    return here, there


async def test_no_edge_is_lost_when_sending_and_receiving_cross() -> None:
    """Every message is answered by another from inside the callback, with answers coming at any moment."""
    here, there = pair()
    done = asyncio.get_running_loop().create_future()
    rounds = 3000
    seen: list[int] = []

    def at_home(frames: list[bytes | memoryview]) -> None:
        seen.append(int(bytes(frames[0])))
        home.send([b"%d" % (len(seen))])
        if len(seen) == rounds and not done.done():
            done.set_result(None)

    home = ChannelSocket(here, at_home)
    away = ChannelSocket(there, lambda frames: away.send([b"%d" % (int(bytes(frames[0])) + 1)]))
    home.send([b"0"])
    await asyncio.wait_for(done, 20)
    assert seen == list(range(1, rounds + 1))
    home.close(0)
    away.close(0)


async def test_more_than_one_batch_waits() -> None:
    here, there = pair()
    for number in range(3 * BATCH + 1):
        there.send(b"%d" % number)
    seen: list[bytes] = []
    done = asyncio.Event()

    def heard(frames: list[bytes | memoryview]) -> None:
        seen.append(bytes(frames[0]))
        if len(seen) == 3 * BATCH + 1:
            done.set()

    channel = ChannelSocket(here, heard)
    await asyncio.wait_for(done.wait(), 10)
    assert seen == [b"%d" % number for number in range(3 * BATCH + 1)]
    channel.close(0)
    there.close(0)


async def test_a_callback_may_close_its_channel() -> None:
    here, there = pair()
    for _ in range(3):
        there.send(b"x")
    seen: list[object] = []
    closed = asyncio.Event()

    def heard(frames: list[bytes | memoryview]) -> None:
        seen.append(frames)
        channel.close(0)
        closed.set()

    channel = ChannelSocket(here, heard)
    await asyncio.wait_for(closed.wait(), 10)
    await asyncio.sleep(0)
    assert len(seen) == 1
    channel.close(0)
    there.close(0)


@pytest.mark.parametrize("idents", [[], [b"topic"], [b"one", b"two"]])
def test_only_buffers_are_left_where_they_are(idents: list[bytes]) -> None:
    here, there = pair()
    sent = [*idents, DELIMITER, b"signature", b"h", b"p", b"m", b"c", b"buffer 1", b"buffer 2"]
    there.send_multipart(sent)
    frames = receive(here)
    assert [bytes(frame) for frame in frames] == sent
    assert [type(frame) for frame in frames] == [bytes] * (len(sent) - 2) + [memoryview] * 2
    with pytest.raises(zmq.Again):
        receive(here)
    here.close(0)
    there.close(0)


async def test_encrypted_channels() -> None:
    public, secret = zmq.curve_keypair()
    kernel = context().socket(zmq.ROUTER)
    kernel.set(zmq.CURVE_SERVER, 1)
    kernel.set(zmq.CURVE_PUBLICKEY, public)
    kernel.set(zmq.CURVE_SECRETKEY, secret)
    port = kernel.bind_to_random_port("tcp://127.0.0.1")
    connection = ConnectionInfo(shell_port=port, curve_publickey=public.decode(), curve_secretkey=secret.decode())
    socket = new_socket(connection, "shell", b"me")
    socket.connect(connection.url("shell"))
    socket.send(b"hello")
    assert kernel.poll(10_000) and kernel.recv_multipart() == [b"me", b"hello"]
    socket.close(0)
    kernel.close(0)


async def test_it_is_known_when_questions_can_come() -> None:
    with ScriptedKernel() as first:
        connection = first.connection
    connected = asyncio.Event()
    channels = Channels(connection, "s", lambda channel, frames: None, can_be_asked=connected.set)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(connected.wait(), 0.05)
    with ScriptedKernel(connection):
        await asyncio.wait_for(connected.wait(), 10)
    channels.close(0)


async def test_a_channel_that_is_not_open_is_named() -> None:
    with ScriptedKernel() as kernel:
        channels = Channels(kernel.connection, "s", lambda channel, frames: None, ("control",))
        with pytest.raises(LocalProtocolError, match="channel 'shell' is not open: control"):
            channels.send("shell", [b""])
        channels.close(0)
        with pytest.raises(LocalProtocolError, match="none is"):
            channels.send("control", [b""])
