"""The moments of a run that one may listen to: plain or async callables, called by keyword, under nbclient's names.

Each fires when its name says. What a hook raises ends the run and reaches whoever started it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

Hook: TypeAlias = Callable[..., Any]


class Hooks(NamedTuple):
    """`on_notebook_*` get `notebook`: as it stands. The others get `cell` (it may be changed before it runs; the
    caller's notebook is never touched) and `cell_index`; `executed` and `error` also `execute_reply`, as a dictionary.

    `on_notebook_start`: the kernel is ready. `on_notebook_error`: the run has met a failure, once for each.
    `on_notebook_complete`: the kernel is gone. `on_cell_start`: every cell, also those that do not run.
    `on_cell_execute`: before its code goes to the kernel. `on_cell_executed`: its reply and all output are there.
    `on_cell_error`: it raised, be it allowed. `on_cell_complete`: it is over, whatever way.
    """

    on_notebook_start: Hook | None = None
    on_notebook_complete: Hook | None = None
    on_notebook_error: Hook | None = None
    on_cell_start: Hook | None = None
    on_cell_execute: Hook | None = None
    on_cell_complete: Hook | None = None
    on_cell_executed: Hook | None = None
    on_cell_error: Hook | None = None


NO_HOOKS = Hooks()


async def fire(hook: Hook | None, **moment: Any) -> None:
    """Call a hook, if there is one, and wait for it if it is async."""
    if hook is not None:
        found = hook(**moment)
        if inspect.isawaitable(found):
            await found
