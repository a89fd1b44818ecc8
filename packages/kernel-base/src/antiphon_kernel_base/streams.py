"""File-like objects that feed a frontend: what ``sys.stdout`` and ``sys.stderr`` are in a kernel.

They belong to no cell: each write looks up whom it is for. Nothing is swapped per cell.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterable

from antiphon_kernel_base.frontend import Frontend, current_frontend


class FrontendStream(io.TextIOBase):
    """Text written here goes to the current frontend's stream `name`.

    `original` is the file it stands in for: `fileno()` is that file's, and text of no cell goes there. `catch_up` is
    called before a piece of text is taken: what was written by other ways before it is put in line there.
    """

    def __init__(
        self,
        name: str,
        original: io.TextIOBase | None = None,
        current: Callable[[], Frontend | None] = current_frontend,
        catch_up: Callable[[], object] | None = None,
    ) -> None:
        self.name = "<" + name + ">"
        self._stream = name
        self._original = original
        self._current = current
        self._catch_up = catch_up
        self.buffer = _Bytes(self)

    def write(self, text: str) -> int:
        if type(text) is not str and not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self._catch_up is not None and text != "\n":  # print writes the end of its line apart
            self._catch_up()
        frontend = self._current()
        if frontend is not None:
            # `frontend.stream`, one call shorter: a hundred thousand printed lines come by here twice each.
            run = frontend.run
            if run is None or run.name != self._stream:
                run = frontend.begin(self._stream)
            run.parts.append(text)
            if not run.queued:
                frontend.queue(run)
        elif self._original is not None:
            self._original.write(text)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        self.write("".join(lines))

    def flush(self) -> None:
        """Nothing to do: text leaves by itself, and before anything that comes after it."""

    def fileno(self) -> int:
        if self._original is None:
            raise io.UnsupportedOperation("fileno")
        return self._original.fileno()

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "UTF-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        return "strict"

    def redirect(self, file: io.TextIOBase) -> None:
        """Write to `file` from now on, and to no frontend."""
        self._original = file
        self._current = lambda: None
        self._catch_up = None

    def close(self) -> None:
        """Stays open: a cell that closes ``sys.stdout`` must not silence the cells after it."""


class _Bytes(io.RawIOBase):
    """`buffer` of a stream: bytes written here are UTF-8 text, decoded as they come."""

    def __init__(self, text: FrontendStream) -> None:
        self._text = text
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        chunk = bytes(data)  # type: ignore[call-overload]
        self._text.write(self._decoder.decode(chunk))
        return len(chunk)
