"""A notebook's run as a terminal shows it: a progress bar below, cells and their outputs above."""

from __future__ import annotations

import base64
import getpass
import sys
from typing import Any

from rich.console import Console, Group
from rich.markdown import Markdown
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.rule import Rule
from rich.syntax import Syntax
from rich.text import Text

IMAGES = ("image/png", "image/jpeg", "image/svg+xml", "application/pdf")


class TerminalView:
    """Shows cells as they run. `quiet` shows nothing at all."""

    def __init__(self, total: int, *, quiet: bool = False) -> None:
        self._console = Console(quiet=quiet, highlight=False)
        self._progress = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            disable=quiet or not self._console.is_terminal,
            transient=True,
        )
        self._task: TaskID = self._progress.add_task("starting the kernel", total=total)
        self._partial: tuple[str, str] = ("", "")

    def __enter__(self) -> TerminalView:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def markdown(self, source: str) -> None:
        """A cell of prose."""
        self._console.print(Markdown(source), Text())

    def begin(self, number: int, source: str) -> None:
        """A cell of code begins."""
        first = next((line for line in source.splitlines() if line.strip()), "")
        self._progress.update(self._task, description=f"cell {number}: {first[:40]}")
        code = Syntax(source, "python", theme="ansi_dark", background_color="default", word_wrap=True)
        self._console.print(Group(Rule(f"[{number}]", align="left", style="dim"), code))

    def output(self, output: dict[str, Any]) -> None:
        """One output, or one more piece of a stream."""
        kind = output["output_type"]
        if kind == "stream":
            self._stream(output["name"], output["text"])
            return
        self._flush()
        if kind == "error":
            self._text("\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}")
        else:
            self._bundle(output["data"])

    def updated(self, data: dict[str, Any]) -> None:
        """What has become of a display that was shown before: a terminal cannot go back and change it."""
        self._flush()
        self._text("↻", style="cyan")
        self._bundle(data)

    def ask(self, prompt: str, password: bool) -> str:
        """A question of the cell's, put to whoever sits at the terminal. Raises `EOFError`."""
        self._flush()
        self._progress.stop()
        try:
            return getpass.getpass(prompt) if password else input(prompt)
        finally:
            self._progress.start()

    def end(self) -> None:
        """The cell in hand has ended."""
        self._flush()
        self._progress.advance(self._task)
        self._console.print()

    def close(self, text: str, *, good: bool) -> None:
        """A line of what has become of the run."""
        self._progress.stop()
        self._console.print(Text(text, style="green" if good else "bold red"), soft_wrap=True)

    def _stream(self, name: str, text: str) -> None:
        """Whole lines at once; what follows the last line's end waits for the rest of its line."""
        if self._partial[0] != name:
            self._flush()
        lines, end, rest = (self._partial[1] + text).rpartition("\n")
        if end:
            self._text(lines, style="red" if name == "stderr" else "")
        self._partial = (name, rest)

    def _flush(self) -> None:
        name, rest = self._partial
        self._partial = ("", "")
        if rest:
            self._text(rest, style="red" if name == "stderr" else "")

    def _text(self, text: str, style: str = "") -> None:
        """Text and its colours, indented; a long line is folded for a terminal and stays whole for a pipe or a file."""
        shown = Text.from_ansi(text.rstrip("\n"), style=style)
        if self._console.is_terminal:
            self._console.print(Padding(shown, (0, 0, 0, 2)))
        else:
            indented = (Text.assemble("  ", line) for line in shown.split(allow_blank=True))
            self._console.print(Text("\n").join(indented), soft_wrap=True)

    def _bundle(self, data: dict[str, Any]) -> None:
        images = [mime for mime in IMAGES if mime in data]
        for mime in images:
            self._text(f"⟨{mime}{_size(data[mime], mime)}⟩", style="cyan")
        if "text/markdown" in data:
            self._console.print(Padding(Markdown(str(data["text/markdown"])), (0, 0, 0, 2)))
        elif images:
            pass
        elif "text/plain" in data:
            self._text(str(data["text/plain"]))
        else:
            self._text(f"⟨{', '.join(data)}⟩", style="cyan")


def complain(text: str) -> None:
    """One line on standard error."""
    print(text, file=sys.stderr)


def first_line(error: BaseException) -> str:
    """An error in one line."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _size(value: object, mime: str) -> str:
    """What can be told of an image without drawing it; nothing when it is not what it claims to be."""
    if not isinstance(value, str):
        return ""
    if mime == "image/svg+xml":
        return f", {len(value.encode()) / 1024:.1f} kB"
    try:
        raw = base64.b64decode(value)
    except ValueError:
        return ""
    size = f", {len(raw) / 1024:.1f} kB"
    if mime == "image/png" and raw[:8] == b"\x89PNG\r\n\x1a\n" and len(raw) >= 24:
        return f", {int.from_bytes(raw[16:20])} x {int.from_bytes(raw[20:24])} pixels{size}"
    return size
