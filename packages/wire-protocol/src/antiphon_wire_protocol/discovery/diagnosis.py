"""What is wrong with the kernelspecs on the search path, found without starting a kernel.

A finding is a value: how bad it is, what it is about, and what to do. `manager.trial` adds those of a real start.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from antiphon_wire_protocol.discovery.kernelspec import KernelSpec, check_name, read_kernelspec
from antiphon_wire_protocol.errors import BadKernelSpec

Level: TypeAlias = Literal["ok", "note", "warning", "broken"]

TIME_TO_LOOK = 20.0
"""Seconds that an interpreter has to say whether it knows a module."""

_PYTHON = re.compile(r"pythonw?[\d.]*(\.exe)?", re.ASCII)
_R_CALL = re.compile(r"(\w[\w.]*)::", re.ASCII)
_VARIABLE = re.compile(r"\$\{(\w+)\}", re.ASCII)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to know. `broken` means that a kernel cannot be used as it stands; `name` may be empty: the path."""

    level: Level
    name: str
    text: str
    remedy: str = ""
    where: str = ""


class Installed(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that looks like a kernelspec. Without a `spec`, `problem` says why it cannot be read."""

    name: str
    folder: str
    spec: KernelSpec | None = None
    problem: str = ""


def look_at_path(folders: Sequence[str]) -> tuple[list[Installed], list[Finding]]:
    """Everything on a search path, the hidden and the broken too, in its order; what is wrong with the path itself."""
    installed, findings = [], []
    for folder in folders:
        try:
            names = sorted(os.listdir(folder))
        except (FileNotFoundError, NotADirectoryError):
            continue  # the path names folders that need not exist
        except OSError as error:
            text = f"cannot be read: {error.strerror}"
            findings.append(Finding(level="broken", name="", text=text, remedy="mend its permissions", where=folder))
            continue
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith(" part"):
                text = "an installation that was broken off"
                findings.append(Finding(level="warning", name="", text=text, remedy=f"rm -r '{path}'", where=path))
            elif os.path.isdir(path) or os.path.islink(path):
                found = _look_at_folder(name, path)
                installed += [found] if isinstance(found, Installed) else []
                findings += [found] if isinstance(found, Finding) else []
    return installed, findings


def _look_at_folder(name: str, path: str) -> Installed | Finding | None:
    kernel_json = os.path.join(path, "kernel.json")
    try:
        os.stat(kernel_json)
    except PermissionError as error:
        return Installed(name=name.lower(), folder=path, problem=f"{kernel_json}: {error.strerror}")
    except OSError:
        if os.path.islink(path) and not os.path.exists(path):
            text, remedy = "a link that leads nowhere", f"rm '{path}'"
        elif name.startswith("."):
            return None
        else:
            text, remedy = "a folder without a kernel.json: no program shows it", "complete it, or remove the folder"
        return Finding(level="warning", name=name.lower(), text=text, remedy=remedy, where=path)
    try:
        return Installed(name=check_name(name), folder=path, spec=read_kernelspec(path))
    except BadKernelSpec as error:
        return Installed(name=name.lower(), folder=path, problem=str(error))


def diagnose(installed: Sequence[Installed], environment: Mapping[str, str] | None = None) -> list[Finding]:
    """What is wrong with these kernelspecs, each in its turn."""
    environment = os.environ if environment is None else environment
    findings: list[Finding] = []
    first: dict[str, Installed] = {}
    titles: dict[tuple[str, str], str] = {}
    for one in installed:
        if one.name in first:
            findings.append(_shadowed(one, first[one.name]))
            continue
        first[one.name] = one
        if one.spec is None:
            findings.append(_finding(one, "broken", one.problem, "mend kernel.json, or antiphon kernelspec remove"))
            continue
        findings += check_spec(one.spec, environment)
        title = (one.spec.display_name, one.spec.language)
        if title[0] and titles.setdefault(title, one.name) != one.name:
            text = f"is shown as {title[0]!r}, as {titles[title]} is"
            findings.append(_finding(one, "warning", text, "give it a display_name of its own in kernel.json"))
    return findings


def _shadowed(one: Installed, by: Installed) -> Finding:
    same = one.spec is not None and by.spec is not None and one.spec.fields() == by.spec.fields()
    text = f"hidden by {by.folder}" + (", which says the same" if same else "")
    if by.spec is None:
        # Programs of ours skip what they cannot read; others stop at the first folder of the name.
        return _finding(one, "warning", f"{text}, which is broken", f"mend or remove {by.folder}")
    return _finding(one, "note", text, "remove one of them, or rename it")


def check_spec(spec: KernelSpec, environment: Mapping[str, str]) -> Iterator[Finding]:
    """What is wrong with one kernelspec that could be read."""
    one = Installed(name=spec.name, folder=spec.resource_dir, spec=spec)
    if not any("{connection_file}" in word for word in spec.argv):
        text = "argv does not hold {connection_file}, so the kernel is not told where to listen"
        yield _finding(one, "broken", text, "add it to argv in kernel.json")
    for name in sorted({found for value in spec.env.values() for found in _VARIABLE.findall(value)}):
        if name not in environment:
            text = f"env uses ${{{name}}}, which is not set"
            yield _finding(one, "warning", text, f"export {name}, or change env in kernel.json")
    for field in ("display_name", "language"):
        if not getattr(spec, field):
            yield _finding(one, "warning", f"kernel.json has no {field}", "add it: frontends choose kernels by it")
    if spec.kernel_protocol_version and not spec.kernel_protocol_version.startswith("5."):
        text = f"kernel.json states protocol {spec.kernel_protocol_version}"
        yield _finding(one, "warning", text, "only 5.x and kernels of version 4 can be talked to")
    if spec.interrupt_mode == "signal" and _runs_elsewhere(spec):
        text = f"interrupt_mode is signal, and a signal does not reach through {os.path.basename(spec.argv[0])}"
        yield _finding(one, "warning", text, 'set "interrupt_mode": "message", if the kernel knows it')
    yield from _check_program(one, spec, environment)


def _check_program(one: Installed, spec: KernelSpec, environment: Mapping[str, str]) -> Iterator[Finding]:
    command = spec.command("/dev/null")
    env = spec.environment(environment)
    program = command[0]
    found = shutil.which(program, path=env.get("PATH"))
    if found is None:
        if os.path.sep not in program:
            problem, remedy = f"program {program!r} is not on PATH", f"install {program}, or write its path into argv"
        elif not os.path.exists(program):
            problem, remedy = f"program {program} is not there", "install the kernel anew, or remove this kernelspec"
        else:
            problem, remedy = f"program {program} cannot be executed", f"chmod +x '{program}'"
        yield _finding(one, "broken", problem, remedy)
        return
    module, question, install = _module(command)
    if module:
        try:
            asked = subprocess.run(
                [found, *question],
                env=env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=TIME_TO_LOOK,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            why = error.strerror if isinstance(error, OSError) else f"no answer within {TIME_TO_LOOK:g} s"
            yield _finding(one, "broken", f"{found} does not run: {why}", "install the kernel anew")
            return
        if asked.returncode == 3:
            yield _finding(one, "broken", f"{found} has no module {module}", install.format(program=found))
        elif asked.returncode != 0:
            last = (asked.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {asked.returncode}"])[-1]
            yield _finding(one, "broken", f"{found} does not run: {last}", "install the kernel anew")


def _module(command: Sequence[str]) -> tuple[str, list[str], str]:
    """The module that a command runs in an interpreter; how to ask whether it is there (exit code 3: no); the remedy.

    Empty for programs that are not known to be interpreters.
    """
    name = os.path.basename(command[0])
    if _PYTHON.fullmatch(name) and "-m" in command[:-1]:
        module = command[command.index("-m") + 1]
        code = (
            "import importlib.util, sys\n"
            f"try: found = importlib.util.find_spec({module!r})\n"
            "except ModuleNotFoundError: found = None\n"
            "sys.exit(0 if found else 3)"
        )
        wanted = {"ipykernel_launcher": "ipykernel"}.get(module, module.partition(".")[0].replace("_", "-"))
        return module, ["-c", code], f"{{program}} -m pip install {wanted}"
    if name in ("R", "R.exe"):
        for word in command[1:]:
            if call := _R_CALL.search(word):
                code = f"quit(status = if (requireNamespace('{call[1]}', quietly = TRUE)) 0 else 3)"
                return call[1], ["--slave", "--no-save", "-e", code], f"in R: install.packages('{call[1]}')"
    return "", [], ""


def _runs_elsewhere(spec: KernelSpec) -> bool:
    program = os.path.basename(spec.argv[0])
    return program in ("docker", "podman", "ssh", "kubectl", "srun", "singularity", "apptainer", "wsl.exe")


def _finding(one: Installed, level: Level, text: str, remedy: str) -> Finding:
    return Finding(level=level, name=one.name, text=text, remedy=remedy, where=one.folder)
