"""``antiphon NAME …`` runs ``antiphon-NAME …``, as git does; ``antiphon`` alone, or with options, opens the shell.

The commands that our own packages bring are called in this process: a second start of Python would double the time to
the prompt. No package is imported before its command is named.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple, NoReturn

PREFIX = "antiphon-"


class Command(NamedTuple):
    """A command of our own: the module whose `main(words)` it is, and what it does, in a line."""

    module: str
    text: str


COMMANDS = {
    "shell": Command("antiphon_console_client.shell_app", "Python at a prompt, in this process (the default)"),
    "console": Command("antiphon_console_client.console_app", "a terminal on a kernel of any language"),
    "convert": Command("antiphon_nb_convert.command", "notebooks into HTML, PDF, slides, Markdown, scripts and more"),
    "view": Command("antiphon_nb_convert.viewer.command", "a server that shows notebooks of the web and of folders"),
    "kernel": Command("antiphon_python_kernel.launch", "list, stop, interrupt the kernels that run; start one"),
    "kernelspec": Command("antiphon_python_kernel.kernelspec_app", "list, install, remove, examine kernels"),
    "history": Command("antiphon_exec_core.history_app", "make the file of what was typed shorter, or empty it"),
    "profile": Command("antiphon_exec_core.profile_app", "make and list profiles: settings, startup files, history"),
}


def main() -> int:
    """Run the command that `sys.argv` names. Returns the exit code; 2 for a command that is not there."""
    try:
        code = _run_words()
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has had enough: what is left has nowhere to go
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141
    return code


def _run_words() -> int:
    words = sys.argv[1:]
    name = words[0] if words and not words[0].startswith("-") else ""
    if name in COMMANDS:
        return _call(name, words[1:])
    if name == "help":
        return _help(words[1:])
    if words in (["--version"], ["-V"]):
        print(_version())
        return 0
    if words in (["--help"], ["-h"]):
        return _call("shell", words, "antiphon") or _help([])
    if name and not os.path.exists(name):
        program = programs().get(name)
        if program is None:
            print(f"antiphon: {_unknown(name)}", file=sys.stderr)
            return 2
        _run(program, words[1:])
    return _call("shell", words, "antiphon")


def programs() -> dict[str, str]:
    """The commands that others bring, by name: ``antiphon-*`` beside this interpreter, then on the PATH."""
    found: dict[str, str] = {}
    folders = [os.path.dirname(sys.executable), *os.environ.get("PATH", os.defpath).split(os.pathsep)]
    for folder in dict.fromkeys(folders):
        try:
            entries = sorted(os.listdir(folder or os.curdir))
        except OSError:
            continue  # the PATH names folders that need not exist
        for entry in entries:
            name, suffix = os.path.splitext(entry.removeprefix(PREFIX))
            path = os.path.join(folder, entry)
            wanted = entry.startswith(PREFIX) and suffix in ("", ".exe") and name not in COMMANDS
            if wanted and os.path.isfile(path) and os.access(path, os.X_OK):
                found.setdefault(name, path)
    return found


def _call(name: str, words: Sequence[str], program: str = "") -> int:
    """Run one of our own in this process; whatever it ends by, its exit code."""
    sys.argv = [program or f"antiphon {name}", *words]
    try:
        return int(import_module(COMMANDS[name].module).main(list(words)) or 0)
    except SystemExit as left:  # as argparse does after --help
        if left.code is None or isinstance(left.code, int):
            return left.code or 0
        print(left.code, file=sys.stderr)
        return 1


def _run(program: str, words: Sequence[str]) -> NoReturn:
    if os.name == "posix":
        os.execv(program, [program, *words])
    import subprocess

    sys.exit(subprocess.call([program, *words]))


def _help(words: Sequence[str]) -> int:
    """The list of commands, or the help of one."""
    if words and words[0] in COMMANDS:
        return _call(words[0], ["--help"])
    others = programs()
    if words and words[0] in others:
        _run(others[words[0]], ["--help"])
    if words:
        print(f"antiphon: {_unknown(words[0])}", file=sys.stderr)
        return 2
    width = max(map(len, [*COMMANDS, *others]))
    print("\ncommands (antiphon help NAME tells more):")
    for name, command in COMMANDS.items():
        print(f"  {name:<{width}}  {command.text}")
    for name, path in sorted(others.items()):
        print(f"  {name:<{width}}  {path}")
    return 0


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    known = [*COMMANDS, *programs(), "help"]
    near = get_close_matches(name, known, 3, 0.5) or [one for one in known if one.startswith(name[:1])]
    meant = f"; did you mean {' or '.join(near)}?" if near else "; antiphon help lists them"
    return f"{name!r} is neither a command nor a file{meant}"


def _version() -> str:
    from importlib.metadata import version
    from platform import python_implementation, python_version

    return f"antiphon {version('antiphon')}, {python_implementation()} {python_version()}"
