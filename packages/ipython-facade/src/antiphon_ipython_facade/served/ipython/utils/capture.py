"""Output kept instead of shown."""

from __future__ import annotations

from typing import Any

from antiphon_exec_core.capture import Captured as CapturedIO
from antiphon_exec_core.capture import RichOutput
from antiphon_exec_core.capture import capture_output as _capture

__all__ = ["CapturedIO", "RichOutput", "capture_output"]


class capture_output:  # noqa: N801  # used as a function
    """`with capture_output() as captured:`"""

    def __init__(self, stdout: bool = True, stderr: bool = True, display: bool = True) -> None:
        self._context = _capture(stdout, stderr, display)

    def __enter__(self) -> CapturedIO:
        return self._context.__enter__()

    def __exit__(self, *about: Any) -> Any:
        return self._context.__exit__(*about)
