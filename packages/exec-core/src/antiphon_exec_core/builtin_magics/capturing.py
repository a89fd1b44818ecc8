"""The magic that keeps a cell's output instead of showing it: capture."""

from __future__ import annotations

from typing import Any

from ..capture import capture_output
from ..errors import UsageError
from ..magic_options import read_options_anywhere


def capture(line: str, cell: str, namespace: Any, run_code: Any) -> None:
    """`%%capture [--no-stdout] [--no-stderr] [--no-display] [name]`: run the cell, keep its output under `name`.

    `name.stdout`, `name.stderr`, `name.outputs`; `name()` shows it again. Each option lets one kind through.
    """
    options, words = read_options_anywhere(line, "", ("no-stdout", "no-stderr", "no-display"))
    if len(words) > 1:
        raise UsageError(f"unrecognized arguments: {' '.join(words[1:])}")
    with capture_output(
        "no-stdout" not in options, "no-stderr" not in options, "no-display" not in options
    ) as captured:
        run_code(cell)
    if words:
        namespace.push({words[0]: captured})
