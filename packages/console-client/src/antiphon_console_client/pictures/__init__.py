"""Pictures in a terminal: one module a protocol, all from bytes to text; `terminal` says which one is spoken."""

from __future__ import annotations

from .image import Image, read
from .terminal import Terminal, detect

__all__ = ["Image", "Terminal", "detect", "read"]
