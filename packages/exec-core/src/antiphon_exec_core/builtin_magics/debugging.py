"""Magics that look into an error: debug, pdb, tb. The debugger asks through the outlet, so it works in a kernel."""

from __future__ import annotations

import pdb as stdlib_pdb
import sys
from bdb import BdbQuit
from contextlib import suppress
from types import TracebackType
from typing import Any

from ..cell import ErrorReport
from ..errors import UsageError
from ..magic_options import read_options
from ..magics import verbatim
from ..outputs import ErrorOutput, current_outlet

PROMPT = "ipdb> "


class _Questions:
    """A stdin whose lines come from the outlet; the debugger's prompt is the question."""

    def readline(self) -> str:
        sys.stdout.flush()
        try:
            return current_outlet().ask(PROMPT) + "\n"
        except EOFError:
            return ""


class Debugger(stdlib_pdb.Pdb):
    """pdb that asks through the outlet and writes to stdout."""

    def __init__(self) -> None:
        super().__init__(stdin=_Questions(), stdout=_Stdout(), nosigint=True, readrc=False)  # type: ignore[arg-type]
        self.use_rawinput = False
        self.prompt = ""


class _Stdout:
    """Whatever is stdout when the debugger speaks."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


def debugger(breakpoint_: str = "") -> Debugger:
    """A debugger, perhaps with a breakpoint `file:line` already set."""
    made = Debugger()
    if breakpoint_:
        file, _, number = breakpoint_.rpartition(":")
        if not number.isdigit():
            raise UsageError(f"a breakpoint is file:line, not {breakpoint_!r}")
        said = made.set_break(made.lookupmodule(file) or file, int(number))
        if said:
            raise UsageError(said)
    return made


def last_exception() -> BaseException | None:
    """The exception that the last failing cell ended with."""
    found = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    return found if isinstance(found, BaseException) else None


def post_mortem(error: BaseException, user_ns: dict[str, Any]) -> None:
    """Look into `error` where it was raised; the frames that called the cell are left out."""
    traceback = _from_user_code(error.__traceback__, user_ns)
    if traceback is None:
        print("No traceback available to debug.")
        return
    made = debugger()
    made.reset()
    with suppress(BdbQuit):
        made.interaction(None, traceback)


def _from_user_code(traceback: TracebackType | None, user_ns: dict[str, Any]) -> TracebackType | None:
    found = traceback
    while found is not None and found.tb_frame.f_globals is not user_ns:
        found = found.tb_next
    return found or traceback


@verbatim
def debug(line: str, namespace: Any, transformer: Any, cell: str | None = None) -> None:
    """`%debug`: look into the last error. `%debug [-b file:line] statement`: run a statement step by step."""
    options, rest = read_options(line, "b:", ("breakpoint=",))
    code = rest if cell is None else f"{rest}\n{cell}"
    if not code.strip():
        error = last_exception()
        if error is None:
            print("No traceback available to debug.")
            return
        post_mortem(error, namespace.user_ns)
        return
    made = debugger(options.get("b") or options.get("breakpoint") or "")
    with suppress(BdbQuit):
        made.run(compile(transformer.transform(code), "<debug>", "exec"), namespace.user_ns)


class _AutomaticDebugger:
    """A `post_run_cell` hook; that it is registered is what "on" means."""

    def __init__(self, user_ns: dict[str, Any]) -> None:
        self.user_ns = user_ns

    def __call__(self, outcome: Any) -> None:
        error = outcome.exception
        if error is not None and not isinstance(error, (SyntaxError, KeyboardInterrupt, SystemExit, UsageError)):
            post_mortem(error, self.user_ns)


def pdb(line: str, hooks: Any, namespace: Any) -> None:
    """`%pdb [on|off|1|0]`: whether the debugger opens by itself after an error; without a word it changes over."""
    registered = [hook for hook in hooks.post_run_cell if isinstance(hook, _AutomaticDebugger)]
    word = line.strip().lower()
    if word in ("on", "1"):
        wanted = True
    elif word in ("off", "0"):
        wanted = False
    elif not word:
        wanted = not registered
    else:
        raise UsageError("Incorrect argument. Use on/1, off/0, or nothing for a toggle.")
    for hook in registered:
        hooks.unregister("post_run_cell", hook)
    if wanted:
        hooks.register("post_run_cell", _AutomaticDebugger(namespace.user_ns))
    print("Automatic pdb calling has been turned", "ON" if wanted else "OFF")


def show_error(error: BaseException, tracebacks: Any, mode: str | None = None) -> None:
    """Show an exception as the cell's own would be, perhaps in another mode."""
    lines = tuple(tracebacks.lines(error, mode))
    current_outlet().emit(ErrorOutput(ErrorReport(type(error).__name__, str(error), lines)))


def tb(line: str, tracebacks: Any) -> None:
    """`%tb [mode]`: the last traceback again, perhaps in another mode (Plain, Context, Verbose, Minimal)."""
    error = last_exception()
    if error is None:
        print("No traceback available to show.")
    else:
        show_error(error, tracebacks, line.strip().capitalize() or None)
