"""Write a kernelspec for a kernel, where Jupyter looks for it: ``python -m mykernel install``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from antiphon_wire_protocol.discovery.kernelspec import KernelSpec, install_kernelspec
from antiphon_wire_protocol.discovery.paths import install_folder
from antiphon_wire_protocol.errors import BadKernelSpec


def add_options(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of every ``install`` command; `name` is the default name."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--user", action="store_true", help="for this user, whatever the environment")
    where.add_argument("--sys-prefix", action="store_true", help="in this environment (default)")
    where.add_argument("--prefix", metavar="PATH", help="in the environment at PATH")
    parser.add_argument("--name", default=name, help="the kernel's name (default: %(default)s)")
    parser.add_argument("--display-name", metavar="TEXT", help="what people see")


def install(options: argparse.Namespace, spec: KernelSpec, resources: str | None = None) -> int:
    """Install `spec` where `options` say, and say where. Returns the exit code."""
    try:
        folder = install_folder(user=options.user, prefix=options.prefix or (None if options.user else sys.prefix))
        path = install_kernelspec(options.name, folder, spec, resources=resources)
    except (BadKernelSpec, OSError) as error:
        print(f"not installed: {error}", file=sys.stderr)
        return 1
    print(f"Installed kernelspec {options.name} in {path}")
    return 0


def command(kernel_argv: Sequence[str], language: str, name: str, argv: list[str], program: str) -> int:
    """The whole ``install`` command of a kernel that is started by `kernel_argv`."""
    parser = argparse.ArgumentParser(
        prog=f"{program} install", description="Install a kernelspec, so that Jupyter finds this kernel."
    )
    add_options(parser, name)
    options = parser.parse_args(argv)
    spec = KernelSpec(argv=list(kernel_argv), display_name=options.display_name or options.name, language=language)
    return install(options, spec)
