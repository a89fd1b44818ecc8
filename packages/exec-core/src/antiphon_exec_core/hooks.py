"""The few moments one may listen to, each a plain list of callables.

A hook that raises is reported and does not stop the cell; `pre_run_cell` hooks receive a `RunInfo`, `post_run_cell`
hooks the `Outcome`, the others nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .values import Value

MOMENTS = ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell", "shell_initialized")

Hook = Callable[..., Any]


class RunInfo(Value):
    """What is known of a cell before it runs."""

    __slots__ = __match_args__ = (
        "raw_cell",
        "store_history",
        "silent",
        "shell_futures",
        "cell_id",
        "cell_meta",
        "transformed_cell",
    )

    def __init__(
        self,
        raw_cell: str,
        transformed_cell: str | None = None,
        store_history: bool = False,
        silent: bool = False,
        cell_id: str | None = None,
        cell_meta: dict[str, Any] | None = None,
    ) -> None:
        self.raw_cell = raw_cell
        self.transformed_cell = transformed_cell
        self.store_history = store_history
        self.silent = silent
        self.shell_futures = True
        self.cell_id = cell_id
        self.cell_meta = cell_meta


class Hooks:
    """Registered callables by moment: `hooks.pre_execute` is a list, and may be edited as one."""

    __slots__ = (*MOMENTS, "report")

    def __init__(self, report: Callable[[BaseException], None] | None = None) -> None:
        self.pre_execute: list[Hook] = []
        self.pre_run_cell: list[Hook] = []
        self.post_execute: list[Hook] = []
        self.post_run_cell: list[Hook] = []
        self.shell_initialized: list[Hook] = []
        self.report = report

    def of(self, moment: str) -> list[Hook]:
        """The list of a moment. Raises KeyError for an unknown one."""
        if moment not in MOMENTS:
            raise KeyError(moment)
        hooks: list[Hook] = getattr(self, moment)
        return hooks

    def register(self, moment: str, hook: Hook) -> None:
        """Add a hook, once. Raises TypeError unless it can be called, KeyError for an unknown moment."""
        if not callable(hook):
            raise TypeError(f"Need a callable, got {hook!r}")
        hooks = self.of(moment)
        if hook not in hooks:
            hooks.append(hook)

    def unregister(self, moment: str, hook: Hook) -> None:
        """Remove a hook. Raises ValueError if it is not registered."""
        hooks = self.of(moment)
        if hook not in hooks:
            raise ValueError(f"Function {hook!r} is not registered as a {moment} callback")
        hooks.remove(hook)

    def fire(self, moment: str, *arguments: Any) -> None:
        """Call every hook of a moment; one that fails is reported and the others still run."""
        for hook in list(self.of(moment)):
            try:
                hook(*arguments)
            except (Exception, KeyboardInterrupt) as error:
                if self.report is not None:
                    print(f"Error in callback {hook!r} (for {moment}), with arguments args {arguments!r},kwargs {{}}:")
                    self.report(error)
