"""`ip.events`: the moments one may listen to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon_exec_core.compat import as_hook
from antiphon_exec_core.hooks import MOMENTS

available_events = dict.fromkeys(MOMENTS)


class EventManager:
    def __init__(self, shell: Any, available_events: Any = None, print_on_error: bool = True) -> None:
        self.shell = shell
        self.print_on_error = print_on_error

    @property
    def callbacks(self) -> dict[str, list[Callable[..., Any]]]:
        """The lists themselves, by moment."""
        hooks = self.shell._services["hooks"]
        return {moment: hooks.of(moment) for moment in MOMENTS}

    def register(self, event: str, function: Callable[..., Any]) -> None:
        self.shell._services["hooks"].register(event, as_hook(event, function))

    def unregister(self, event: str, function: Callable[..., Any]) -> None:
        self.shell._services["hooks"].unregister(event, as_hook(event, function))

    def trigger(self, event: str, *args: Any, **kwargs: Any) -> None:
        self.shell._services["hooks"].fire(event, *args, **kwargs)
