"""``antiphon-kernel``: the kernel's command line, beyond the ``-f FILE`` that frontends use."""

from __future__ import annotations

from antiphon_kernel_base.app import main as base_main
from antiphon_python_kernel.kernelspec_app import main as kernelspec_main
from antiphon_python_kernel.launch import serve


def main(words: list[str]) -> int:
    """Run a command line. Returns the exit code."""
    return base_main(words, serve, lambda options, program: kernelspec_main(["install", *options]))
