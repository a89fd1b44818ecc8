"""The session that the served modules speak for: the services of the interpreter, and the one shell object.

Everything that is kept at all is kept here; the served modules hold no state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from antiphon_exec_core.services import Services

    from .shell import Shell


class Session:
    """`flavour` is "kernel" or "terminal"; `shell` is made when somebody asks for it."""

    def __init__(self, services: Services, flavour: str) -> None:
        self.services = services
        self.flavour = flavour
        self._shell: Shell | None = None

    @property
    def shell(self) -> Shell:
        if self._shell is None:
            from .shell import first_shell

            self._shell = first_shell(self)
        return self._shell

    def adopt(self, shell: Shell) -> None:
        """Speak by this shell, which somebody made."""
        self._shell = shell


_current: Session | None = None


def use(session: Session | None) -> None:
    """Speak for this session from now on."""
    global _current
    _current = session


def current() -> Session | None:
    """The session in force; None in a process where the names are served, but nothing runs cells."""
    return _current


def current_shell() -> Any:
    """What `get_ipython()` gives; None where nothing runs cells."""
    return None if _current is None else _current.shell


def services() -> Services:
    """The parts of the session in force. Raises RuntimeError where there is none."""
    if _current is None:
        raise RuntimeError("nothing runs cells in this process: there is no interactive shell to ask")
    return _current.services
