"""`%logstart` and its like: what is typed, written to a file as it is run."""

from __future__ import annotations

import os
import time
from typing import Any

from ..errors import UsageError
from ..magic_options import read_options

_MODES = ("append", "backup", "global", "over", "rotate")


class Log:
    """A file that cells are written to; a part of the namespace's session, not of the process."""

    def __init__(self, path: str, mode: str, raw: bool, outputs: bool, stamps: bool) -> None:
        self.path, self.mode, self.raw, self.outputs, self.stamps = path, mode, raw, outputs, stamps
        self.active = True
        if mode == "backup" and os.path.exists(path):
            os.replace(path, path + "~")
        elif mode == "rotate" and os.path.exists(path):
            number = 1
            while os.path.exists(f"{path}.{number:03}~"):
                number += 1
            os.replace(path, f"{path}.{number:03}~")
        self._file = open(path, "a" if mode in ("append", "global") else "w", encoding="utf-8")  # noqa: SIM115  # for long
        self._file.write("# IPython log file\n\n")

    def before_cell(self, info: Any) -> None:
        """The hook: the text of the cell."""
        if self.active and info.store_history:
            text = info.raw_cell if self.raw else info.transformed_cell
            if self.stamps:
                self._file.write(time.strftime("# %a, %d %b %Y %H:%M:%S\n"))
            self._file.write(text.rstrip("\n") + "\n")
            self._file.flush()

    def after_cell(self, outcome: Any) -> None:
        """The hook: its value, as comments."""
        if self.active and self.outputs and outcome.value is not None:
            self._file.write("".join(f"#[Out]# {line}\n" for line in repr(outcome.value).splitlines()))
            self._file.flush()

    def close(self) -> None:
        self._file.close()


def logstart(line: str, hooks: Any, history: Any, namespace: Any) -> None:
    """`%logstart [-o] [-r] [-t] [-q] [file [mode]]`: write what is typed to a file, what was typed so far first.

    -o outputs too, -r as typed, -t with times, -q quiet. Modes: append, backup, global (in home), over, rotate.
    """
    options, rest = read_options(line, "ortq")
    words = rest.split()
    path, mode = (words + ["ipython_log.py", "backup"][len(words) :])[:2] if len(words) < 2 else words[:2]
    if mode not in _MODES:
        raise UsageError(f"invalid log mode {mode!r}: one of {', '.join(_MODES)}")
    if _log(hooks) is not None:
        raise UsageError("Log is already active: %logstop ends it")
    path = os.path.join(os.path.expanduser("~"), path) if mode == "global" else os.path.expanduser(path)
    try:
        log = Log(path, mode, "r" in options, "o" in options, "t" in options)
    except OSError as error:
        raise UsageError(f"Couldn't start log: {path}: {error.strerror}") from None
    for entry in history.range(raw="r" in options)[:-1]:
        log._file.write(f"{entry[2].rstrip()}\n")
    log._file.flush()
    hooks.register("pre_run_cell", log.before_cell)
    hooks.register("post_run_cell", log.after_cell)
    if "q" not in options:
        print("Activating auto-logging. Current session state plus future input saved.")
        logstate("", hooks)


def logstop(line: str, hooks: Any) -> None:
    """`%logstop`: close the log."""
    log = _log(hooks)
    if log is None:
        raise UsageError("Logging hadn't been started.")
    hooks.unregister("pre_run_cell", log.before_cell)
    hooks.unregister("post_run_cell", log.after_cell)
    log.close()


def logon(line: str, hooks: Any) -> None:
    """`%logon`: go on writing."""
    _switch(hooks, True)


def logoff(line: str, hooks: Any) -> None:
    """`%logoff`: pause."""
    _switch(hooks, False)


def logstate(line: str, hooks: Any) -> None:
    """`%logstate`: whether and where cells are logged."""
    log = _log(hooks)
    if log is None:
        print("Logging has not been activated.")
        return
    rows = {
        "Filename": log.path,
        "Mode": log.mode,
        "Output logging": log.outputs,
        "Raw input log": log.raw,
        "Timestamping": log.stamps,
        "State": "active" if log.active else "temporarily suspended",
    }
    for name, value in rows.items():
        print(f"{name:<15}: {value}")


def _switch(hooks: Any, active: bool) -> None:
    log = _log(hooks)
    if log is None:
        raise UsageError("Logging hasn't been started yet (use %logstart for that).")
    log.active = active
    print(f"Switching logging {'ON' if active else 'OFF'}")


def _log(hooks: Any) -> Log | None:
    for hook in hooks.pre_run_cell:
        owner = getattr(hook, "__self__", None)
        if isinstance(owner, Log):
            return owner
    return None
