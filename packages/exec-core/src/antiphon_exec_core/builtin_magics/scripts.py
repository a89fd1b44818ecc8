"""Magics that hand their body to another program: script, bash, sh, python, perl ..., and killbgscripts."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import Any

from ..errors import UsageError
from ..magic_options import read_options, unquote
from ..outputs import current_outlet
from ..processes import stream_command, to_stderr, to_stdout
from ..shell_escape import INTERRUPTED, asking, has_terminal

_ARGUMENT = 100_000  # bytes: the system takes a little more as one argument
_OPTIONS = ("out=", "err=", "proc=", "bg", "no-raise-error")
_background: list[subprocess.Popen[bytes]] = []


def script(line: str, cell: str, namespace: Any) -> None:
    """`%%script [options] program [arguments]`: the program reads the cell; its output is shown as it comes.

    --out NAME and --err NAME keep stdout or stderr in a variable instead; --bg does not wait, and stores the pipes
    there; --proc NAME stores the process of a --bg script; --no-raise-error lets a failing program pass.
    Raises subprocess.CalledProcessError for a non-zero exit code.
    """
    options, rest = read_options(line, "", _OPTIONS)
    import shlex

    try:
        command = shlex.split(rest)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if not command:
        raise UsageError("usage is '%%script [options] program [arguments]'")
    body = (cell if cell.endswith("\n") else cell + "\n").encode()
    try:
        if "bg" in options:
            _start(command, body, options, namespace)
            return
        kept: dict[str, list[str]] = {name: [] for name in ("out", "err") if name in options}
        code = _run(command, body, kept)
    except FileNotFoundError:
        raise UsageError(f"Couldn't find program: '{command[0]}'") from None
    except PermissionError:
        raise UsageError(f"Not a program that may be run: '{command[0]}'") from None
    namespace.push({options[name]: "".join(parts) for name, parts in kept.items()})
    if code and "no-raise-error" not in options:
        raise subprocess.CalledProcessError(
            code, cell, output="".join(kept.get("out", [])) or None, stderr="".join(kept.get("err", [])) or None
        )


def _run(command: list[str], body: bytes, kept: dict[str, list[str]]) -> int:
    """The exit code. A shell gets its script as an argument, so that what it starts reads from the user, not that."""
    outlet = current_outlet()
    whole = _with_script(command, body)
    if whole is not None and not kept and has_terminal(outlet):
        from ..foreground import run_in_foreground

        code = run_in_foreground(whole, outlet.lend)  # type: ignore[attr-defined]
        if code in INTERRUPTED:
            raise KeyboardInterrupt
        return code
    return stream_command(
        whole or command,
        body=None if whole else body,
        ask=asking(outlet) if whole else None,
        out=kept["out"].append if "out" in kept else to_stdout,
        err=kept["err"].append if "err" in kept else to_stderr,
    )


def _with_script(command: list[str], body: bytes) -> list[str] | None:
    """The command of a shell that has the script as an argument; None where it must read it."""
    program, *words = command
    if os.path.basename(program) not in ("bash", "sh") or len(body) > _ARGUMENT or b"\0" in body:
        return None
    options: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "-s":  # the words after it are the script's
            break
        if word in ("-o", "+o", "-O", "+O"):
            options += [word, next(rest, "")]
        elif re.fullmatch(r"[-+][abefhkmnprtuvxBCEHPT]+|--(login|norc|noprofile|posix|verbose)", word):
            options.append(word)
        else:
            return None
    return [program, *options, "-c", os.fsdecode(body), os.path.basename(program), *rest]


def _start(command: list[str], body: bytes, options: dict[str, str], namespace: Any) -> None:
    from threading import Thread

    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if "out" in options else subprocess.DEVNULL,
        stderr=subprocess.PIPE if "err" in options else subprocess.DEVNULL,
        process_group=0 if os.name != "nt" else None,
    )
    _background[:] = [other for other in _background if other.poll() is None]
    _background.append(child)
    assert child.stdin is not None
    stdin = child.stdin

    def feed() -> None:
        try:
            stdin.write(body)
            stdin.close()
        except OSError:
            pass  # it ended without reading
        child.wait()

    Thread(target=feed, name="script", daemon=True).start()
    names = {"out": child.stdout, "err": child.stderr, "proc": child}
    namespace.push({options[name]: value for name, value in names.items() if name in options})


def killbgscripts(line: str) -> None:
    """`%killbgscripts`: end all scripts started with --bg."""
    alive = [child for child in _background if child.poll() is None]
    if not alive:
        print("No background processes were killed.")
    for child in alive:
        try:
            os.killpg(child.pid, signal.SIGTERM) if os.name != "nt" else child.terminate()
        except ProcessLookupError:
            continue
        try:
            child.wait(2)
        except subprocess.TimeoutExpired:
            child.kill()
    _background.clear()


def _program(program: str) -> Any:
    def run(line: str, cell: str, namespace: Any) -> None:
        options, rest = _leading(line)
        script(f"{options} {program} {rest}", cell, namespace)

    run.__doc__ = f"`%%{program} [options] [arguments]`: run the cell with {program}; options as those of `%%script`."
    return run


def _leading(line: str) -> tuple[str, str]:
    """Our own options, and what is left for the program."""
    import shlex

    try:
        options, rest = read_options(line, "", _OPTIONS)
    except UsageError:  # an option of the program: `%%bash -x`
        return "", line
    words = [f"--{name}" + (f" {shlex.quote(unquote(value))}" if value else "") for name, value in options.items()]
    return " ".join(words), rest


bash = _program("bash")
sh = _program("sh")
perl = _program("perl")
ruby = _program("ruby")
pypy = _program("pypy")
python = _program(sys.executable or "python")
python.__doc__ = "`%%python [options] [arguments]`: run the cell with this Python in a process of its own."
python3 = python
