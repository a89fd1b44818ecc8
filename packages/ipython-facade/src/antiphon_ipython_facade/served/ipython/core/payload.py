"""`ip.payload_manager`: what a cell asks of the frontend, with its reply."""

from __future__ import annotations

from typing import Any


class PayloadManager:
    def __init__(self, shell: Any = None, **_: Any) -> None:
        self.shell = shell

    @property
    def _payload(self) -> list[dict[str, Any]]:
        payload: list[dict[str, Any]] = self.shell._services["payload"]
        return payload

    def write_payload(self, data: dict[str, Any], single: bool = True) -> None:
        """Add one; with `single` it takes the place of the one from the same source. Raises TypeError for no dict."""
        if not isinstance(data, dict):
            raise TypeError(f"Each payload write must be a dict, got: {data!r}")
        if single and "source" in data:
            self._payload[:] = [item for item in self._payload if item.get("source") != data["source"]]
        self._payload.append(data)

    def read_payload(self) -> list[dict[str, Any]]:
        return self._payload

    def clear_payload(self) -> None:
        self._payload.clear()
