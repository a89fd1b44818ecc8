"""The sockets of one client: frames in, frames out, on the running asyncio loop.

One reader per socket. The file descriptor of a ZeroMQ socket is edge triggered, and *any* use of the socket may swallow
the edge: so after every send, and whenever a batch ends early, we look at the socket again ourselves.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

import zmq

from antiphon_wire_protocol.discovery.connection import Channel as ChannelName
from antiphon_wire_protocol.discovery.connection import ConnectionInfo
from antiphon_wire_protocol.errors import LocalProtocolError
from antiphon_wire_protocol.message.messages import Buffer
from antiphon_wire_protocol.message.session import DELIMITER

Frames: TypeAlias = "list[bytes | memoryview]"

CHANNELS: tuple[ChannelName, ...] = ("shell", "iopub", "stdin", "control")
BATCH = 64
"""Messages read in one turn of the loop: enough to be fast, few enough to let others live."""
LINGER = 500
"""Milliseconds that unsent messages may hold up the end of the process."""
RECONNECT = 20
"""Milliseconds between attempts to reach a kernel on this machine that is not there yet."""

_contexts: dict[int, zmq.Context[zmq.Socket[bytes]]] = {}


def context() -> zmq.Context[zmq.Socket[bytes]]:
    """The ZeroMQ context of this process; a forked child gets its own."""
    found = _contexts.get(os.getpid())
    if found is None:
        found = _contexts[os.getpid()] = zmq.Context()
        # The default of 1023 sockets is some two hundred kernels.
        found.set(zmq.MAX_SOCKETS, min(16_384, found.get(zmq.SOCKET_LIMIT)))
    return found


def new_socket(connection: ConnectionInfo, channel: ChannelName, identity: bytes = b"") -> zmq.Socket[bytes]:
    """A socket of the right type for `channel`, to be connected to its `url`. Nothing is ever dropped on our side.

    Raises `LocalProtocolError` when the connection asks for encryption that this libzmq cannot do.
    """
    kind = {"iopub": zmq.SUB, "hb": zmq.REQ}.get(channel, zmq.DEALER)
    socket = context().socket(kind)
    try:
        _configure(socket, connection, identity)
    except BaseException:
        socket.close(0)
        raise
    return socket


def _configure(socket: zmq.Socket[bytes], connection: ConnectionInfo, identity: bytes) -> None:
    socket.set(zmq.LINGER, LINGER)
    socket.set(zmq.SNDHWM, 0)
    socket.set(zmq.RCVHWM, 0)
    if connection.transport == "ipc" or connection.ip.startswith("127."):
        socket.set(zmq.RECONNECT_IVL, RECONNECT)
    else:
        socket.set(zmq.RECONNECT_IVL_MAX, 2_000)
    if ":" in connection.ip and connection.transport == "tcp":
        socket.set(zmq.IPV6, 1)
    if identity:
        socket.set(zmq.IDENTITY, identity)
    if socket.type == zmq.SUB:
        socket.set(zmq.SUBSCRIBE, b"")
    if connection.curve_publickey:
        if not zmq.has("curve"):
            raise LocalProtocolError("the kernel's channels are encrypted, and this libzmq was built without CURVE")
        public = connection.curve_publickey.encode("ascii")
        # As jupyter_client does: the pair in the file serves both sides.
        socket.set(zmq.CURVE_SERVERKEY, public)
        socket.set(zmq.CURVE_PUBLICKEY, public)
        socket.set(zmq.CURVE_SECRETKEY, (connection.curve_secretkey or "").encode("ascii"))


def when_connected(socket: zmq.Socket[bytes], then: Callable[[], None]) -> Callable[[], None]:
    """Call `then` once `socket`, which must not have been connected yet, has shaken hands with its peer.

    What is returned ends the watch; it must be called before the socket is closed.
    """

    def stop() -> None:
        # In this order: libzmq blocks when it reports an event that nobody is there to hear.
        if not socket.closed:
            socket.disable_monitor()
        watching.close(0)

    def happened(_: Frames) -> None:
        stop()
        then()

    watching = ChannelSocket(socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED), happened)
    return stop


def receive(socket: zmq.Socket[bytes]) -> Frames:
    """One multipart message, without waiting; buffers stay where ZeroMQ put them. Raises `zmq.Again`."""
    frames: Frames = [socket.recv(zmq.NOBLOCK)]
    small = -1 if frames[0] != DELIMITER else 5
    while socket.get(zmq.RCVMORE):
        if small == 0:
            frames.append(socket.recv(zmq.NOBLOCK, copy=False).buffer)
            continue
        frame = socket.recv(zmq.NOBLOCK)
        frames.append(frame)
        if small > 0:
            small -= 1
        elif frame == DELIMITER:
            small = 5
    return frames


class ChannelSocket:
    """One socket on the running loop; `on_message` is called with the frames of each message, in order."""

    def __init__(self, socket: zmq.Socket[bytes], on_message: Callable[[Frames], None]) -> None:
        self._socket = socket
        self._on_message = on_message
        self._loop = asyncio.get_running_loop()
        self._fd = int(socket.get(zmq.FD))
        self._again: asyncio.Handle | None = None
        self._loop.add_reader(self._fd, self._drain)
        self._look_again()

    def send(self, frames: Sequence[Buffer]) -> None:
        """Hand one message to ZeroMQ. Never waits: there is no high-water mark and the pipe exists since `connect`."""
        self._socket.send_multipart(frames, zmq.NOBLOCK)
        # Sending reads the socket's mailbox, and with it the news of a message that came meanwhile.
        if self._again is None and int(self._socket.get(zmq.EVENTS)) & zmq.POLLIN:
            self._look_again()

    def close(self, linger: int = LINGER) -> None:
        if self._socket.closed:
            return
        self._loop.remove_reader(self._fd)
        if self._again is not None:
            self._again.cancel()
        self._socket.close(linger)

    def drain(self) -> None:
        """Hand on everything that has come, however much."""
        while not self._socket.closed and int(self._socket.get(zmq.EVENTS)) & zmq.POLLIN:
            self._drain()

    def _look_again(self) -> None:
        self._again = self._loop.call_soon(self._drain)

    def _drain(self) -> None:
        if self._again is not None:
            self._again.cancel()
            self._again = None
        try:
            for _ in range(BATCH):
                self._on_message(receive(self._socket))
                if self._socket.closed:
                    return
        except zmq.Again:
            return
        except zmq.ZMQError as error:
            if error.errno == zmq.EFSM:  # a REQ socket that has its answer
                return
            raise
        self._look_again()


class Channels:
    """The shell, iopub, stdin and control sockets of one client.

    Shell and stdin share an identity, by which the kernel knows where its questions go; it is new with every
    opening, so that a kernel never takes a reconnection for a duplicate. Must be made on the running loop.

    `can_be_asked` is called when stdin is connected. Before, a kernel that asks finds nobody of that name, and ZeroMQ
    drops the question: both sides would wait for ever.
    """

    def __init__(
        self,
        connection: ConnectionInfo,
        session_id: str,
        on_message: Callable[[ChannelName, Frames], None],
        names: Sequence[ChannelName] = CHANNELS,
        can_be_asked: Callable[[], None] = lambda: None,
    ) -> None:
        identity = f"{session_id}-{os.urandom(4).hex()}".encode()
        self._channels: dict[ChannelName, ChannelSocket] = {}
        self._stop_watching: Callable[[], None] = lambda: None
        try:
            for name in names:
                socket = new_socket(connection, name, b"" if name == "iopub" else identity)
                if name == "stdin":
                    self._stop_watching = when_connected(socket, can_be_asked)
                socket.connect(connection.url(name))
                self._channels[name] = ChannelSocket(socket, partial(on_message, name))
        except BaseException:
            self.close(0)
            raise

    def send(self, channel: ChannelName, frames: Sequence[Buffer]) -> None:
        """Raises `LocalProtocolError` for a channel that is not open."""
        found = self._channels.get(channel)
        if found is None:
            raise LocalProtocolError(f"channel {channel!r} is not open: {', '.join(self._channels) or 'none is'}")
        found.send(frames)

    def drain(self) -> None:
        for channel in tuple(self._channels.values()):
            channel.drain()

    def close(self, linger: int = LINGER) -> None:
        self._stop_watching()
        for channel in self._channels.values():
            channel.close(linger)
        self._channels.clear()
