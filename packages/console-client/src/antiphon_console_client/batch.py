"""Cells without a prompt: run one after another, what they say goes to stdout and stderr as it comes, then leave."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .backend import Backend
from .outputs import Display, Error, Input, Output, Result, Stream


class Printed:
    """A listener without a terminal to draw on: text only, each kind to its stream."""

    def show(self, output: Output) -> None:
        """See `Listener`. What others do is not ours to print."""
        if output.origin:
            return
        match output:
            case Stream("stderr", text):
                _write(sys.stderr, text)
            case Stream(_, text):
                _write(sys.stdout, text)
            case Result(count, data, _):
                _write(sys.stdout, f"Out[{count}]: {data.get('text/plain', '')}\n")
            case Display(data, _, _, False):
                _write(sys.stdout, f"{data.get('text/plain', '')}\n")
            case Error(ename, evalue, traceback):
                text = "\n".join(traceback) or f"{ename}: {evalue}"
                if not sys.stderr.isatty():
                    from .sgr import strip

                    text = strip(text)
                _write(sys.stderr, text + "\n")
            case Input() | _:
                pass

    async def ask(self, prompt: str, password: bool) -> str:
        """There is nobody to ask: stdin, where it has lines left."""
        import asyncio

        if password and sys.stdin.isatty():
            from getpass import getpass

            return str(await asyncio.to_thread(getpass, prompt))
        _write(sys.stdout, prompt)
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:
            raise EOFError
        return str(line).removesuffix("\n")

    def busy(self, is_busy: bool) -> None:
        """See `Listener`."""

    def restarted(self) -> None:
        """See `Listener`."""

    def gone(self, reason: str) -> None:
        """See `Listener`: `submit` raises it."""

    def back(self) -> None:
        """See `Listener`."""


async def run_batch(backend: Backend, cells: Sequence[str], *, keep: bool = False) -> int:
    """Run the cells until one fails; 0, or 1 where one did. Raises `Gone`. The backend is closed at the end."""
    import asyncio
    import signal
    from contextlib import suppress

    status = 0
    try:
        await backend.start(Printed())
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError, RuntimeError):
            loop.add_signal_handler(signal.SIGINT, lambda: asyncio.ensure_future(backend.interrupt()))
        for cell in cells:
            reply = await backend.submit(cell)
            if reply.status != "ok":
                status = 1
                break
    finally:
        await backend.close(keep)
    return status


def _write(stream: object, text: str) -> None:
    stream.write(text)  # type: ignore[attr-defined]
    stream.flush()  # type: ignore[attr-defined]
