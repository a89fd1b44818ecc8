"""`ip.hooks`: functions that take over a part of the shell's work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class CommandChainDispatcher:
    """Functions in the order of their priority; one that raises TryNext leaves it to the next."""

    def __init__(self, commands: Any = None) -> None:
        self.chain: list[tuple[int, Callable[..., Any]]] = list(commands or ())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from IPython.core.error import TryNext

        last: TryNext = TryNext()
        for _, command in self.chain:
            try:
                return command(*args, **kwargs)
            except TryNext as error:
                last = error
        raise last

    def add(self, func: Callable[..., Any], priority: int = 0) -> None:
        self.chain.append((priority, func))
        self.chain.sort(key=lambda each: each[0])

    def __iter__(self) -> Any:
        return iter(self.chain)


class Hooks(dict[str, CommandChainDispatcher]):
    """The chains by name, as attributes too."""

    def __init__(self, shell: Any = None) -> None:
        super().__init__()

    def __getattr__(self, name: str) -> CommandChainDispatcher:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def add(self, name: str, hook: Callable[..., Any], priority: int = 50, **_: Any) -> None:
        self.setdefault(name, CommandChainDispatcher()).add(hook, priority)
