"""``antiphon NAME …`` runs ``antiphon-NAME …``, as git does; ``antiphon`` alone, or with options, opens the shell.

The commands that our own packages bring are called in this process: a second start of Python would double the time to
the prompt. No package is imported before its command is named.
"""

from __future__ import annotations

import os
import shutil
import sys
from importlib import import_module

COMMANDS = {
    "shell": "antiphon_console_client.shell_app",
    "console": "antiphon_console_client.console_app",
    "kernel": "antiphon_python_kernel.launch",
    "kernelspec": "antiphon_python_kernel.kernelspec_app",
}


def main() -> int:
    """Run the command that `sys.argv` names. Returns the exit code; 2 for a command that is not there."""
    words = sys.argv[1:]
    name = words[0] if words and not words[0].startswith("-") else ""
    if name in COMMANDS:
        return _call(COMMANDS[name], words[1:], f"antiphon {name}")
    program = shutil.which(f"antiphon-{name}") if name and not os.path.exists(name) else None
    if program is not None:
        os.execv(program, [program, *words[1:]])
    return _call(COMMANDS["shell"], words, "antiphon")


def _call(module: str, words: list[str], program: str) -> int:
    sys.argv = [program, *words]
    return int(import_module(module).main(words) or 0)
