"""Child processes whose output is shown while they run, and that end when the cell is interrupted.

A child has its own process group; KeyboardInterrupt sends it SIGINT, then SIGTERM, then SIGKILL, and goes on to the
caller. A grandchild that keeps the pipe open (`sleep 100 &`) is not waited for.
"""

from __future__ import annotations

import codecs
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .dialogues import Ask, Dialogue

Write = Callable[[str], Any]

_PATIENCE = (2.0, 2.0)  # seconds between SIGINT, SIGTERM and SIGKILL
_CHUNK = 65536


def stream_command(
    command: str | Sequence[str],
    *,
    out: Write,
    err: Write | None = None,
    body: bytes | None = None,
    terminal: bool = False,
    ask: Ask | None = None,
    env: Mapping[str, str] | None = None,
) -> int:
    """Run a command (a string goes to the shell) and pass on what it writes, as it comes; its exit code.

    `err` None sends stderr the way of stdout. `body` is what it reads from stdin; None gives it an empty stdin.
    `terminal` gives it a pseudo-terminal to write to, so that it writes line by line; it implies `err` None.
    With `ask(prompt, password)`, and no body, its stdin is a pseudo-terminal too, and what it reads there is asked for.
    A negative code is the signal that ended it, as subprocess has it. Raises FileNotFoundError for an unknown program.
    """
    if os.name == "nt":
        return _windows(command, out, err, body, env)
    child, sources, sink, dialogue = _start(command, out, err, body, terminal, ask, env)
    selector = selectors.DefaultSelector()
    for source, write in sources.items():
        os.set_blocking(source, False)
        selector.register(source, selectors.EVENT_READ, (write, codecs.getincrementaldecoder("utf-8")("replace")))
    if sink is not None:
        os.set_blocking(sink, False)
        selector.register(sink, selectors.EVENT_WRITE, None)
    interrupted: KeyboardInterrupt | None = None
    remaining = memoryview(body or b"")
    try:
        while True:
            try:
                remaining = _round(selector, remaining)
                if child.poll() is not None:
                    _drain(selector)
                    break
                if not selector.get_map():
                    child.wait()
                    break
                if dialogue is not None:
                    dialogue.step(child.pid)
            except KeyboardInterrupt as error:
                interrupted, dialogue = interrupted or error, None
                _end(child)
    finally:
        for key in list(selector.get_map().values()):
            selector.unregister(key.fd)
            os.close(key.fd)
        selector.close()
    if interrupted is not None:
        raise interrupted
    return child.returncode


def _start(
    command: str | Sequence[str],
    out: Write,
    err: Write | None,
    body: bytes | None,
    terminal: bool,
    ask: Ask | None,
    env: Any,
) -> tuple[subprocess.Popen[bytes], dict[int, Write], int | None, Dialogue | None]:
    """The child, the descriptors to read with where their text goes, the one to write its stdin to, and who answers."""
    dialogue = None
    sources: dict[int, Write] = {}
    own_end = -1
    if terminal or (ask is not None and body is None):
        master, own_end = _open_terminal()
        sources[master] = out
        if ask is not None and body is None:
            from .dialogues import Dialogue

            dialogue = Dialogue(master, os.ttyname(own_end), ask, out)
            sources[master] = dialogue.heard
    if body is not None:
        stdin_read, sink = os.pipe()
    else:
        stdin_read, sink = os.dup(own_end) if dialogue is not None else os.open(os.devnull, os.O_RDONLY), None
    if terminal:
        write = err_write = own_end
    else:
        if own_end >= 0:
            os.close(own_end)
        read, write = os.pipe()
        sources[read], err_write = _noted(out, dialogue), write
        if err is not None:
            err_read, err_write = os.pipe()
            sources[err_read] = _noted(err, dialogue)
    try:
        child = subprocess.Popen(
            command,
            shell=isinstance(command, str),
            executable=os.environ.get("SHELL") if isinstance(command, str) and usable_shell() else None,
            stdin=stdin_read,
            stdout=write,
            stderr=err_write,
            env=dict(env) if env is not None else None,
            process_group=0,
        )
    except BaseException:
        for descriptor in (*sources, *([sink] if sink is not None else [])):
            os.close(descriptor)
        raise
    finally:
        for descriptor in {stdin_read, write, err_write}:
            os.close(descriptor)
    return child, sources, sink, dialogue


def _open_terminal() -> tuple[int, int]:
    """Both ends of a pseudo-terminal, ours first."""
    import pty
    import termios

    master, own_end = pty.openpty()
    attributes = termios.tcgetattr(own_end)
    attributes[1] &= ~termios.ONLCR  # or every line would end in \r\n
    termios.tcsetattr(own_end, termios.TCSANOW, attributes)
    return master, own_end


def _noted(write: Write, dialogue: Dialogue | None) -> Write:
    if dialogue is None:
        return write

    def noted(text: str) -> None:
        dialogue.wrote(text)
        write(text)

    return noted


def usable_shell() -> bool:
    """The user's shell, when it reads commands as sh does."""
    shell = os.environ.get("SHELL", "")
    return os.path.basename(shell) in ("bash", "zsh", "dash", "ksh", "sh") and os.access(shell, os.X_OK)


def _round(selector: selectors.BaseSelector, remaining: memoryview) -> memoryview:
    """Move what can be moved now, or within a short time."""
    for key, _ in selector.select(0.05):
        if key.data is not None:
            _read(selector, key)
            continue
        try:
            written = os.write(key.fd, remaining[:_CHUNK]) if remaining else 0
            remaining = remaining[written:]
        except BlockingIOError:
            continue
        except BrokenPipeError:  # it does not want to read more
            remaining = remaining[:0]
        if not remaining:
            selector.unregister(key.fd)
            os.close(key.fd)
    return remaining


def _read(selector: selectors.BaseSelector, key: selectors.SelectorKey) -> bool:
    """Pass on one chunk; False when there is none."""
    write, decoder = key.data
    try:
        data = os.read(key.fd, _CHUNK)
    except BlockingIOError:
        return False
    except OSError:  # EIO: the other end of a pseudo-terminal was closed
        data = b""
    text = decoder.decode(data, not data)
    if text:
        write(text)
    if not data:
        selector.unregister(key.fd)
        os.close(key.fd)
        return False
    return True


def _drain(selector: selectors.BaseSelector) -> None:
    """What the child wrote before it ended."""
    for key in list(selector.get_map().values()):
        if key.data is None:
            continue
        for _ in range(1000):
            if not _read(selector, key):
                break


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ask the child's group to stop, more firmly each time; a second interrupt kills it at once."""
    steps: tuple[tuple[signal.Signals, float], ...] = (
        (signal.SIGINT, _PATIENCE[0]),
        (signal.SIGTERM, _PATIENCE[1]),
        (signal.SIGKILL, 1.0),
    )
    for step, patience in steps:
        try:
            os.killpg(child.pid, step)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        try:
            while child.poll() is None and time.monotonic() < deadline:
                time.sleep(0.01)
        except KeyboardInterrupt:
            continue
        if child.poll() is not None:
            break
    with suppress(ProcessLookupError):  # a shell's background jobs do not hear SIGINT, and outlive it
        os.killpg(child.pid, signal.SIGTERM)


def _windows(command: str | Sequence[str], out: Write, err: Write | None, body: bytes | None, env: Any) -> int:
    child = subprocess.run(
        command,
        shell=isinstance(command, str),
        input=body or b"",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if err is None else subprocess.PIPE,
        env=env,
        check=False,
    )
    out(child.stdout.decode(errors="replace"))
    if err is not None:
        err(child.stderr.decode(errors="replace"))
    return child.returncode


def to_stdout(text: str) -> None:
    """Write to the current `sys.stdout`, so that the text is seen now."""
    sys.stdout.write(text)
    sys.stdout.flush()


def to_stderr(text: str) -> None:
    """Write to the current `sys.stderr`, so that the text is seen now."""
    sys.stderr.write(text)
    sys.stderr.flush()
