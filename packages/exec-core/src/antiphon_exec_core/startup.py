"""What runs before the first cell: extensions, files, lines. What fails is told in a line, and the rest still runs."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from .cell import Cell, Outcome
from .outputs import ErrorOutput, Outlet, Output
from .profile import config_files, startup_files


class Startup(NamedTuple):
    """In this order they run."""

    extensions: Sequence[str] = ()
    files: Sequence[str] = ()
    lines: Sequence[str] = ()
    aliases: Sequence[tuple[str, str]] = ()  # (name, shell command); they come first
    store: bool = False  # bring back what %store kept
    sections: Mapping[str, Mapping[str, Any]] = {}  # all that the config files set, by class: others read theirs there


def prepare(
    profile: str, stems: tuple[str, ...], traits: Sequence[str] = (), config_file: str = ""
) -> tuple[dict[str, Any], Startup, list[str]]:
    """The settings, what is to run, and a line for each part of the profile that cannot be used.

    traitlets is imported only where there is a config file or trait to read. Raises LookupError for a profile that is
    nowhere, ValueError for a trait or config file of the command line that cannot be used.
    """
    files = startup_files(profile)
    if not (traits or config_file or config_files(profile, stems)):
        return {}, Startup(files=files), []
    from .app import read

    settings, startup, said = read(profile, stems, traits, config_file)
    return settings, startup._replace(files=[*startup.files, *files]), said


class _Quiet:
    """The outlet of startup code: what it shows is shown, its errors are told by us."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet

    def emit(self, output: Output) -> None:
        if not isinstance(output, ErrorOutput):
            self._outlet.emit(output)

    def ask(self, prompt: str, password: bool = False) -> str:
        return self._outlet.ask(prompt, password)


def run(startup: Startup, interpreter: Any, outlet: Outlet, say: Callable[[str], Any] | None = None) -> None:
    """Run it in `interpreter`; `say` gets a line for each thing that failed (stderr, unless given)."""
    quiet = _Quiet(outlet)
    tell = say or (lambda line: print(line, file=sys.stderr))

    def code(text: str, what: str) -> None:
        outcome: Outcome = interpreter.run(Cell(text, store_history=False), quiet)
        if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
            tell(f"{what}{_where(outcome.exception)}: {_what(outcome.exception)}")

    for alias, command in startup.aliases:
        code(f"%alias {alias} {command}", f"alias {alias!r}")
    for name in startup.extensions:
        try:
            if interpreter.call(lambda name=name: interpreter.extensions.load(name), quiet) == "no load function":
                tell(f"extension {name}: it has no load_ipython_extension")
        except Exception as error:
            tell(f"extension {name}: {_what(error)}")
    for path in startup.files:
        shown = _short(path)
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            tell(f"startup file {shown}: {reason}")
            continue
        if path.endswith(".ipy"):
            code(text, f"startup file {shown}")
        else:
            _program(text, path, shown, interpreter, quiet, tell)
    for line in startup.lines:
        code(line, f"startup line {line.strip()[:60]!r}")
    if startup.store:
        code("%store -r", "%store -r")


def _program(text: str, path: str, shown: str, interpreter: Any, outlet: Outlet, tell: Callable[[str], Any]) -> None:
    names = interpreter.namespace.user_ns
    former = names.get("__file__")
    names["__file__"] = path
    try:
        interpreter.call(lambda: exec(compile(text, path, "exec", dont_inherit=True), names), outlet)
    except SystemExit:
        pass
    except BaseException as error:
        tell(f"startup file {shown}{_where(error, path)}: {_what(error)}")
    finally:
        if former is None:
            names.pop("__file__", None)
        else:
            names["__file__"] = former


def _where(error: BaseException, path: str = "") -> str:
    """`, line 3`, as far as it is known."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f", line {error.lineno}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not path or frame.filename == path]
    return f", line {frames[-1].lineno}" if path and frames else ""


def _what(error: BaseException) -> str:
    text = str(error).splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__


def _short(path: str) -> str:
    user = os.path.expanduser("~") + os.sep
    return "~/" + path.removeprefix(user) if path.startswith(user) else path
