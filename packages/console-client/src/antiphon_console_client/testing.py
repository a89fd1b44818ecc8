"""A scripted terminal: a program on a pseudo-terminal, its screen kept by pyte, waited for by what it shows.

And a `Desk`: a prompt alone, in this process, before the same kind of screen.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

import pexpect
import pyte

if TYPE_CHECKING:
    from .backend import Backend
    from .settings import Settings

PATIENCE = 60.0  # seconds until a test gives up waiting; nothing waits so long that is well


class Terminal:
    """Runs `argv`; `type` sends keys, `wait` returns when the screen shows a pattern."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        columns: int = 100,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
    ) -> None:
        self.screen = pyte.HistoryScreen(columns, rows, history=5000, ratio=0.5)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self._changed = threading.Condition()
        self.ended = False
        environ = {**os.environ, "TERM": "xterm-256color", "PYTHONUNBUFFERED": "", **(env or {})}
        for name in ("NO_COLOR", "COLORFGBG", "PROMPT_TOOLKIT_NO_CPR"):
            if name not in (env or {}):
                environ.pop(name, None)
        self._process: Any = pexpect.spawn(
            argv[0], list(argv[1:]), env=environ, cwd=cwd, dimensions=(rows, columns), timeout=PATIENCE
        )
        self._process.delaybeforesend = None
        # A terminal answers when it is asked where its cursor is.
        self.screen.write_process_input = lambda data: self._process.send(data)  # type: ignore[method-assign]
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self) -> None:
        while True:
            try:
                data = self._process.read_nonblocking(65536, timeout=None)
            except (pexpect.EOF, OSError, ValueError):
                break
            with self._changed:
                self.raw += data
                with suppress(Exception):  # pyte stumbles over sequences that it does not know
                    self._stream.feed(data)
                self._changed.notify_all()
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    @property
    def text(self) -> str:
        """The screen, without blanks at the ends of its rows."""
        with self._changed:
            return self._text()

    @property
    def pid(self) -> int:
        """The program's."""
        return int(self._process.pid)

    def _text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip("\n")

    @property
    def everything(self) -> str:
        """What has scrolled away, and the screen."""
        with self._changed:
            above = [
                "".join(row[column].data for column in range(self.screen.columns)).rstrip()
                for row in self.screen.history.top
            ]
            return "\n".join([*above, self._text()])

    def wait(self, pattern: str, *, seconds: float = PATIENCE) -> re.Match[str]:
        """Until the screen shows `pattern` (a regular expression, `^` and `$` are those of rows)."""
        found: re.Match[str] = self.until(lambda text: re.search(pattern, text, re.M), repr(pattern), seconds=seconds)
        return found

    def until(self, shows: Callable[[str], Any], what: str, *, seconds: float = PATIENCE) -> Any:
        """Until `shows(text of the screen)` is true. Raises AssertionError with the screen."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not (found := shows(self._text())):
                left = deadline - time.monotonic()
                if left <= 0 or self.ended:
                    why = "the program ended" if self.ended else f"{seconds} s are over"
                    raise AssertionError(f"{what} is not on the screen, and {why}:\n{self._text()}")
                self._changed.wait(left)
            return found

    def type(self, keys: str) -> None:
        """Send keys, as the terminal sends them."""
        self._process.send(keys)

    def line(self, text: str) -> None:
        """Type a line, and Enter."""
        self.type(text + "\r")

    def prompt(self, number: int) -> None:
        """Until the empty prompt of cell `number` is the last thing on the screen."""
        self.wait(rf"In \[{number}\]:\s*\Z")

    def cell(self, number: int, code: str) -> None:
        """Type a line at the prompt of cell `number`."""
        self.prompt(number)
        self.line(code)

    def wait_end(self, seconds: float = PATIENCE) -> int:
        """Until the program ends; its exit code, or minus the signal that ended it."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not self.ended:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"the program has not ended after {seconds} s:\n{self._text()}")
                self._changed.wait(left)
        self._process.wait()
        code = self._process.exitstatus
        return int(code) if code is not None else -int(self._process.signalstatus)

    def resize(self, columns: int, rows: int) -> None:
        """The window gets another size."""
        with self._changed:
            self.screen.resize(rows, columns)
        self._process.setwinsize(rows, columns)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send the program a signal."""
        self._process.kill(number)

    def close(self) -> None:
        """End the program if it runs."""
        with suppress(OSError):
            self._process.close(force=True)
        self._reader.join(10)


class _Paper(io.StringIO):
    """What is written, kept as it came and as a screen shows it."""

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__()
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self.drawn = asyncio.Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._stream.feed(text)
        self.drawn.set()
        return super().write(text)


class Desk:
    """A prompt, keys for it and the screen before it; to be made while a loop runs."""

    def __init__(
        self,
        backend: Backend,
        settings: Settings | None = None,
        *,
        columns: int = 60,
        rows: int = 20,
        number: int = 1,
        interrupt: Callable[[], bool] = lambda: False,
    ) -> None:
        from prompt_toolkit.data_structures import Size
        from prompt_toolkit.input import create_pipe_input
        from prompt_toolkit.output.vt100 import Vt100_Output

        from .prompt import Prompt
        from .settings import Settings

        self._paper = _Paper(columns, rows)
        self._keys = create_pipe_input()
        self._input = self._keys.__enter__()
        # A terminal answers when it is asked where its cursor is.
        self._paper.screen.write_process_input = self._input.send_text  # type: ignore[method-assign]
        self.said: list[str] = []
        self.is_busy = False
        self.prompt = Prompt(
            backend,
            settings or Settings(),
            number=lambda: number,
            is_busy=lambda: self.is_busy,
            interrupt=interrupt,
            say=self.said.append,
            input=self._input,
            output=Vt100_Output(self._paper, lambda: Size(rows=rows, columns=columns), term="xterm-256color"),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.prompt.close()
        self._keys.__exit__(None, None, None)

    def type(self, keys: str) -> None:
        """Send keys; they wait where no prompt stands yet."""
        self._input.send_text(keys)

    async def read(self, keys: str = "", default: str = "") -> str:
        """What the prompt reads when these keys are typed."""
        self.type(keys)
        async with asyncio.timeout(PATIENCE):
            return await self.prompt.read(default)

    @property
    def text(self) -> str:
        """The screen, without blanks at the ends of its rows."""
        return "\n".join(line.rstrip() for line in self._paper.screen.display).rstrip("\n")

    @property
    def raw(self) -> str:
        """Everything that was written."""
        return self._paper.getvalue()

    async def wait(self, pattern: str) -> re.Match[str]:
        """Until the screen shows `pattern`, a regular expression. Raises AssertionError with the screen."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not (found := re.search(pattern, self.text, re.M)):
                    self._paper.drawn.clear()
                    await self._paper.drawn.wait()
        except TimeoutError:
            raise AssertionError(f"{pattern!r} is not on the screen:\n{self.text}") from None
        return found
