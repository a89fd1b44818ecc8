"""`ip.displayhook`: what becomes of a cell's value."""

from __future__ import annotations

from typing import Any

from antiphon_exec_core.outputs import Result, current_outlet

__all__ = ["CapturingDisplayHook", "DisplayHook"]


class DisplayHook:
    """Shows a value as a cell's result and remembers it."""

    def __init__(self, shell: Any = None, **_: Any) -> None:
        self.shell = shell
        self.exec_result: Any = None

    @property
    def prompt_count(self) -> int:
        return int(self.shell.execution_count)

    def __call__(self, result: Any = None) -> None:
        if result is None:
            return
        services = self.shell._services
        data, metadata = services["displayer"].format(result)
        services["namespace"].store_result(self.prompt_count, result)
        if data:
            current_outlet().emit(Result(self.prompt_count, data, metadata))

    def compute_format_data(self, result: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        found: tuple[dict[str, Any], dict[str, Any]] = self.shell._services["displayer"].format(result)
        return found

    def flush(self) -> None:
        self.shell._services["namespace"].outputs.clear()


class CapturingDisplayHook:
    """Keeps values in `outputs`."""

    def __init__(self, shell: Any, outputs: list[Any] | None = None) -> None:
        self.shell = shell
        self.outputs = [] if outputs is None else outputs

    def __call__(self, result: Any = None) -> None:
        if result is not None:
            data, metadata = self.shell.display_formatter.format(result)
            self.outputs.append({"data": data, "metadata": metadata})
