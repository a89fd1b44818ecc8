"""``antiphon-kernelspec list`` and ``remove``: the part of the command that needs no kernel.

The script itself belongs to the package that has a kernel to install: it adds its own ``install`` to `commands`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from typing import TypeAlias

from antiphon_wire_protocol.discovery.kernelspec import (
    KernelSpec,
    kernelspec_folder,
    list_kernelspecs,
    remove_kernelspec,
)
from antiphon_wire_protocol.errors import NoSuchKernel

EXAMPLES = """examples:
  antiphon kernelspec list                 names, titles and folders
  antiphon kernelspec list --missing       those whose program has gone
  antiphon kernelspec remove -y old        without asking

exit codes: 0 done, 1 could not be done, 2 a command line that makes no sense"""

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
AddCommand: TypeAlias = Callable[[Commands], None]
"""Adds one command to the parser: its options, and the function that runs it as default `run`."""


def add_list(commands: Commands) -> None:
    parser = commands.add_parser("list", help="show the kernels that can be started")
    parser.add_argument("--json", action="store_true", help="write JSON, as jupyter kernelspec does")
    parser.add_argument("--missing", action="store_true", help="only those whose program is not there")
    parser.set_defaults(run=_list)


def add_remove(commands: Commands) -> None:
    parser = commands.add_parser("remove", aliases=["uninstall"], help="remove kernelspecs by name")
    parser.add_argument("names", nargs="+", metavar="NAME")
    parser.add_argument("-y", "-f", "--yes", action="store_true", help="do not ask")
    parser.set_defaults(run=_remove)


def main(argv: Sequence[str] | None = None, *, commands: Sequence[AddCommand] = (add_list, add_remove)) -> int:
    """Run one command; the exit code is 1 when it could not be done, with the reason on stderr."""
    parser = argparse.ArgumentParser(
        prog="antiphon-kernelspec",
        description="The kernels Jupyter programs can start.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in commands:
        add(subparsers)
    args = parser.parse_args(argv)
    run: Callable[[argparse.Namespace], int] = args.run
    try:
        code = run(args)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `| head`: nobody reads on, and there is nothing to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141
    except (NoSuchKernel, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1


def _list(args: argparse.Namespace) -> int:
    specs = {name: spec for name, spec in list_kernelspecs().items() if not args.missing or _is_missing(spec)}
    if args.json:
        shown = {name: {"resource_dir": spec.resource_dir, "spec": spec.fields()} for name, spec in specs.items()}
        print(json.dumps({"kernelspecs": shown}, indent=2))
        return 0
    if not specs:
        print("No kernels found.")
    width = max(map(len, specs), default=0)
    for name, spec in sorted(specs.items()):
        print(f"{name:<{width}}  {spec.display_name}  {spec.resource_dir}")
    return 0


def _is_missing(spec: KernelSpec) -> bool:
    return shutil.which(spec.command("")[0]) is None


def _remove(args: argparse.Namespace) -> int:
    if not args.yes:
        for name in args.names:
            print(kernelspec_folder(name))
        if input("Remove these? [y/N] ").strip().lower() not in {"y", "yes"}:
            print("Nothing was removed.")
            return 1
    for name in args.names:
        print(f"Removed {remove_kernelspec(name)}")
    return 0
