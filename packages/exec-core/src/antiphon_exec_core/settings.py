"""The settings of the parts: one frozen value, and the live holder through which `%config` exchanges it.

A part that can be changed while it runs reads `live.current` when it needs a setting; nobody keeps a copy.
Their traitlets face (config files, flags, `%config`) is `app.py`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Settings(NamedTuple):
    """Every setting of exec-core with its default."""

    # running
    ast_node_interactivity: str = "last_expr"  # all, last, last_expr, none, last_expr_or_assign
    automagic: bool = True
    autocall: int = 0  # 0 off, 1 where there are arguments, 2 always
    autoawait: bool = True
    loop_runner: str = "asyncio"  # asyncio, trio, sync, or the dotted path of a function that runs a coroutine
    cache_size: int = 1000  # how many results Out keeps
    cache_bytes: int = 500_000_000  # how much memory they may hold together; 0: any
    own_main: bool = True  # the user's module is sys.modules["__main__"]
    install_builtins: bool = True  # get_ipython and display reach libraries through builtins
    # showing
    colour: bool = True
    theme: str = "neutral"  # the name that `%colors` was given; nocolor takes the colours away
    pretty_print: bool = True
    max_seq_length: int = 1000
    float_precision: str = ""
    # tracebacks
    xmode: str = "Context"  # Context, Plain, Verbose, Minimal, Docs, Doctest
    context_lines: int = 5
    pdb: bool = False  # the debugger opens by itself after an error
    release_frames: bool = True  # the last error's frames go when a cell succeeds, unless pdb is on
    # magics
    system_raise_on_error: bool = False
    # history
    history_enabled: bool = True
    history_file: str = ""  # empty: the profile's file; ":memory:": never written
    history_outputs: bool = False
    # completion
    completion_deadline: float = 0.4  # seconds
    omit_names: int = 2  # 0 show all, 1 hide dunders, 2 hide underscored
    autoclose_dict_keys: bool = False
    evaluation: str = "limited"  # forbidden, minimal, limited, unsafe, dangerous: how far an expression is followed
    disabled_sources: tuple[str, ...] = ()  # by name
    suppress_others: bool | dict[str, bool] | None = None  # may a source silence the others; None: as it says itself
    symbol_names: bool = True  # \\alpha, \\GREEK SMALL LETTER ALPHA

    def coloured(self) -> bool:
        """Colours are wanted, and the environment does not say NO_COLOR (no-color.org)."""
        return self.colour and self.theme != "nocolor" and not os.environ.get("NO_COLOR")


class LiveSettings:
    """The settings in force. `change` exchanges them and tells the listeners, which are called with the new value."""

    __slots__ = ("current", "listeners")

    def __init__(self, current: Settings | None = None) -> None:
        self.current = Settings() if current is None else current
        self.listeners: list[Callable[[Settings], None]] = []

    def change(self, **changes: Any) -> Settings:
        """Exchange some settings. Raises ValueError for a name that is none."""
        self.current = self.current._replace(**changes)
        for listener in self.listeners:
            listener(self.current)
        return self.current
