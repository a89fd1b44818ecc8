"""What the viewer and its workers say to each other: a JSON object and bytes, each with its length before it.

No pickles: a worker reads what strangers wrote, and is believed no further than that.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

_LENGTHS = struct.Struct("!IQ")


def packed(header: Mapping[str, Any], body: bytes = b"") -> bytes:
    """A frame."""
    told = json.dumps(header).encode()
    return b"".join((_LENGTHS.pack(len(told), len(body)), told, body))


def read(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next frame; None at the end."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    header, body = _LENGTHS.unpack(lengths)
    return json.loads(stream.read(header)), stream.read(body)


async def receive(stream: asyncio.StreamReader, limit: int) -> tuple[dict[str, Any], bytes]:
    """The next frame. Raises `asyncio.IncompleteReadError` at the end, `ValueError` for one beyond the limit."""
    header, body = _LENGTHS.unpack(await stream.readexactly(_LENGTHS.size))
    if header > limit or body > limit:
        raise ValueError(f"a frame of {max(header, body):,} bytes")
    told = json.loads(await stream.readexactly(header))
    if not isinstance(told, dict):
        raise ValueError("a frame without an object")
    return told, await stream.readexactly(body)
