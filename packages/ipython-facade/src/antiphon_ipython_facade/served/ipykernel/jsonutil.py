"""JSON of messages: encoded by the kernel itself."""

from __future__ import annotations

from typing import Any


def json_clean(obj: Any) -> Any:
    """Messages are made fit for JSON when they are sent."""
    return obj


def encode_images(format_dict: dict[str, Any]) -> dict[str, Any]:
    """Images are made base64 when they are formatted."""
    return format_dict
