"""Comms by the names of before: the package `comm` has them now."""

from ipykernel.comm.comm import Comm
from ipykernel.comm.manager import CommManager

__all__ = ["Comm", "CommManager"]
