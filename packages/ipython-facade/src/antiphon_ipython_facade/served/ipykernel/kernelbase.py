"""The base of wrapper kernels: Antiphon's, in its compatible form, where kernel-base is installed."""

from __future__ import annotations

try:
    from antiphon_kernel_base.compat import Kernel
except ImportError:

    class Kernel:  # type: ignore[no-redef]
        """For who tests for it: kernel-base is not installed here."""


__all__ = ["Kernel"]
