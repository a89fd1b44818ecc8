"""Programs, found and run."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess

from antiphon_exec_core.shell_escape import getoutput as _getoutput


class FindCmdError(Exception):
    """There is no such program."""


def find_cmd(cmd: str) -> str:
    """The path of a program. Raises FindCmdError."""
    path = shutil.which(cmd)
    if path is None:
        raise FindCmdError(f"command could not be found: {cmd}")
    return path


def system(cmd: str) -> int:
    """Run a command; its output goes to the cell. Gives its exit code."""
    from antiphon_exec_core.processes import stream_command, to_stdout

    return stream_command(cmd, out=to_stdout, terminal=True)


def getoutput(cmd: str) -> str:
    """What a command writes, stderr too."""
    return str(_getoutput(cmd).n)


def getoutputerror(cmd: str) -> tuple[str, str]:
    """`(stdout, stderr)` of a command."""
    done = subprocess.run(cmd, shell=True, capture_output=True, text=True, check=False)
    return done.stdout, done.stderr


def arg_split(commandline: str, posix: bool = False, strict: bool = True) -> list[str]:
    """A command line in words."""
    lexer = shlex.shlex(commandline, posix=posix)
    lexer.whitespace_split = True
    if not strict:
        lexer.commenters = ""
    return list(lexer)


def abbrev_cwd() -> str:
    """The end of the current folder's name."""
    return os.path.basename(os.getcwd())
