"""What becomes of an image: the terminal draws it, or a program or function of the user's takes it.

The choices and their settings are those of jupyter_console: `PIL` shows it in a window, `stream` gives it to a command
on standard input, `tempfile` in a file, `callable` calls a function with the MIME bundle; commands are lists of words
in which {format} and {file} stand for what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from .pictures import Image, Terminal
    from .pictures.drawing import Drawing


class Pictures(Protocol):
    """Who draws images, or takes them elsewhere."""

    def draw(
        self, data: Mapping[str, Any], mime: str, metadata: Mapping[str, Any], columns: int, rows: int
    ) -> Drawing | None:
        """The image `data[mime]` in that room: rows to show, none where it is shown elsewhere, None if it is not."""
        ...


class TerminalPictures:
    """Draws into the terminal. `terminal` is asked for with the first image, and then kept."""

    def __init__(self, terminal: Terminal | Callable[[], Terminal]) -> None:
        self._terminal = terminal

    @property
    def terminal(self) -> Terminal:
        """What is known of it."""
        if callable(self._terminal):
            self._terminal = self._terminal()
        return self._terminal

    def draw(
        self, data: Mapping[str, Any], mime: str, metadata: Mapping[str, Any], columns: int, rows: int
    ) -> Drawing | None:
        """See `Pictures`."""
        from .pictures import read

        terminal = self.terminal
        image = read(data[mime], mime, metadata) if terminal.kind != "none" else None
        return drawn(image, terminal, columns, rows) if image else None


def drawn(image: Image, terminal: Terminal, columns: int, rows: int) -> Drawing | None:
    """`image` by the protocol that `terminal` speaks, within that room."""
    from .pictures.drawing import fit
    from .pictures.terminal import DEFAULT_CELL

    # Half blocks have no other pixels than cells: they are taken as small ones, so that there are enough of them.
    across, down = fit(image, columns, rows, DEFAULT_CELL if terminal.kind == "blocks" else terminal.cell)
    match terminal.kind:
        case "kitty":
            from .pictures import kitty

            return kitty.draw(image, across, down, tmux=terminal.tmux, true_colour=terminal.true_colour)
        case "iterm":
            from .pictures import iterm

            return iterm.draw(image, across, down)
        case "sixel":
            from .pictures import sixel

            return sixel.draw(image, across, down, terminal.cell)
        case "blocks":
            from .pictures import blocks

            return blocks.draw(image, across, down, true_colour=terminal.true_colour)
        case "none":
            return None


class ImageHandler(NamedTuple):
    """Images go where `kind` says: `PIL`, `stream`, `tempfile` or `callable`."""

    kind: str
    stream: Sequence[str] = ()
    tempfile: Sequence[str] = ()
    function: Callable[[Mapping[str, Any]], Any] | None = None

    def draw(
        self, data: Mapping[str, Any], mime: str, metadata: Mapping[str, Any], columns: int, rows: int
    ) -> Drawing | None:
        """See `Pictures`. Raises nothing: a handler that fails leaves the image to its text."""
        from .pictures.drawing import Drawing

        if self.kind == "callable":
            if self.function is None:
                return None
            try:
                return None if self.function(data) is False else Drawing([])
            except Exception:  # the user's function
                return None
        content = _content(data[mime], mime)
        form = mime.partition("/")[2].partition("+")[0]
        try:
            taken = self._hand_over(content, form)
        except (OSError, ValueError, KeyError, IndexError):
            return None
        return Drawing([]) if taken else None

    def _hand_over(self, content: bytes, form: str) -> bool:
        import subprocess

        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
        if self.kind == "PIL":
            return _show(content)
        if self.kind == "stream" and self.stream:
            words = [word.format(file="", format=form) for word in self.stream]
            return subprocess.run(words, input=content, **quiet).returncode == 0  # type: ignore[call-overload,no-any-return]
        if self.kind == "tempfile" and self.tempfile:
            import os
            import tempfile

            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, f"image.{form}")
                with open(path, "wb") as file:
                    file.write(content)
                words = [word.format(file=path, format=form) for word in self.tempfile]
                return subprocess.run(words, stdin=subprocess.DEVNULL, **quiet).returncode == 0  # type: ignore[call-overload,no-any-return]
        return False


def _content(value: object, mime: str) -> bytes:
    import base64
    import binascii

    from .rendering.text import joined

    if mime == "image/svg+xml":
        return joined(value).encode()
    try:
        return base64.b64decode(joined(value))
    except (binascii.Error, ValueError):
        return b""


def _show(content: bytes) -> bool:
    try:
        from PIL import Image as Pillow
    except ImportError:
        return False
    with Pillow.open(BytesIO(content)) as image:
        image.show()
    return True
