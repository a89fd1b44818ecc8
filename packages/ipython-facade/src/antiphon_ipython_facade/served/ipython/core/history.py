"""`ip.history_manager`: what was typed in this session and those before."""

from __future__ import annotations

from typing import Any

from IPython.core.getipython import get_ipython

from antiphon_exec_core.compat import HistoryManager as _Face
from antiphon_exec_core.history import read_ranges

__all__ = ["HistoryAccessor", "HistoryManager", "extract_hist_ranges"]


class HistoryManager(_Face):
    def __init__(self, shell: Any = None, **_: Any) -> None:
        self.shell = shell if shell is not None else get_ipython()
        super().__init__(self.shell._services)
        self.enabled = bool(self.shell._services["settings"].current.history_enabled)

    def get_range_by_str(self, rangestr: str, raw: bool = True, output: bool = False) -> Any:
        """The cells of `4-6 ~1/3`, as (session, number, text). Raises nothing for what is no range: there is none."""
        try:
            ranges = read_ranges(rangestr)
        except ValueError:
            return
        for session, start, stop in ranges:
            yield from self.get_range(session, start, stop, raw=raw, output=output)

    def reset(self, new_session: bool = True) -> None:
        del self._services["namespace"].inputs[1:]

    def writeout_cache(self, conn: Any = None) -> None:
        self._services["history"].flush()

    def store_inputs(self, line_num: int, source: str, source_raw: str | None = None) -> None:
        self._services["history"].append(line_num, source if source_raw is None else source_raw, source)


class HistoryAccessor(HistoryManager):
    """The same, for who only reads."""


def extract_hist_ranges(ranges_str: str) -> Any:
    """(session, first, one past the last) of each range in a text."""
    yield from read_ranges(ranges_str)


def database(shell: Any) -> Any:
    """`ip.db`: a small store of values by name that outlasts the session."""
    import os
    import shelve

    from IPython.paths import get_ipython_dir

    folder = os.path.join(get_ipython_dir(), "profile_default", "db")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return shelve.open(os.path.join(folder, "antiphon"))
