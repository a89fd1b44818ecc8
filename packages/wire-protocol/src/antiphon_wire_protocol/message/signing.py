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

    __slots__ = ("_digest", "_key", "_older", "_recent")

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
        self._recent: set[bytes] = set()
        self._older: set[bytes] = set()

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
        mark = digest[:16]  # enough to tell messages apart, half the memory
        if mark in self._recent or mark in self._older:
            raise ReplayedSignature("this signature was accepted before")
        self._recent.add(mark)
        if len(self._recent) >= REMEMBERED // 2:
            # Two generations instead of random culling: what is forgotten is always the oldest.
            self._older, self._recent = self._recent, set()

    def _sum(self, parts: Sequence[bytes | memoryview]) -> bytes:
        return hmac.digest(self._key, b"".join(parts), self._digest)
