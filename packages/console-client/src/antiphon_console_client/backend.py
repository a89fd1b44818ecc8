"""`Backend`: what a console needs of whatever runs its code: a kernel (`remote`), or Python here (`local`).

A backend is used from one asyncio loop. What is said while no request of ours runs (other clients' inputs and outputs,
the end of the kernel) goes to the `Listener` that `start` was given, as what our own cells say does too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from .outputs import Output


class Gone(Exception):
    """The kernel is not there any more; the text says why, in one line."""


class About(NamedTuple):
    """Who answers: the banner, and of `kernel_info_reply`'s `language_info` what a console uses."""

    banner: str
    language: str = "python"
    lexer: str = "python"
    file_extension: str = ".py"
    implementation: str = ""


class Reply(NamedTuple):
    """How a cell ended: `status` is `ok`, `error` or `aborted`; `payload` as in `execute_reply`."""

    status: str
    number: int
    payload: Sequence[Mapping[str, Any]] = ()


class Choice(NamedTuple):
    """A completion: `text` replaces the code points from `start` to `end`; `type` is empty when nobody knows it."""

    text: str
    start: int
    end: int
    type: str = ""
    signature: str = ""


class Listener(Protocol):
    """Who hears a backend, on the loop's thread."""

    def show(self, output: Output) -> None:
        """Something was said."""

    async def ask(self, prompt: str, password: bool) -> str:
        """The running code wants a line. Raises `EOFError` or `KeyboardInterrupt` when the user gives none."""

    def busy(self, is_busy: bool) -> None:
        """The kernel began to work, for whomever, or stopped."""

    def restarted(self) -> None:
        """The kernel is a new one: its names are gone, its numbers begin again."""

    def gone(self, reason: str) -> None:
        """The kernel ended; no request is answered any more until `restarted` or `back`."""

    def back(self) -> None:
        """The kernel that was gone answers again; it has kept its names."""


class Backend(Protocol):
    """Runs code and answers questions about it. Every method may raise `Gone`."""

    owned: bool  # we started it, so we may end it
    here: bool  # cells run on this thread, by `run` while no loop runs, instead of by `submit`
    about: About

    async def start(self, listener: Listener) -> About:
        """Be ready for cells; outputs go to `listener` from here on."""

    async def submit(self, code: str, *, silent: bool = False, store_history: bool = True) -> Reply:
        """Run a cell; everything that it said has been shown when this returns. Cells wait for each other in order."""

    def run(self, code: str) -> Reply:
        """`submit` for a backend that is here."""

    async def complete(self, code: str, cursor: int) -> Sequence[Choice]:
        """What could stand at `cursor`; an answer that comes too late is an empty one."""

    async def inspect(self, code: str, cursor: int, detail: int = 0) -> Mapping[str, Any] | None:
        """A MIME bundle about what is at `cursor`, or None."""

    async def is_complete(self, code: str) -> tuple[str, str]:
        """`complete`, `incomplete`, `invalid` or `unknown`, and the indent of the next line."""

    async def history(self, count: int) -> Sequence[str]:
        """The last `count` cells of this and earlier sessions, the oldest first."""

    async def interrupt(self) -> None:
        """Stop the running cell, by the way the kernel offers."""

    async def restart(self) -> None:
        """Begin anew with an empty namespace."""

    async def close(self, keep: bool = False) -> None:
        """Leave. What we started ends too, unless `keep`."""
