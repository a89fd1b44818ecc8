"""``antiphon kernelspec doctor``: every kernel on the search path looked at, one line for each finding."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence

import msgspec

from antiphon_wire_protocol.discovery.app import Commands
from antiphon_wire_protocol.discovery.diagnosis import Finding, Installed, diagnose, look_at_path
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec, check_name
from antiphon_wire_protocol.discovery.paths import kernel_folders
from antiphon_wire_protocol.errors import NoSuchKernel
from antiphon_wire_protocol.manager.report import colour

EXAMPLES = """examples:
  antiphon kernelspec doctor                     what is wrong with the kernels that are installed
  antiphon kernelspec doctor --start ir          start the kernel `ir` too, and see whether it answers

exit codes: 0 all can be used, 1 something is broken, 2 a command line that makes no sense"""

_COLOURS = {"ok": "32", "note": "36", "warning": "33", "broken": "31"}


def add_doctor(commands: Commands) -> None:
    parser = commands.add_parser(
        "doctor",
        help="find out what is wrong with kernels, and what to do",
        description="Find out what is wrong with the kernels that are installed, and what to do.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these kernels")
    parser.add_argument("--start", action="store_true", help="start each kernel, ask it what it is, and end it")
    parser.add_argument("--timeout", type=_seconds, default=60.0, metavar="SECONDS", help="for a start (default: 60)")
    parser.add_argument("--json", action="store_true", help="write JSON")
    parser.set_defaults(run=run)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def run(options: argparse.Namespace) -> int:
    """Returns the exit code. Raises `NoSuchKernel` for a name that is not there."""
    folders = kernel_folders()
    installed, findings = look_at_path(folders)
    if options.names:
        wanted = {check_name(name) for name in options.names}
        if missing := wanted - {one.name for one in installed}:
            raise NoSuchKernel(f"no kernelspec named {', '.join(sorted(missing))}")
        installed = [one for one in installed if one.name in wanted]
        findings = [one for one in findings if one.name in wanted]
    findings += diagnose(installed)
    if options.start:
        findings += _try(installed, findings, options)
    else:
        findings += _sound(installed, findings)
    # What belongs together stands together, in the order of the search path.
    order = {name: at for at, name in enumerate(dict.fromkeys(one.name for one in installed))}
    findings.sort(key=lambda one: order.get(one.name, -1))
    if options.json:
        print(json.dumps([msgspec.to_builtins(one) for one in findings], indent=2))
    else:
        print(*lines(findings, colour=colour()), sep="\n")
    return 1 if any(one.level == "broken" for one in findings) else 0


def lines(findings: Sequence[Finding], *, colour: bool = False) -> list[str]:
    """How findings are shown, in columns."""
    if not findings:
        return ["No kernels are installed: antiphon kernelspec install"]
    names = [one.name or one.where for one in findings]
    level, name = max(len(one.level) for one in findings), min(24, max(map(len, names)))
    shown = []
    for one, what in zip(findings, names, strict=True):
        word = one.level.ljust(level)
        word = f"\x1b[{_COLOURS[one.level]}m{word}\x1b[0m" if colour else word
        remedy = f"; {one.remedy}" if one.remedy else ""
        shown.append(f"{word}  {what.ljust(name)}  {one.text}{remedy}")
    return shown


def _usable(installed: Sequence[Installed], findings: Sequence[Finding]) -> list[KernelSpec]:
    """The specs that a name stands for and that nothing was found broken of."""
    broken = {one.name for one in findings if one.level == "broken"}
    first: dict[str, Installed] = {}
    for one in installed:
        first.setdefault(one.name, one)
    return [one.spec for name, one in first.items() if one.spec is not None and name not in broken]


def _sound(installed: Sequence[Installed], findings: Sequence[Finding]) -> list[Finding]:
    return [
        Finding(level="ok", name=spec.name, text=spec.display_name or spec.argv[0], where=spec.resource_dir)
        for spec in _usable(installed, findings)
    ]


def _try(installed: Sequence[Installed], findings: Sequence[Finding], options: argparse.Namespace) -> list[Finding]:
    from antiphon_wire_protocol.manager.trial import try_kernel

    found = []
    for spec in _usable(installed, findings):
        # One after the other: side by side they would be slower than they are.
        if not options.json and sys.stderr.isatty():
            print(f"starting {spec.name} …", end="\r", file=sys.stderr, flush=True)
        found += asyncio.run(try_kernel(spec, timeout=options.timeout))
        if not options.json and sys.stderr.isatty():
            print("\x1b[K", end="", file=sys.stderr, flush=True)
    return found
