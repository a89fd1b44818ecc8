"""The magic that runs a file as a program: run."""

from __future__ import annotations

import glob
import os
import sys
import time
from types import CodeType, ModuleType
from typing import Any

from ..errors import UsageError
from ..magic_options import read_options
from .sources import read_source
from .timing import _times

_kept: list[ModuleType] = []  # modules whose functions live on in the user's names need their globals


def run(line: str, namespace: Any, run_code: Any, debugger: Any, tracebacks: Any) -> None:
    """`%run [-n] [-i] [-e] [-G] [-t [-N n]] [-d] [-p] [-m module | file] [arguments]`: run a file as a program.

    Its names are yours afterwards. -n does not set __name__ to "__main__"; -i lets it see your names; -e ignores
    sys.exit(); -t prints times, -N runs it several times; -m runs a module found by name; -d runs it in the debugger
    (-b line or file:line is where it stops first), -p in the profiler (which takes the options of %prun); -G does not
    expand `*` in arguments (nor do quotes). A notebook (.ipynb) or .ipy file runs cell by cell in your names.
    """
    options, rest = read_options(line, "nidtN:b:pD:l:rs:T:em:G")
    module = options.get("m", "")
    words = _arguments(rest, "G" not in options)
    if module:
        path, arguments = _module_path(module), words
    elif words:
        path, arguments = _find(words[0]), words[1:]
    else:
        raise UsageError("you must provide at least a filename.")
    if path.endswith((".ipynb", ".ipy")) and not module:
        _run_cells(path, run_code, tracebacks)
        return
    repeat = options.number("N", 1) if "t" in options else 1
    before, wall = _times(), time.perf_counter()
    for _ in range(max(repeat, 1)):
        _run_file(path, arguments, options, namespace, module, debugger)
    if "t" in options:
        user, system = (now - then for now, then in zip(_times(), before, strict=True))
        _print_times(user, system, time.perf_counter() - wall, repeat)


def _arguments(rest: str, expand: bool) -> list[str]:
    """The words of a command line; quotes are taken away and keep a word from being expanded."""
    import shlex

    lexer = shlex.shlex(rest, posix=False, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, ""
    try:
        raw = list(lexer)
        words: list[str] = []
        for word in raw:
            plain = "".join(shlex.split(word))
            quoted = "'" in word or '"' in word
            found = sorted(glob.glob(os.path.expanduser(plain))) if expand and not quoted and words else []
            words += found or [plain if quoted or not expand else os.path.expanduser(plain)]
    except ValueError as error:
        raise UsageError(str(error)) from None
    return words


def _find(name: str) -> str:
    for path in (name, name + ".py", name + ".ipy"):
        if os.path.isfile(path):
            return path
    raise UsageError(f"File `{name!r}` not found.")


def _module_path(name: str) -> str:
    from importlib.util import find_spec

    beside = os.getcwd()
    sys.path.insert(0, beside)  # as `python -m` looks beside first
    try:
        spec = find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = find_spec(name + ".__main__")
    except (ImportError, ValueError) as error:
        raise UsageError(f"{name!r} is not a valid modulename on sys.path: {error}") from None
    finally:
        sys.path.remove(beside)
    if spec is None or not spec.origin:
        raise UsageError(f"{name!r} is not a valid modulename on sys.path")
    return spec.origin


def _run_file(path: str, arguments: list[str], options: Any, namespace: Any, module_name: str, debugger: Any) -> None:
    name = os.path.splitext(os.path.basename(path))[0] if "n" in options else "__main__"
    code = _compiled(path)
    if "i" in options:
        module = namespace.module
        names = namespace.user_ns
        former = {key: names.get(key) for key in ("__name__", "__file__")}
    else:
        module = ModuleType(name)
        names = module.__dict__
        former = {}
        _kept.append(module)
    names["__name__"], names["__file__"] = name, path if not module_name else os.path.abspath(path)
    if module_name:
        names["__package__"] = module_name if path.endswith("__main__.py") else module_name.rpartition(".")[0]
    argv, main = sys.argv, sys.modules.get("__main__")
    folder = os.getcwd() if module_name else os.path.dirname(os.path.abspath(path))
    sys.argv = [path, *arguments]
    sys.path.insert(0, folder)
    sys.modules["__main__"] = module
    try:
        _run_code(code, names, options, debugger)
    except SystemExit as error:
        if "e" not in options and error.code not in (None, 0):
            told = f"An exception has occurred, use %tb to see the full traceback.\n\nSystemExit: {error.code}"
            print(told, file=sys.stderr)
    finally:
        sys.argv = argv
        if folder in sys.path:
            sys.path.remove(folder)
        if main is not None:
            sys.modules["__main__"] = main
        if former:
            for key, value in former.items():
                if value is None:
                    names.pop(key, None)
                else:
                    names[key] = value
        else:
            namespace.push({key: value for key, value in names.items() if not (key[:2] == "__" and key[-2:] == "__")})


def _compiled(path: str) -> CodeType:
    __tracebackhide__ = "__ipython_bottom__"  # where the file is no Python, that and nothing else is to be shown
    return compile(read_source(path), os.path.abspath(path), "exec", dont_inherit=True)


def _run_code(code: CodeType, names: dict[str, Any], options: Any, debugger: Any) -> None:
    __tracebackhide__ = "__ipython_bottom__"  # an error's traceback begins in the file
    if "d" in options:
        debugger.run_code(code, names, options.get("b", ""))
    elif "p" in options:
        from .profiling import report

        report(lambda: exec(code, names), options)
    else:
        exec(code, names)


def _run_cells(path: str, run_code: Any, tracebacks: Any) -> None:
    """The code cells of a notebook, or a file of interactive text as one cell; stops at the first that fails.

    It is a program: what it prints and displays is seen, the values of its cells are not.
    """
    if path.endswith(".ipy"):
        cells = [read_source(path)]
    else:
        import json

        with open(path, encoding="utf-8") as file:
            notebook = json.load(file)
        cells = ["".join(cell["source"]) for cell in notebook.get("cells", ()) if cell.get("cell_type") == "code"]
    for cell in cells:
        outcome = run_code(cell, silent=True)
        if not outcome.ok:
            tracebacks.show(outcome.exception)
            break


def _print_times(user: float, system: float, wall: float, repeat: int) -> None:
    print("\nIPython CPU timings (estimated):")
    if repeat > 1:
        print(f"Total runs performed: {repeat}\n  Times  : {'Total':>10s}   {'Per run':>10s}")
        print(f"  User   : {user:10.2f} s, {user / repeat:10.2f} s.")
        print(f"  System : {system:10.2f} s, {system / repeat:10.2f} s.")
    else:
        print(f"  User   : {user:10.2f} s.\n  System : {system:10.2f} s.")
    print(f"Wall time: {wall:10.2f} s.")
