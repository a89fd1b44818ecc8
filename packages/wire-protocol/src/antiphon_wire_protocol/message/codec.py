"""Python values to JSON bytes and back: the only module that knows which encoder we use.

msgspec does the work. What it refuses and Jupyter peers do send or expect (lone surrogates, integers
beyond 64 bits, ``NaN`` literals) falls back to the standard library, on the slow path only.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from antiphon_wire_protocol.errors import LocalProtocolError, RemoteProtocolError

T = TypeVar("T")

_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def _plain(value: object) -> object:
    """Turn what JSON does not know into what it knows: array scalars into numbers, the rest refused."""
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "shape", None) == ():
        return item()
    if isinstance(value, memoryview):
        return bytes(value)
    to_list = getattr(value, "tolist", None)
    if callable(to_list):
        return to_list()
    if hasattr(type(value), "__iter__"):
        return list(value)  # type: ignore[call-overload]
    raise TypeError(f"{type(value).__module__}.{type(value).__qualname__} has no JSON form")


_encode = msgspec.json.Encoder(enc_hook=_plain).encode


def encode(value: object) -> bytes:
    """The JSON text of `value`, UTF-8. NaN and the infinities become null, bytes become base64, datetimes ISO 8601.

    Raises `LocalProtocolError` when some part of it has no JSON form.
    """
    try:
        return _encode(value)
    except (UnicodeEncodeError, OverflowError, ValueError):
        return _encode_slowly(value)
    except (TypeError, RecursionError) as error:
        raise LocalProtocolError(f"not JSON: {error}") from None


def _encode_slowly(value: object) -> bytes:
    import json

    try:
        plain = msgspec.to_builtins(value, enc_hook=_plain, str_keys=True)
        # ASCII output writes a lone surrogate as its escape, which every JSON reader accepts.
        return json.dumps(plain, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise LocalProtocolError(f"not JSON: {error}") from None


def decode(frame: bytes | memoryview, kind: type[T], what: str) -> T:
    """Read one JSON frame as `kind`; `what` names the frame in the error.

    Raises `RemoteProtocolError` for bad JSON or for fields of the wrong type.
    """
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    try:
        return decoder.decode(frame)  # type: ignore[no-any-return]
    except msgspec.ValidationError as error:
        raise RemoteProtocolError(f"{what}: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _decode_slowly(frame, kind, what, error)


def _decode_slowly(frame: bytes | memoryview, kind: type[T], what: str, first: Exception) -> T:
    import json

    try:
        return msgspec.convert(json.loads(bytes(frame)), kind)
    except msgspec.ValidationError as error:
        raise RemoteProtocolError(f"{what}: {error}") from None
    except (ValueError, RecursionError):
        raise RemoteProtocolError(f"{what} is not JSON: {first}") from None
