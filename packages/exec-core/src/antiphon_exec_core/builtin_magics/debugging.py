"""Magics that look into an error: debug, pdb, tb. The debugger asks through the outlet, so it works in a kernel."""

from __future__ import annotations

import sys
from typing import Any

from ..cell import ErrorReport
from ..errors import UsageError
from ..magic_options import read_options
from ..magics import verbatim
from ..outputs import ErrorOutput, current_outlet
from ..tracebacks import MODES


def last_exception() -> BaseException | None:
    """The exception that the last failing cell ended with."""
    found = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    return found if isinstance(found, BaseException) else None


@verbatim
def debug(line: str, debugger: Any, transformer: Any, tracebacks: Any, cell: str | None = None) -> None:
    """`%debug`: look into the last error. `%debug [-b file:line] statement`: run a statement step by step.

    `%%debug` does so with the whole cell. At its prompt `h` lists the commands, `q` ends it, `name?` asks about a name.
    """
    options, rest = read_options(line, "b:", ("breakpoint=",))
    code = rest if cell is None else f"{rest}\n{cell}" if rest.strip() else cell
    if code.strip():
        debugger.run(transformer.transform(code), options.get("b") or options.get("breakpoint") or "")
        return
    error = last_exception()
    if error is None and tracebacks.released is not None:
        print(f"No traceback available to debug: {_went(tracebacks.released)}")
    elif error is None:
        print("No traceback available to debug.")
    else:
        debugger.post_mortem(error)


def pdb(line: str, settings: Any) -> None:
    """`%pdb [on|off|1|0]`: whether the debugger opens by itself after an error; without a word it changes over."""
    word = line.strip().lower()
    if word in ("on", "1"):
        wanted = True
    elif word in ("off", "0"):
        wanted = False
    elif not word:
        wanted = not settings.current.pdb
    else:
        raise UsageError("Incorrect argument. Use on/1, off/0, or nothing for a toggle.")
    settings.change(pdb=wanted)
    print("Automatic pdb calling has been turned", "ON" if wanted else "OFF")


def show_error(error: BaseException, tracebacks: Any, mode: str | None = None) -> None:
    """Show an exception as the cell's own would be, perhaps in another mode."""
    lines = tuple(tracebacks.lines(error, mode))
    current_outlet().emit(ErrorOutput(ErrorReport(type(error).__name__, str(error), lines)))


def tb(line: str, tracebacks: Any) -> None:
    """`%tb [mode]`: the last traceback again, perhaps in another mode; `%xmode` knows which."""
    error, released = last_exception(), tracebacks.released
    if error is None and released is None:
        print("No traceback available to show.")
        return
    mode = line.strip().capitalize()
    if mode and mode not in MODES:
        raise UsageError(f"Unrecognized mode <{mode}>. Valid modes: {list(MODES)}")
    if error is not None:
        show_error(error, tracebacks, mode or None)
        return
    current_outlet().emit(ErrorOutput(released))
    if mode:
        print(f"Shown as it was: {_went(released)}")


def _went(released: ErrorReport) -> str:
    return (
        f"the frames of the last error ({released.ename}) were released when a cell succeeded after it. "
        "`%config InteractiveShell.release_frames = False` keeps them."
    )
