"""What comes out of a run: the executed notebook, and what went wrong in which cell."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from ..conversion import Notebook

Kind: TypeAlias = Literal["error", "timeout", "died", "interrupted", "no kernel"]


class Failure(NamedTuple):
    """One thing that went wrong.

    `number` counts the cells that run, from 1 (what a kernel puts before them in brackets); `cell_index` is the
    cell's place in the notebook, from 0. Both are None when it was no cell's doing. `detail` is the traceback with its
    colours, or the last that a kernel wrote before it ended. `name` is the notebook's, where several are run.
    """

    kind: Kind
    number: int | None
    cell_index: int | None
    reason: str
    ename: str = ""
    evalue: str = ""
    detail: str = ""
    name: str = ""

    def __str__(self) -> str:
        """One line: which cell, and why."""
        where = [self.name] if self.name else []
        if self.number is not None:
            where.append(f"cell {self.number}")
        return ": ".join([*where, self.reason])


class Execution(NamedTuple):
    """A run that is over. `kernel` is the name of what it ran on, `cells` how many cells ran to their end."""

    notebook: Notebook
    failures: tuple[Failure, ...]
    kernel: str
    cells: int
    seconds: float
    name: str = ""

    def __repr__(self) -> str:
        """Without the notebook: asyncio's own error texts would otherwise spell out every output."""
        of = f" of {self.name}" if self.name else ""
        return f"<Execution{of} on {self.kernel}: {self.cells} cells, {len(self.failures)} failures>"

    @property
    def ok(self) -> bool:
        return not self.failures
