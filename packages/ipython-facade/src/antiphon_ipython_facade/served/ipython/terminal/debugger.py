"""The debugger at a terminal."""

from IPython.core.debugger import Pdb as TerminalPdb
from IPython.core.debugger import set_trace

__all__ = ["TerminalPdb", "set_trace"]
