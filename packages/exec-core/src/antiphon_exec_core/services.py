"""What a magic or an extension may ask for by name: made when it is first asked for.

It is no interpreter in disguise: parts never read it, only those whose needs are known by name alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


class Services(Mapping[str, Any]):
    """Objects by name; `makers` make those that are not there yet."""

    def __init__(self, makers: Mapping[str, Callable[[], Any]], made: Mapping[str, Any] | None = None) -> None:
        self._makers = dict(makers)
        self._made: dict[str, Any] = dict(made or {})

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __setitem__(self, name: str, service: Any) -> None:
        self._made[name] = service

    def forget(self, name: str) -> None:
        """Make it anew when it is asked for next."""
        self._made.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._made or name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter({**self._makers, **self._made})

    def __len__(self) -> int:
        return len({**self._makers, **self._made})

    def call(self, function: Callable[..., Any]) -> Any:
        """Call a function with the services that its parameters name. Raises TypeError for one that is not known."""
        code = function.__code__
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        optional = len(function.__defaults__ or ())
        required = names[: code.co_argcount - optional] if optional else names[: code.co_argcount]
        unknown = [name for name in required if name not in self]
        if unknown:
            raise TypeError(f"{function.__qualname__} needs {', '.join(unknown)}; known are {', '.join(sorted(self))}")
        return function(**{name: self[name] for name in names if name in self})
