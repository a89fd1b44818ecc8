"""Text in and out."""

from __future__ import annotations

import sys
from typing import Any

from IPython.utils.capture import CapturedIO, capture_output

from antiphon_exec_core.outputs import current_outlet

__all__ = ["CapturedIO", "Tee", "ask_yes_no", "capture_output", "temp_pyfile"]


def ask_yes_no(prompt: str, default: str | None = None, interrupt: str | None = None) -> bool:
    """Ask until the answer is yes or no. Raises EOFError where there is nobody and no default."""
    answers = {"y": True, "n": False, "yes": True, "no": False}
    while True:
        try:
            given = current_outlet().ask(prompt + " ").strip().lower() or (default or "")
        except KeyboardInterrupt:
            given = interrupt or ""
        except EOFError:
            if default not in answers:
                raise
            return answers[str(default)]
        if given in answers:
            return answers[given]


class Tee:
    """Writes to a file and to a standard stream."""

    def __init__(self, file_or_name: Any, mode: str = "w", channel: str = "stdout") -> None:
        if channel not in ("stdout", "stderr"):
            raise ValueError(f"Invalid channel spec {channel}")
        self.file = file_or_name if hasattr(file_or_name, "write") else open(file_or_name, mode, encoding="utf-8")  # noqa: SIM115
        self.channel = channel
        self.ostream = getattr(sys, channel)
        setattr(sys, channel, self)

    def write(self, data: str) -> None:
        self.file.write(data)
        self.ostream.write(data)
        self.ostream.flush()

    def flush(self) -> None:
        self.file.flush()
        self.ostream.flush()

    def close(self) -> None:
        self.flush()
        setattr(sys, self.channel, self.ostream)
        self.file.close()


def temp_pyfile(src: str, ext: str = ".py") -> str:
    """A new file with this source; its name."""
    import os
    import tempfile

    handle, name = tempfile.mkstemp(ext)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(src)
    return name
