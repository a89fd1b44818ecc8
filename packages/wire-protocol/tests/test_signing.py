from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_wire_protocol.errors import BadSignature, LocalProtocolError, ReplayedSignature
from antiphon_wire_protocol.message import signing
from antiphon_wire_protocol.message.signing import Signer

PARTS = [b'{"a":1}', b"{}", b"{}", b'{"b":2}']


@pytest.mark.parametrize("name", ["sha256", "sha512", "md5", "sha3_256"])
def test_a_signature_is_the_hexadecimal_hmac_of_the_four_frames(name: str) -> None:
    expected = hmac.new(b"key", b"".join(PARTS), getattr(hashlib, name)).hexdigest().encode()
    assert Signer(b"key", f"hmac-{name}").sign(PARTS) == expected


def test_no_key_no_signature() -> None:
    signer = Signer(b"")
    assert signer.sign(PARTS) == b""
    signer.verify(b"", PARTS)
    signer.verify(b"whatever", PARTS)


def test_a_key_refuses_what_is_unsigned_or_signed_by_another() -> None:
    signer = Signer(b"key")
    with pytest.raises(BadSignature, match="not signed"):
        signer.verify(b"", PARTS)
    with pytest.raises(BadSignature, match="does not match"):
        signer.verify(Signer(b"other").sign(PARTS), PARTS)
    with pytest.raises(BadSignature):
        signer.verify(signer.sign(PARTS).upper(), PARTS)


def test_a_signature_is_good_once() -> None:
    signer = Signer(b"key")
    signature = signer.sign(PARTS)
    signer.verify(signature, PARTS)
    for _ in range(2):
        with pytest.raises(ReplayedSignature):
            signer.verify(signature, PARTS)


def test_a_forgery_is_not_remembered() -> None:
    signer = Signer(b"key")
    signature = signer.sign(PARTS)
    with pytest.raises(BadSignature):
        signer.verify(signature, [*PARTS[:3], b"changed"])
    signer.verify(signature, PARTS)


def test_only_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "REMEMBERED", 8)
    signer = Signer(b"key")
    messages = [[str(number).encode()] for number in range(100)]
    for number, message in enumerate(messages):
        signer.verify(signer.sign(message), message)
        for recent in messages[max(0, number - 3) : number + 1]:
            with pytest.raises(ReplayedSignature):
                signer.verify(signer.sign(recent), recent)
    signer.verify(signer.sign(messages[0]), messages[0])


def test_all_are_remembered_while_the_memory_grows_and_then_it_stays_as_it_is() -> None:
    seen = signing.SeenDigests()
    digests = [hashlib.sha256(str(number).encode()).digest() for number in range(3 * signing.REMEMBERED)]
    for number, digest in enumerate(digests):
        assert seen.add(digest)
        if number % 997 == 0:
            for past in range(max(0, number - signing.REMEMBERED // 2 + 1), number + 1, 499):
                assert not seen.add(digests[past])
    room = seen._recent.nbytes + seen._older.nbytes
    assert room == 2 * 8 * signing.REMEMBERED
    assert seen.add(digests[0])


@given(st.lists(st.integers(0, 40)))
def test_it_is_a_set_until_it_forgets(numbers: list[int]) -> None:
    seen, known = signing.SeenDigests(), set[int]()
    for number in numbers:
        # Digests that collide in every small table, the free mark 0 among them.
        assert seen.add((number * 65_536).to_bytes(8, "little") + bytes(24)) is (number not in known)
        known.add(number)


@given(st.text())
def test_a_scheme_is_known_or_refused(scheme: str) -> None:
    for text in (scheme, f"hmac-{scheme}"):
        try:
            Signer(b"key", text)
        except LocalProtocolError as error:
            assert "signature scheme" in str(error)


@given(st.binary(max_size=80))
def test_random_signatures_are_refused(signature: bytes) -> None:
    with pytest.raises(BadSignature):
        Signer(b"key").verify(signature, PARTS)
