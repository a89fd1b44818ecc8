"""Figures shown inline."""

from antiphon_python_kernel.plotting import *  # noqa: F403
