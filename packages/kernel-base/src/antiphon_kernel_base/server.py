"""A kernel's threads: the main one runs cells, one owns the sockets, one answers heartbeats.

The I/O thread is the only one that touches shell, control, stdin and iopub. It verifies and decodes what comes, answers
control requests itself, queues the rest for the main thread, and sends what the publisher's queue holds. The
main thread never waits for a socket; whatever user code does, control and heartbeat are answered.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from queue import SimpleQueue
from time import monotonic
from typing import Any, Final, TypeAlias, cast

import zmq

from antiphon_kernel_base import interrupts
from antiphon_kernel_base.dispatcher import Dispatcher, Surroundings
from antiphon_kernel_base.kernel import KernelBase
from antiphon_kernel_base.mainloop import MainLoop
from antiphon_kernel_base.originals import Original
from antiphon_kernel_base.publisher import Frames, Publisher
from antiphon_kernel_base.questions import Questions
from antiphon_kernel_base.sockets import bind, receive, transmit
from antiphon_kernel_base.wakeup import Wakeup
from antiphon_wire_protocol.discovery.connection import Channel, ConnectionInfo, write_connection_file
from antiphon_wire_protocol.errors import MalformedContent, ProtocolError
from antiphon_wire_protocol.message.content import ConnectReply, Content, IopubWelcome, Status
from antiphon_wire_protocol.message.messages import Message
from antiphon_wire_protocol.message.session import Session

GRACE = 1.0
"""Seconds that a running cell is given to end once the process that started this kernel has gone."""

FAREWELL = 0.5
"""Seconds between a cell's wish to exit and the exit: frontends poll, and one whose kernel is gone drops the reply."""

FIRST_SUBSCRIBER = 50
"""Milliseconds that the very first request waits for its sender's subscription, which travels on another connection."""

Send: TypeAlias = "Callable[[Content, Message | None], None]"
Reader: TypeAlias = "Callable[[Send], None]"
"""Reads all there is from a descriptor without blocking and hands it on as broadcasts, in line or at once."""

FENCE: Final = "fence"
STOP: Final = "stop"
Job: TypeAlias = "tuple[Message, str] | MalformedContent | str"


class Server:
    """Serves one kernel on one connection.

    `open` binds and returns; `serve` runs until a shutdown request or the death of the parent process.
    """

    def __init__(
        self,
        connection: ConnectionInfo,
        *,
        connection_file: str | None = None,
        parent_pid: int | None = None,
        log: Callable[[str], object] | None = None,
    ) -> None:
        self.connection = connection
        self.session = Session(connection.key_bytes, signature_scheme=connection.signature_scheme)
        self.mainloop: MainLoop[Job] = MainLoop()
        self.connection_file = connection_file
        self._parent_pid = parent_pid
        self.log = log or Original(2).line
        self._wakeup = Wakeup()
        self.publisher = Publisher(self.session, self._wakeup.set)
        self._questions = Questions(self.publisher)
        self._dispatcher: Dispatcher | None = None
        self._serving = threading.Event()
        self._closing = False
        self._stopping = False
        self._restart = False
        self._exit_at: float | None = None
        self._stop_at: float | None = None
        self._listened_to = False
        self._sockets: dict[str, zmq.Socket[bytes]] = {}
        self._readers: dict[int, Reader] = {}
        self._poller = zmq.Poller()
        self._thread = threading.Thread(target=self._own_sockets, name="antiphon-io", daemon=True)

    # ── the main thread ──────────────────────────────────────────────────────────────────────────────────

    def open(self) -> ConnectionInfo:
        """Bind all sockets; ports left open (0) are chosen and written back to the connection file.

        Raises `OSError` when an address is taken.
        """
        bound: SimpleQueue[dict[str, int] | BaseException] = SimpleQueue()
        self._bound = bound
        self._thread.start()
        ports = bound.get()
        if isinstance(ports, BaseException):
            raise ports
        info = self.connection.with_ports(**ports)
        if info != self.connection and self.connection_file is not None:
            write_connection_file(self.connection_file, info)
        self.connection = info
        return info

    def serve(self, kernel: KernelBase) -> None:
        """Answer requests with `kernel` until told to stop. Main thread."""
        dispatcher = Dispatcher(
            kernel,
            self.publisher,
            Surroundings(self.mainloop.drive, self._raise_fence, self.stop, self._connect_info, self._questions.ask),
        )
        interrupts.install()
        self._dispatcher = dispatcher
        self.publisher.publish(Status(execution_state="starting"), None)
        self._serving.set()
        take = self.mainloop.next
        while True:
            job = take()
            if type(job) is tuple:
                dispatcher.handle(job[0], job[1])
            elif job is FENCE:
                dispatcher.fence_passed()
            elif isinstance(job, MalformedContent):
                dispatcher.refuse(job, "shell")
            else:
                break
            # A cell's locals are not to be kept alive by its request.
            del job
        try:
            kernel.shutdown(self._restart)
            self.mainloop.close()
        finally:
            self.close()

    def stop(self, restart: bool = False) -> None:
        """Leave `serve` after the request in hand; a cell that runs is interrupted. Any thread."""
        self._restart = restart
        if not self._stopping:
            self._stopping = True
            if self._dispatcher is not None:
                self._dispatcher.leave()
            self.mainloop.put(STOP)
            if threading.current_thread() is self._thread and hasattr(signal, "pthread_kill"):
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    def leave(self) -> None:
        """Stop by itself a moment from now, unless somebody asks for it before. Any thread."""

        def set_time() -> None:
            self._stop_at = monotonic() + FAREWELL

        self.publisher.call(set_time)

    def close(self) -> None:
        """Send what is left, close the sockets and end the threads."""
        if not self._thread.is_alive():
            return
        self._closing = True
        self._serving.set()
        self._wakeup.set()
        self._thread.join()

    def add_reader(self, descriptor: int, reader: Reader) -> None:
        """Have the I/O thread read a descriptor (non-blocking): when it is readable, and before every reply.

        What was written to it before a cell ended is therefore out before the cell's reply.
        """

        def add() -> None:
            self._readers[descriptor] = reader
            self._poller.register(descriptor, zmq.POLLIN)

        self.publisher.call(add)

    def _raise_fence(self) -> None:
        self.publisher.call(self._pass_fence)

    def _connect_info(self) -> ConnectReply:
        at = self.connection
        return ConnectReply(
            shell_port=at.shell_port,
            iopub_port=at.iopub_port,
            stdin_port=at.stdin_port,
            control_port=at.control_port,
            hb_port=at.hb_port,
        )

    # ── the I/O thread ───────────────────────────────────────────────────────────────────────────────────

    def _own_sockets(self) -> None:
        if hasattr(signal, "pthread_sigmask"):
            # Signals are for the main thread: a blocking call there must return.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        try:
            self._bound.put(self._bind(context))
        except BaseException as error:
            for socket in self._sockets.values():
                socket.close(0)
            context.destroy(0)
            self._bound.put(error)
            return
        self._serving.wait()
        try:
            self._exchange()
        except BaseException as error:
            # Nobody can be answered from here on: the kernel must not stay behind, whatever runs in it.
            threading.Timer(GRACE, os._exit, (1,)).start()
            self.log(f"the kernel cannot go on: {type(error).__name__}: {error}")
            self.stop()
            raise
        finally:
            for socket in self._sockets.values():
                socket.close()
            context.term()
            self._wakeup.close()

    def _bind(self, context: zmq.Context[zmq.Socket[bytes]]) -> dict[str, int]:
        ports: dict[str, int] = {}
        # iopub first: a frontend that connects while we bind is subscribed before its first request is answered.
        channels: tuple[Channel, ...] = ("iopub", "stdin", "control", "shell")
        for channel in channels:
            self._sockets[channel], ports[channel] = bind(context, self.connection, channel)
        started: SimpleQueue[int | BaseException] = SimpleQueue()
        threading.Thread(
            target=_echo_heartbeats, args=(context, self.connection, started), name="antiphon-heartbeat", daemon=True
        ).start()
        port = started.get()
        if isinstance(port, BaseException):
            raise port
        ports["hb"] = port
        return ports

    def _exchange(self) -> None:
        """Read, answer, queue and send until closing."""
        poller, wakeup = self._poller, self._wakeup
        descriptor = wakeup.fileno()
        for source in (descriptor, *(self._sockets.values())):
            poller.register(source, zmq.POLLIN)
        parent = self._watch_parent()
        act: dict[Any, Callable[[], object]] = {
            descriptor: wakeup.clear,
            self._sockets["shell"]: self._read_shell,
            self._sockets["control"]: self._read_control,
            self._sockets["stdin"]: self._read_stdin,
            self._sockets["iopub"]: self._read_subscription,
        }
        if parent is not None:
            act[parent] = self._orphaned
        publisher, poll = self.publisher, poller.poll
        while True:
            closing = self._closing
            wait = publisher.take(self._send, flush=closing)
            if closing:
                self._read_descriptors()
                return
            if self._stop_at is not None:
                left = self._stop_at - monotonic()
                if left <= 0:
                    self._stop_at = None
                    self.stop()
                    continue
                wait = left if wait is None else min(wait, left)
            if self._exit_at is not None:
                left = self._exit_at - monotonic()
                if left <= 0:
                    os._exit(1)
                wait = left if wait is None else min(wait, left)
            for source, _ in poll(None if wait is None else int(wait * 1000) + 1):
                action = act.get(source)
                if action is not None:
                    action()
                else:
                    self._read_descriptor(source)

    def _send(self, channel: str, frames: Frames) -> None:
        if self._readers and channel in ("shell", "control"):
            self._read_descriptors()
        try:
            transmit(self._sockets[channel], frames)
        except zmq.ZMQError as error:
            if channel == "stdin" and error.errno == zmq.EHOSTUNREACH:
                self._questions.answer(None)
            else:
                self.log(f"{channel}: a message could not be sent: {error}")

    def _broadcast(self, content: Content, parent: Message | None) -> None:
        transmit(self._sockets["iopub"], self.publisher.frames(content, parent))

    def _read(self, channel: str) -> Message | MalformedContent | None:
        try:
            return self.session.read(receive(self._sockets[channel]))
        except MalformedContent as error:
            return error
        except ProtocolError as error:
            self.log(f"{channel}: message dropped: {error}")
            return None

    def _await_subscriber(self) -> None:
        # A frontend that connects both sockets and asks at once would miss its own first busy and idle.
        if self._sockets["iopub"].poll(FIRST_SUBSCRIBER):
            self._read_subscription()
        self._listened_to = True

    def _read_shell(self) -> None:
        shell = self._sockets["shell"]
        if not self._listened_to:
            self._await_subscriber()
        jobs: list[Job] = []
        while cast(int, shell.getsockopt(zmq.EVENTS)) & zmq.POLLIN:
            message = self._read("shell")
            if message is not None:
                jobs.append((message, "shell") if isinstance(message, Message) else message)
        # Queued last: the main thread wakes when this thread has nothing left to do but wait.
        for job in jobs:
            self.mainloop.put(job)

    def _read_control(self) -> None:
        message = self._read("control")
        assert self._dispatcher is not None
        if isinstance(message, MalformedContent):
            self._dispatcher.refuse(message, "control")
        elif message is not None:
            if self._dispatcher.answers_while_busy(message, "control"):
                self._dispatcher.handle(message, "control")
            else:
                self.mainloop.put((message, "control"))

    def _read_stdin(self) -> None:
        message = self._read("stdin")
        if isinstance(message, Message):
            self._questions.answer(message)

    def _read_subscription(self) -> None:
        self._listened_to = True
        frame = self._sockets["iopub"].recv()
        if frame[:1] == b"\x01":
            topic = frame[1:]
            welcome = IopubWelcome(subscription=topic.decode("utf-8", "replace"))
            message = self.session.message(welcome, idents=(topic,))
            transmit(self._sockets["iopub"], self.session.frames(message))

    def _read_descriptor(self, descriptor: Any) -> None:
        reader = self._readers.get(descriptor)
        if reader is not None:
            # What the main thread wrote before the child did is sent before it.
            self.publisher.take(self._send, flush=True)
            reader(self.publisher.publish)

    def _read_descriptors(self) -> None:
        for reader in self._readers.values():
            reader(self._broadcast)

    def _pass_fence(self) -> None:
        self._read_shell()
        self.mainloop.put(FENCE)

    def _watch_parent(self) -> int | None:
        if self._parent_pid is None:
            return None
        descriptor = -1
        if hasattr(os, "pidfd_open"):
            try:
                descriptor = os.pidfd_open(self._parent_pid)
            except ProcessLookupError:
                self._orphaned()
                return None
            except OSError:
                pass  # an old kernel, or a sandbox
        if descriptor < 0:
            from antiphon_kernel_base.parent import watch

            watch(self._parent_pid, lambda: self.publisher.call(self._orphaned))
            return None
        self._poller.register(descriptor, zmq.POLLIN)
        return descriptor

    def _orphaned(self) -> None:
        if self._exit_at is None:
            self.log("the process that started this kernel has gone: leaving")
            self._exit_at = monotonic() + GRACE
            self.stop()


def _echo_heartbeats(
    context: zmq.Context[zmq.Socket[bytes]],
    connection: ConnectionInfo,
    started: SimpleQueue[int | BaseException],
) -> None:
    """Echo heartbeats inside ZeroMQ: no user code, however busy, and no lock of the interpreter can hold them up."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        socket, port = bind(context, connection, "hb")
    except BaseException as error:
        started.put(error)
        return
    started.put(port)
    try:
        zmq.proxy(socket, socket)
    except zmq.ContextTerminated:
        pass
    finally:
        socket.close(0)
