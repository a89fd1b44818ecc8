"""The settings of inline figures."""

from antiphon_python_kernel.app import InlineBackend

__all__ = ["InlineBackend"]
