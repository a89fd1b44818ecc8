"""`antiphon`: Python at a prompt in this process; `-c`, `-m` and files run without one, as Python runs them.

Nothing of the prompt is imported for a run without one.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from .collection import put_off
from .standard_streams import is_reader_gone, quietly

if TYPE_CHECKING:
    from types import TracebackType

    from antiphon_exec_core.interpreter import Interpreter

_EXAMPLES = """\
examples:
  antiphon                       Python at a prompt
  antiphon script.py data.csv    run a file, with arguments
  antiphon -i script.py          and stay at the prompt with its names
  antiphon -c '%timeit sum([1])' one cell
  antiphon -m http.server        a module
  antiphon --vi --theme light    keys and colours
settings, on the command line or in ~/.ipython/profile_default/ipython_config.py (or antiphon_config.py in ours):
  antiphon --TerminalInteractiveShell.editing_mode=vi --InteractiveShell.xmode=Plain
  c.TerminalInteractiveShell.confirm_exit = False       a line of such a file
  c.Console.theme = 'light'
  antiphon --help-all                                   all of them
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the shell; its exit code is what Python's would be."""
    return quietly(lambda: _main(list(sys.argv[1:] if argv is None else argv)))


def _main(words: list[str]) -> int:
    words, arguments = _split(words)
    if "--help-all" in words:
        return _help_all()
    options, others = _parser().parse_known_args(words)
    traits = [word for word in others if word.startswith("--") and "." in word.partition("=")[0]]
    unknown = [word for word in others if word not in traits]
    if unknown:
        print(f"antiphon: unknown option {unknown[0]!r}; antiphon --help lists them", file=sys.stderr)
        return 2
    from antiphon_exec_core import startup
    from antiphon_exec_core.profile import CONFIG_NAMES

    try:
        if traits:
            from antiphon_exec_core.app import section_names

            from .app import flags

            flags(traits, section_names())
        settings, before, said = startup.prepare(options.profile, CONFIG_NAMES, traits, options.config)
    except (ValueError, LookupError) as error:
        print(f"antiphon: {error}", file=sys.stderr)
        return 2
    looks: dict[str, Any] = {}
    if before.sections:
        from .app import changes

        looks, more = changes(before.sections, strict=("Console",))
        said = [*said, *more]
    looks.update(_asked(options))
    for line in said:
        print(f"antiphon: {line}", file=sys.stderr)
    if options.pdb:
        settings["pdb"] = True
    if not _coloured(looks.get("theme", "auto")):
        settings["colour"] = False
    batch = options.code is not None or options.module or options.file is not None
    piped = not batch and not sys.stdin.isatty()
    interactive = options.interactive or not (batch or piped)
    if not interactive:
        settings["history_enabled"] = False
    from antiphon_exec_core.interpreter import Interpreter
    from antiphon_exec_core.settings import Settings

    interpreter = Interpreter(
        Settings()._replace(**settings), services={"editor": partial(_editor, wanted=looks.get("editor", ""))}
    )
    if options.facade == "on" and os.environ.get("ANTIPHON_FACADE", "on") != "off":
        from antiphon_ipython_facade import install

        install(interpreter, "terminal")
    if "" not in sys.path and not options.file:
        sys.path.insert(0, "")
    try:
        from antiphon_exec_core.outputs import TerminalOutlet

        startup.run(before, interpreter, TerminalOutlet())
        status = 0
        if batch or piped:
            status = _run_batch(interpreter, options, arguments, piped)
        if interactive:
            status = _talk(interpreter, looks)
        return status
    finally:
        interpreter.close()


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Our words, and those of the program that is to run: all that follow a file, `-c CODE` or `-m MODULE`."""
    at = 0
    while at < len(words):
        word = words[at]
        if word in ("-c", "-m"):
            return words[: at + 2], words[at + 2 :]
        if word in _WITH_VALUE:
            at += 2
            continue
        if not word.startswith("-") or word == "-":
            return words[: at + 1], words[at + 1 :]
        at += 1
    return words, []


_WITH_VALUE = ("--config", "--profile", "--theme")


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Help as wide as the terminal. argparse makes one for every option, and would load shutil to learn the width."""
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
    except (OSError, ValueError):
        columns = 80
    return argparse.RawDescriptionHelpFormatter(prog, width=max(40, columns - 2))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="antiphon",
        description="Python at a prompt.",
        epilog=_EXAMPLES,
        formatter_class=_formatter,
        allow_abbrev=False,
    )
    parser.add_argument("file", nargs="?", help="a program to run (.ipy: with magics), and its arguments")
    parser.add_argument("-c", dest="code", metavar="CODE", help="run this cell")
    parser.add_argument("-m", dest="module", metavar="MODULE", help="run a module as a program")
    parser.add_argument("-i", dest="interactive", action="store_true", help="then stay at the prompt")
    parser.add_argument("--config", metavar="FILE", default="", help="a config file, .py or .json")
    parser.add_argument("--profile", metavar="NAME", default="default", help="a profile by name, or its folder")
    parser.add_argument("--facade", choices=("on", "off"), default="on", help="serve IPython's names to libraries")
    parser.add_argument("--vi", action="store_true", help="vi keys")
    parser.add_argument("--theme", choices=("auto", "dark", "light", "none"), help="colours")
    parser.add_argument("--no-banner", dest="banner", action="store_false", help="no words at the start")
    parser.add_argument("--no-confirm-exit", dest="confirm", action="store_false", help="leave at Ctrl-D at once")
    parser.add_argument("--help-all", action="store_true", help="all settings too")
    parser.add_argument("--pdb", action="store_true", help="open the debugger after an error")
    return parser


def _help_all() -> int:
    from antiphon_exec_core.app import described as of_cells

    from .app import described

    _parser().print_help()
    print(f"\nsettings of cells:\n{of_cells()}\n\nsettings of the terminal:\n{described()}")
    return 0


def _asked(options: argparse.Namespace) -> dict[str, Any]:
    """The settings of the terminal that the command line names."""
    asked = {
        "editing_mode": "vi" if options.vi else None,
        "theme": options.theme,
        "banner": None if options.banner else False,
        "confirm_exit": None if options.confirm else False,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _editor(path: str, line: int, wanted: str = "") -> None:
    """What `%edit` opens a file with, at the terminal."""
    from antiphon_exec_core.errors import UsageError
    from antiphon_exec_core.foreground import run_in_foreground
    from antiphon_exec_core.outputs import current_outlet

    from .editor import NotEdited, edit

    try:
        edit(path, line, wanted, lambda words: run_in_foreground(words, getattr(current_outlet(), "lend", None)))
    except NotEdited as error:
        raise UsageError(str(error)) from None


def _coloured(theme: str) -> bool:
    dumb = os.environ.get("TERM", "dumb") == "dumb"
    return theme != "none" and not os.environ.get("NO_COLOR") and not dumb and sys.stdout.isatty()


# -- without a prompt -------------------------------------------------------------------------------------------------


def _run_batch(interpreter: Interpreter, options: argparse.Namespace, arguments: list[str], piped: bool) -> int:
    from antiphon_exec_core.cell import Cell
    from antiphon_exec_core.outputs import ErrorOutput, Output, TerminalOutlet

    class Outlet(TerminalOutlet):
        """A program that leaves by `sys.exit` has not failed; nor has one that nobody reads."""

        def emit(self, output: Output) -> None:
            ename = output.report.ename if isinstance(output, ErrorOutput) else ""
            if not (ename == "SystemExit" or (ename == "BrokenPipeError" and is_reader_gone())):
                super().emit(output)

    outlet = Outlet()
    path = options.file
    if options.code is not None or piped or (path or "").endswith(".ipy"):
        if options.code is not None:
            sys.argv, code = ["-c", *arguments], options.code
        elif piped:
            sys.argv, code = ["-"], sys.stdin.read()
        else:
            sys.argv = [path, *arguments]
            try:
                with open(path, encoding="utf-8") as file:
                    code = file.read()
            except (OSError, UnicodeDecodeError) as error:
                return _cannot_open(path, error)
        outcome = interpreter.run(Cell(code, store_history=False), outlet)
        sys.stdout.flush()
        return exit_code(outcome.exception)
    if path is not None:
        try:
            with open(path, "rb"):
                pass
        except OSError as error:
            return _cannot_open(path, error)
    return _run_program(interpreter, options, arguments, outlet)


def _run_program(interpreter: Interpreter, options: argparse.Namespace, arguments: list[str], outlet: Any) -> int:
    """Run a file or module as Python does, as `__main__`; its names are there afterwards."""
    import runpy

    def program() -> dict[str, Any]:
        if options.module:
            sys.argv = [options.module, *arguments]
            return runpy.run_module(options.module, run_name="__main__", alter_sys=True)
        sys.argv = [options.file, *arguments]
        sys.path.insert(0, os.path.dirname(os.path.abspath(options.file)))
        return runpy.run_path(options.file, run_name="__main__")

    error: BaseException | None = None
    try:
        names = interpreter.call(program, outlet)
        kept = {name: value for name, value in names.items() if not (name.startswith("__") and name.endswith("__"))}
        interpreter.namespace.push(kept)
    except SystemExit as left:
        error = left
    except ImportError as failed:
        if options.module and _depth(failed) == 0:
            print(f"antiphon: {failed}", file=sys.stderr)
            return 1
        error = failed
    except BaseException as failed:
        error = failed
    if error is not None and not isinstance(error, SystemExit):
        trimmed = error.with_traceback(_programs_own(error.__traceback__))
        interpreter.call(lambda: interpreter.tracebacks.emit(trimmed, outlet), outlet)
    sys.stdout.flush()
    return exit_code(error)


def _programs_own(traceback: TracebackType | None) -> TracebackType | None:
    """The traceback without our frames and those of runpy."""
    here = os.path.dirname(os.path.dirname(__file__)) + os.sep
    while traceback is not None:
        code = traceback.tb_frame.f_code
        name = str(traceback.tb_frame.f_globals.get("__name__", ""))
        if not (code.co_filename.startswith(here) or name.startswith("antiphon_") or "runpy" in code.co_filename):
            return traceback
        traceback = traceback.tb_next
    return None


def _depth(error: BaseException) -> int:
    depth, traceback = 0, _programs_own(error.__traceback__)
    while traceback is not None:
        depth, traceback = depth + 1, traceback.tb_next
    return depth


def _cannot_open(path: str, error: Exception) -> int:
    why = (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
    print(f"antiphon: can't open file {path!r}: {why}", file=sys.stderr)
    return 2


def exit_code(exception: BaseException | None) -> int:
    """What a program that ended so is reported as: 0, what SystemExit says, 130 for Ctrl-C, else 1."""
    match exception:
        case None:
            return 0
        case SystemExit(code=None):
            return 0
        case SystemExit(code=int(code)):
            return code
        case SystemExit(code=said):
            print(said, file=sys.stderr)
            return 1
        case KeyboardInterrupt():
            return 130
        case _:
            return 1


# -- with one ---------------------------------------------------------------------------------------------------------


def _talk(interpreter: Interpreter, looks: dict[str, Any]) -> int:
    from .early_prompt import EarlyPrompt, can_be_early, prompt_text
    from .settings import Settings
    from .theme import chosen, prompt_parts

    terminal = sys.stdout
    banner = _banner()
    settings = Settings(**{"simple": not sys.stdin.isatty(), **looks})

    def write(text: str) -> None:
        terminal.write(text)
        terminal.flush()

    early = None
    if can_be_early() and not settings.simple:
        theme = chosen(settings.theme, os.environ)
        shows_mode = settings.editing_mode == "vi" and settings.shows_mode
        first = prompt_text(prompt_parts(theme), interpreter.execution_count, shows_mode)
        early = EarlyPrompt((f"{banner}\n" if settings.banner else "") + "\n" + first, terminal)
    try:
        with put_off():
            from .console import Console
            from .local import Local

            backend = Local(interpreter, banner)
            console = Console(backend, settings, backend.loop, write, early)
            backend.show, backend.lend = console.show_from_anywhere, console.lend
            console.open()
        return console.talk()
    finally:
        if early is not None:
            early.give_way()


def _banner() -> str:
    name = {"cpython": "CPython", "pypy": "PyPy"}.get(sys.implementation.name, sys.implementation.name)
    version = ".".join(map(str, sys.version_info[:3]))
    return f"Antiphon 0.1.0, {name} {version} -- `?` after a name tells what it is."


if __name__ == "__main__":
    sys.exit(main())
