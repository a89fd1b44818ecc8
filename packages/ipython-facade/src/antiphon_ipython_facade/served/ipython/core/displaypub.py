"""`ip.display_pub`: content, sent as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon_exec_core.display import clear_output, publish_display_data

__all__ = ["CapturingDisplayPublisher", "DisplayPublisher", "publish_display_data"]


class DisplayPublisher:
    """Publishes MIME bundles; hooks see each message before it goes, and may keep it by returning None."""

    def __init__(self, shell: Any = None, **_: Any) -> None:
        self.shell = shell
        self._hooks: list[Callable[[dict[str, Any]], Any]] = []

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        source: Any = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        if self._hooks:
            kind = "update_display_data" if update else "display_data"
            content = {"data": data, "metadata": metadata or {}, "transient": transient or {}}
            message: Any = {"header": {"msg_type": kind}, "msg_type": kind, "content": content}
            for hook in self._hooks:
                message = hook(message)
                if message is None:
                    return
        publish_display_data(data, metadata, transient=transient, update=update)

    def clear_output(self, wait: bool = False) -> None:
        clear_output(wait)

    @property
    def is_publishing(self) -> bool:
        return False

    def register_hook(self, hook: Callable[[dict[str, Any]], Any]) -> None:
        self._hooks.append(hook)

    def unregister_hook(self, hook: Callable[[dict[str, Any]], Any]) -> bool:
        """False where it was not registered."""
        if hook not in self._hooks:
            return False
        self._hooks.remove(hook)
        return True

    def set_parent(self, parent: Any) -> None:
        """Each output finds its own parent."""


class CapturingDisplayPublisher(DisplayPublisher):
    """Keeps what is published in `outputs`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.outputs: list[dict[str, Any]] = []

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **options: Any) -> None:
        keys = {name: options.get(name) for name in ("transient", "update")}
        self.outputs.append({"data": data, "metadata": metadata, **keys})

    def clear_output(self, wait: bool = False) -> None:
        self.outputs.clear()
