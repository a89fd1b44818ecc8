"""What we started does not outlive us, however we end.

A warden is one small shell that reads a pipe of ours and knows which process groups are running. When the pipe ends,
because we left or were killed, it kills them and leaves too. It is started with the first kernel, lives in a session of
its own (Ctrl-C does not reach it), and needs nothing of the kernel. The parent-death signal of Linux is not used: it
fires when the *thread* that started a process ends, and misses what a wrapper script starts.
"""

from __future__ import annotations

import os
import threading

SCRIPT = """trap '' INT TERM HUP QUIT
groups=' '
while read -r verb group; do
  case $verb in
    +) groups="$groups$group " ;;
    -) case "$groups" in *" $group "*) groups="${groups%% $group *} ${groups#* $group }" ;; esac ;;
  esac
done
for group in $groups; do kill -9 "-$group"; done
"""

_lock = threading.Lock()
_pipe = -1
_owner = 0


def guard(group: int) -> None:
    """From now on, process group `group` is killed when this process ends."""
    _tell(f"+ {group}\n")


def release(group: int) -> None:
    """The group has ended, or may live on without us."""
    with _lock:
        if _pipe < 0 or _owner != os.getpid():
            return
    _tell(f"- {group}\n")


def _tell(line: str) -> None:
    global _pipe, _owner
    with _lock:
        if _pipe < 0 or _owner != os.getpid():
            _pipe, _owner = _start(), os.getpid()
        os.write(_pipe, line.encode("ascii"))


def _start() -> int:
    """Start the warden; the end of its pipe that only we hold."""
    reading, writing = os.pipe()
    null = os.open(os.devnull, os.O_RDWR)
    try:
        os.posix_spawn(
            "/bin/sh",
            ["sh", "-c", SCRIPT],
            {"PATH": os.defpath},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, reading, 0),
                (os.POSIX_SPAWN_DUP2, null, 1),
                (os.POSIX_SPAWN_DUP2, null, 2),
            ],
            setsid=True,
        )
    except BaseException:
        os.close(writing)
        raise
    finally:
        os.close(reading)
        os.close(null)
    return writing


def _forget_in_child() -> None:
    """A forked child must not hold the pipe open, or the warden would wait for the child too."""
    global _pipe, _lock
    _lock = threading.Lock()
    if _pipe >= 0:
        os.close(_pipe)
        _pipe = -1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_in_child)
