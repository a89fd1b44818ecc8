"""The five ZeroMQ sockets of a kernel, and how a message is taken from one. The only zmq here, with `server`.

All five are made, used and closed by one thread each: four by the server's I/O thread, the heartbeat by its own.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import cast

import zmq

from antiphon_wire_protocol.discovery.connection import Channel, ConnectionInfo
from antiphon_wire_protocol.message.messages import Buffer
from antiphon_wire_protocol.message.session import DELIMITER

KINDS: dict[Channel, int] = {
    "shell": zmq.ROUTER,
    "control": zmq.ROUTER,
    "stdin": zmq.ROUTER,
    "iopub": zmq.XPUB,
    "hb": zmq.ROUTER,
}
IPC_PORTS: dict[Channel, int] = {"shell": 1, "iopub": 2, "stdin": 3, "control": 4, "hb": 5}
"""Over ipc a port is the number at the end of a socket's file name: nobody else has ours."""

LINGER = 1000
"""Milliseconds for which a closing socket goes on sending."""

MORE = int(zmq.SNDMORE)

LARGE = 65_536
"""Bytes above which a frame is handed to ZeroMQ instead of being copied."""


def bind(
    context: zmq.Context[zmq.Socket[bytes]], connection: ConnectionInfo, channel: Channel
) -> tuple[zmq.Socket[bytes], int]:
    """Open one socket where `connection` says. Returns it with the port it got.

    Raises `OSError`, naming the address, when that is taken.
    """
    socket = context.socket(KINDS[channel])
    socket.linger = LINGER
    # Nothing is ever dropped: not output for a slow subscriber, not replies.
    socket.sndhwm = socket.rcvhwm = 0
    if channel == "iopub":
        # Every subscription is reported, so that each is answered by a welcome (JEP 65), not only the first.
        socket.xpub_verbose = 1
    if channel == "stdin":
        # A question that nobody can hear is an error in the cell, not a hang.
        socket.router_mandatory = 1
    if channel in ("shell", "control"):
        # A frontend that reconnects with its old identity gets its replies.
        socket.router_handover = 1
    if connection.curve_secretkey and connection.curve_publickey:
        socket.curve_secretkey = connection.curve_secretkey.encode()
        socket.curve_publickey = connection.curve_publickey.encode()
        socket.curve_server = True
    if connection.transport == "ipc" and not connection.port(channel):
        connection = connection.with_ports(**{channel: IPC_PORTS[channel]})
    url = connection.url(channel)
    try:
        socket.bind(url)
    except zmq.ZMQError as error:
        socket.close(0)
        raise OSError(f"{channel} socket at {url}: {os.strerror(error.errno or 0)}") from None
    if connection.port(channel):
        return socket, connection.port(channel)
    endpoint = cast(bytes, socket.last_endpoint)
    return socket, int(endpoint.rstrip(b"\0").rpartition(b":")[2])


def receive(socket: zmq.Socket[bytes]) -> list[bytes | memoryview]:
    """One multipart message. Buffers (what follows the four JSON frames) are not copied."""
    frames: list[bytes | memoryview] = []
    buffers_from = -1
    while True:
        if len(frames) == buffers_from:
            frames.extend(frame.buffer for frame in socket.recv_multipart(copy=False))
            return frames
        frame = socket.recv()
        frames.append(frame)
        if not socket.getsockopt(zmq.RCVMORE):
            return frames
        if buffers_from < 0 and frame == DELIMITER:
            buffers_from = len(frames) + 5


def transmit(socket: zmq.Socket[bytes], frames: Sequence[Buffer]) -> None:
    """Send one multipart message, large frames without a copy."""
    last = frames[-1]
    if len(frames) > 8 or (last.nbytes if isinstance(last, memoryview) else len(last)) > LARGE:
        socket.send_multipart(frames, copy=False)
        return
    # send_multipart looks at every frame once more before it sends: twice the time for what is short and known.
    send = socket.send
    for frame in frames[:-1]:
        send(frame, MORE)
    send(last)
