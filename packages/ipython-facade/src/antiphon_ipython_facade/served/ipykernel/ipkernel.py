"""The Python kernel by the name of before."""

from __future__ import annotations

from ipykernel.kernelbase import Kernel

__all__ = ["IPythonKernel", "Kernel"]


class IPythonKernel(Kernel):
    """For who tests for it."""
