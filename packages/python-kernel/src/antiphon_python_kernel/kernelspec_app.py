"""``antiphon-kernelspec``: list, remove and examine kernels, and install ours."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from antiphon_kernel_base.install import add_options, install
from antiphon_wire_protocol.discovery.app import Commands, add_list, add_remove
from antiphon_wire_protocol.discovery.app import main as kernelspec_main
from antiphon_wire_protocol.discovery.kernelspec import NATIVE, KernelSpec
from antiphon_wire_protocol.manager.doctor import add_doctor
from antiphon_wire_protocol.message.messages import PROTOCOL_VERSION

RESOURCES = os.path.join(os.path.dirname(__file__), "resources")


def kernelspec(display_name: str | None = None) -> KernelSpec:
    """The spec that starts this kernel with this interpreter."""
    return KernelSpec(
        argv=[sys.executable, "-m", "antiphon_python_kernel", "-f", "{connection_file}"],
        display_name=display_name or "Python 3 (Antiphon)",
        language="python",
        interrupt_mode="signal",
        metadata={"antiphon": {"transport": "ipc"}},
        kernel_protocol_version=PROTOCOL_VERSION,
    )


def add_install(commands: Commands) -> None:
    parser = commands.add_parser("install", help="install the Antiphon kernel, so that Jupyter finds it")
    add_options(parser, NATIVE)
    parser.set_defaults(run=_install)


def _install(options: argparse.Namespace) -> int:
    return install(options, kernelspec(options.display_name), RESOURCES)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    return kernelspec_main(argv, commands=(add_install, add_list, add_remove, add_doctor))
