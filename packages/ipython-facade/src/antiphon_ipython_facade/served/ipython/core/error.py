"""What the parts of the shell raise."""

from antiphon_exec_core.errors import UsageError

__all__ = ["IPythonCoreError", "InputRejected", "StdinNotImplementedError", "TryNext", "UsageError"]


class IPythonCoreError(Exception):
    """The base of what only the shell raises."""


class TryNext(IPythonCoreError):
    """Raised by a hook that leaves the matter to the next one."""


class StdinNotImplementedError(IPythonCoreError, NotImplementedError):
    """The frontend of this cell cannot be asked."""


class InputRejected(Exception):
    """Raised by an AST transformer that refuses the cell."""
