"""What user code writes and asks by the usual means, routed to the frontend of its cell.

Installed once at start; nothing is swapped per cell. `sys.stdout` and `sys.stderr` find their cell at each write; what
C code and child processes write to descriptors 1 and 2 comes through a pipe, is shown in the newest cell and passed
on to where it would have gone. The order holds: before anything is said from Python, what waits in the pipes is put
in line.
"""

from __future__ import annotations

import builtins
import codecs
import io
import os
import select
import sys
from collections.abc import Callable
from functools import partial
from threading import RLock
from typing import Any

from antiphon_exec_core.outputs import current_outlet
from antiphon_kernel_base.frontend import Frontend
from antiphon_kernel_base.originals import Original
from antiphon_kernel_base.server import Reader, Send
from antiphon_kernel_base.streams import FrontendStream
from antiphon_wire_protocol.message.content import Stream

CHUNK = 65_536


def frontend_of_code() -> Frontend | None:
    """The frontend of the cell that the calling code belongs to; the newest one in threads that belong to none."""
    try:
        return current_outlet().frontend  # type: ignore[attr-defined, no-any-return]
    except AttributeError:
        return None  # the terminal's outlet, before the first cell; or that of a magic that captures


class DescriptorCapture:
    """Stands in for one descriptor: what is written to it comes out of a pipe, and goes on to the original."""

    def __init__(self, descriptor: int, name: str, newest: Callable[[], Frontend | None]) -> None:
        self.name = name
        self._newest = newest
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.original = os.dup(descriptor)
        os.set_inheritable(self.original, False)
        self._passed_on = Original(self.original)
        self.reading, writing = os.pipe()
        os.set_blocking(self.reading, False)
        os.dup2(writing, descriptor)
        os.close(writing)

    def read(self, send: Send) -> None:
        """Pass on all there is."""
        while True:
            try:
                data = os.read(self.reading, CHUNK)
            except OSError:
                return
            if not data:
                return
            text = self._decoder.decode(data)
            frontend = self._newest()
            if text and frontend is not None:
                frontend.run = None  # text that follows must not be gathered with what was written before this
            if text:
                send(Stream(name=self.name, text=text), frontend.request if frontend is not None else None)
            self._passed_on.write(data)  # as far as somebody reads it; the frontends have the text


class Pipes:
    """Both captures, read in turn by one thread at a time: by the owner of the sockets, and by who has to catch up.

    A thread that finds the pipes empty has caught up only if nobody is between reading and putting in line.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._busy = 0
        self._captures: list[DescriptorCapture] = []
        self._waiting: Callable[[], object] = bool

    def watch(self, captures: list[DescriptorCapture]) -> None:
        """These are the captures from now on."""
        self._captures = captures
        if hasattr(select, "epoll"):
            polled: Any = select.epoll()
            self._waiting = partial(polled.poll, 0, len(captures))
        elif hasattr(select, "poll"):
            polled = select.poll()
            self._waiting = partial(polled.poll, 0)
        else:
            return
        for capture in captures:
            polled.register(capture.reading, 1)  # EPOLLIN, POLLIN

    def catch_up(self) -> None:
        """Put in line what waits in the pipes. Called before each piece of text, so it asks one question only."""
        try:
            if not self._waiting() and not self._busy:
                return
        except RuntimeError:  # another thread asks just now, and `poll` takes one at a time
            pass
        frontend = frontend_of_code()
        if frontend is not None:
            self.read(lambda content, _: frontend.publish(content))

    def read(self, send: Send) -> None:
        """Pass on all there is. Of two pipes that both have something, the one that was last written to goes last."""
        with self._lock:
            self._busy += 1
            try:
                for capture in sorted(self._captures, key=lambda one: os.fstat(one.reading).st_mtime_ns):
                    capture.read(send)
            finally:
                self._busy -= 1

    def leave(self) -> None:
        """A forked child leaves the pipes to its parent."""
        self._captures, self._waiting, self._busy = [], bool, 0


_pipes = Pipes()
catch_up: Callable[[], None] = _pipes.catch_up
"""Call it before something is said from Python by another way than a stream."""


def install(add_reader: Callable[[int, Reader], object], *, descriptors: bool = True) -> Callable[[str], None]:
    """Route standard output, error and input. Returns a function that writes a line to the real standard error."""
    import faulthandler

    originals: dict[str, int] = {"stdout": 1, "stderr": 2}
    if descriptors:
        captures = []
        for descriptor, name in ((1, "stdout"), (2, "stderr")):
            capture = DescriptorCapture(descriptor, name, frontend_of_code)
            captures.append(capture)
            originals[name] = capture.original
            add_reader(capture.reading, _pipes.read)
        _pipes.watch(captures)
    faulthandler.enable(file=originals["stderr"])
    streams = []
    for name in ("stdout", "stderr"):
        file = open(originals[name], "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115 - for good
        stream = FrontendStream(name, file, frontend_of_code, catch_up if descriptors else None)
        setattr(sys, name, stream)
        # atexit handlers and dying threads write here: to the place that still exists then.
        setattr(sys, f"__{name}__", file)
        streams.append(stream)
    _replace_input()
    if hasattr(os, "register_at_fork"):
        # A forked child has no I/O thread: its text goes through the descriptors, as that of any child does.
        os.register_at_fork(after_in_child=lambda: _write_to_descriptors(streams))
        os.register_at_fork(after_in_child=_pipes.leave)

    return Original(originals["stderr"]).line


def _write_to_descriptors(streams: list[FrontendStream]) -> None:
    for stream, descriptor in zip(streams, (1, 2), strict=True):
        file = io.TextIOWrapper(
            io.FileIO(descriptor, "w", closefd=False), encoding="utf-8", errors="backslashreplace", write_through=True
        )
        stream.redirect(file)


def _replace_input() -> None:
    def input(prompt: Any = "", /) -> str:
        """Read a line from the frontend of this cell; the trailing newline is stripped.

        Raises EOFError for an end of file.
        """
        return current_outlet().ask(str(prompt))

    def getpass(prompt: str = "Password: ", stream: Any = None, **_: Any) -> str:
        """Ask the frontend of this cell for a password; what is typed is not shown."""
        return current_outlet().ask(str(prompt), True)

    import getpass as getpass_module

    builtins.input = input
    getpass_module.getpass = getpass
