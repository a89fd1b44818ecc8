"""Magics for shell commands whose output is kept: sx, system, `!!`."""

from __future__ import annotations

from ..shell_escape import StringList, getoutput


def sx(line: str, cell: str | None = None) -> StringList | None:
    """`%sx command`, `!!command`, or `%%sx` over a script: run it in the shell, return the lines it wrote."""
    command = line if cell is None else f"{line}\n{cell}" if line.strip() else cell
    return getoutput(command) if command.strip() else None
