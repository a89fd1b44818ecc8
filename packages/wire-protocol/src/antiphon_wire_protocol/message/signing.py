"""Signatures over the four JSON frames (messaging specification, "The Wire Protocol").

Verify first, remember after: a forged message must not be able to fill the memory of seen digests.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from antiphon_wire_protocol.errors import BadSignature, LocalProtocolError, ReplayedSignature

REMEMBERED = 65_536
"""How many accepted signatures are remembered, at least half of them always."""


class Signer:
    """Signs and verifies with one key. An empty key switches signing off, as the specification allows."""

    __slots__ = ("_digest", "_key", "_seen")

    def __init__(self, key: bytes, scheme: str = "hmac-sha256") -> None:
        kind, _, digest = scheme.partition("-")
        if kind != "hmac" or not digest:
            raise LocalProtocolError(f"signature scheme {scheme!r}: expected hmac-<hash>, for instance hmac-sha256")
        try:
            hmac.digest(b"probe", b"", digest)
        except (ValueError, TypeError):
            raise LocalProtocolError(f"signature scheme {scheme!r}: no hash of that name here") from None
        self._key = key
        self._digest = digest
        self._seen = SeenDigests()

    def sign(self, parts: Sequence[bytes | memoryview]) -> bytes:
        """The hexadecimal signature of the four frames; empty when signing is off."""
        return self._sum(parts).hex().encode("ascii") if self._key else b""

    def verify(self, signature: bytes, parts: Sequence[bytes | memoryview]) -> None:
        """Accept a signature once. Raises `BadSignature` or `ReplayedSignature`."""
        if not self._key:
            return
        if not signature:
            raise BadSignature("the message is not signed, and this session has a key")
        digest = self._sum(parts)
        if not hmac.compare_digest(digest.hex().encode("ascii"), signature):
            raise BadSignature("the signature does not match: another key, or a message changed on its way")
        if not self._seen.add(digest):
            raise ReplayedSignature("this signature was accepted before")

    def _sum(self, parts: Sequence[bytes | memoryview]) -> bytes:
        return hmac.digest(self._key, b"".join(parts), self._digest)


class SeenDigests:
    """The digests of late, at least half of `REMEMBERED`, eight bytes of each, in a room that stops growing.

    Two hash tables, never more than half full: when the recent one is, it becomes the older one, whose digests are
    forgotten. So what is forgotten is always the oldest. (Sets of bytes would take ten times the room.)
    """

    __slots__ = ("_count", "_older", "_recent")

    def __init__(self) -> None:
        self._older = _table(1)
        self._recent = _table(min(512, REMEMBERED))
        self._count = 0

    def add(self, digest: bytes) -> bool:
        """Remember a digest; False when it is remembered already."""
        mark = int.from_bytes(digest[:8], "little") or 1  # 0 is a free place
        # The same search twice, written out: this runs once for every message that comes.
        older, recent = self._older, self._recent
        place = mark % len(older)
        while (found := older[place]) and found != mark:
            place = (place + 1) % len(older)
        if found:
            return False
        place = mark % len(recent)
        while (found := recent[place]) and found != mark:
            place = (place + 1) % len(recent)
        if found:
            return False
        recent[place] = mark
        self._count += 1
        if self._count * 2 >= len(recent):
            self._make_room()
        return True

    def _make_room(self) -> None:
        full = self._recent
        if len(full) >= REMEMBERED:
            self._older, self._recent, self._count = full, _table(REMEMBERED), 0
            return
        self._recent = _table(min(4 * len(full), REMEMBERED))
        for mark in full:
            if mark:
                place = mark % len(self._recent)
                while self._recent[place]:
                    place = (place + 1) % len(self._recent)
                self._recent[place] = mark


def _table(size: int) -> memoryview[int]:
    return memoryview(bytearray(size * 8)).cast("Q")
