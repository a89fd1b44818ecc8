"""How a notebook is executed, one value. Names are nbclient's, where it has the same thing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from ..conversion import Cell


class ExecutionSettings(NamedTuple):
    """Kernel: `kernel` is the name of a kernelspec (unset: what the notebook asks for); `cwd` where it runs, `env` what
    is added to its environment; `startup_timeout` seconds it has to start; `extra_arguments` end its command line;
    `ipython_hist_file` is where ipykernel keeps the history of inputs; `shutdown_kernel` asks it to end, or kills it.

    Time: a cell may take `timeout` seconds (None, 0, negative: for ever); `timeout_func(cell)` decides instead where it
    is given. One that takes longer ends the run, or with `interrupt_on_timeout` is interrupted, after which the run
    goes on; `error_on_timeout` (ename, evalue, traceback) makes that an error of the cell.

    Errors: a cell may fail, and the run goes on as if nothing had happened, under `allow_errors`, with an error of
    `allow_error_names`, or with the tag `raises-exception`; not at all under `force_raise_errors`. Any other error is a
    failure. `on_error`: ``abort`` raises it, ``stop`` ends the run and returns what has run, ``continue`` goes on with
    the next cell. Cells tagged `skip_cells_with_tag` stay as they are, with their outputs.

    Result: `record_timing` notes times in the metadata of cells; `store_widget_state` keeps widgets in that of the
    notebook; `coalesce_streams` puts all stdout between two displays before all stderr; without `store_history` the
    kernel does not count or remember.
    """

    kernel: str | None = None
    cwd: str | None = None
    env: Mapping[str, str] = {}
    startup_timeout: float | None = 60.0
    extra_arguments: Sequence[str] = ()
    ipython_hist_file: str = ":memory:"
    shutdown_kernel: Literal["graceful", "immediate"] = "graceful"
    timeout: float | None = None
    timeout_func: Callable[[Cell], float | None] | None = None
    interrupt_on_timeout: bool = False
    error_on_timeout: Mapping[str, Any] | None = None
    on_error: Literal["stop", "continue", "abort"] = "abort"
    allow_errors: bool = False
    allow_error_names: Collection[str] = ()
    force_raise_errors: bool = False
    skip_cells_with_tag: str = "skip-execution"
    record_timing: bool = False
    store_widget_state: bool = True
    coalesce_streams: bool = False
    store_history: bool = True

    def limit(self, cell: Cell) -> float | None:
        """Seconds that this cell may take; None for no limit."""
        seconds = self.timeout if self.timeout_func is None else self.timeout_func(cell)
        return seconds if seconds is not None and seconds > 0 else None

    def stops_kernel(self, tags: Collection[str]) -> bool:
        """The request's `stop_on_error`: whether an error may end what is queued in the kernel behind it."""
        if self.on_error == "continue":
            return False
        if self.force_raise_errors:
            return True
        return not (self.allow_errors or self.allow_error_names or "raises-exception" in tags)

    def allows(self, ename: str, tags: Collection[str]) -> bool:
        """Whether a cell with these tags may fail with this error: force before allow, names and tag."""
        if self.force_raise_errors:
            return False
        return self.allow_errors or ename in self.allow_error_names or "raises-exception" in tags
