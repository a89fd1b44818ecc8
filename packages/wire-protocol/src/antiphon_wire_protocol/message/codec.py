"""Python values to JSON bytes and back: the only module that knows which encoder we use.

msgspec does the work. What it refuses and Jupyter peers do send or expect (lone surrogates, integers
beyond 64 bits, ``NaN`` literals) falls back to the standard library, on the slow path only.
"""

from __future__ import annotations

from math import isfinite
from typing import Any, TypeVar

import msgspec

from antiphon_wire_protocol.errors import LocalProtocolError, RemoteProtocolError

T = TypeVar("T")

_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def _plain(value: object) -> object:
    """Turn what the encoder does not know into what it knows. Raises `TypeError` when there is no such thing."""
    if value is None or isinstance(value, bool):
        raise TypeError("only as a key does the encoder ask about these; the slow way writes them as json does")
    # Subclasses first: a str is iterable, and must not become a list of its letters.
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    kind = type(value)
    if not isinstance(value, type):
        for convert in ("item", "tolist") if getattr(value, "shape", None) == () else ("tolist",):
            method = getattr(value, convert, None)
            if callable(method):
                plain = method()
                if type(plain) is not kind:  # numpy's longdouble is its own item
                    return plain
        if hasattr(kind, "keys") and hasattr(kind, "__getitem__"):
            return dict(value)  # type: ignore[call-overload]
        if hasattr(kind, "__iter__"):
            return list(value)  # type: ignore[call-overload]
        for number in ("__index__", "__float__"):
            if hasattr(kind, number):
                return getattr(kind, number)(value)
    raise TypeError(f"{kind.__module__}.{kind.__qualname__} has no JSON form")


_encode = msgspec.json.Encoder(enc_hook=_plain).encode


def encode(value: object) -> bytes:
    """The JSON text of `value`, UTF-8. NaN and the infinities become null, bytes become base64, datetimes ISO 8601.

    Raises `LocalProtocolError` when some part of it has no JSON form.
    """
    try:
        return _encode(value)
    except (TypeError, ValueError, OverflowError, BufferError):
        return _encode_slowly(value)
    except RecursionError as error:
        raise LocalProtocolError(f"not JSON: {error}") from None


def _encode_slowly(value: object) -> bytes:
    import json

    try:
        # ASCII output writes a lone surrogate as its escape, which every JSON reader accepts.
        return json.dumps(_cleaned(value), ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii")
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise LocalProtocolError(f"not JSON: {error}") from None


def _cleaned(value: object) -> object:
    """`value` of plain dictionaries, lists, texts and numbers, by the same rules as the fast encoder's."""
    if value is None or value is True or value is False or type(value) is str or type(value) is int:
        return value
    if type(value) is float:
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {_cleaned_key(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_cleaned(item) for item in value]
    if isinstance(value, msgspec.Struct):
        return {
            name: _cleaned(item)
            for name, item in ((field, getattr(value, field)) for field in value.__struct_fields__)
            if item is not msgspec.UNSET
        }
    if isinstance(value, memoryview):
        value = value.tobytes()  # also of one that is not contiguous
    plain = msgspec.to_builtins(value, enc_hook=_plain)
    return _cleaned(plain) if isinstance(plain, (dict, list, tuple, float)) else plain


def _cleaned_key(key: object) -> str:
    plain = _cleaned(key)
    if isinstance(plain, str):
        return plain
    if plain is None:
        return "null"
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, (int, float)):
        return str(plain)
    raise TypeError(f"{type(key).__module__}.{type(key).__qualname__} cannot be a key in JSON")


def decode(frame: bytes | memoryview, kind: type[T], what: str) -> T:
    """Read one JSON frame as `kind`; `what` names the frame in the error.

    A field that is null where null makes no sense counts as absent: some kernels write what they do not know so.
    Raises `RemoteProtocolError` for bad JSON, for missing fields and for fields of the wrong type.
    """
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    try:
        return decoder.decode(frame)  # type: ignore[no-any-return]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _decode_slowly(frame, kind, what, error)


def _decode_slowly(frame: bytes | memoryview, kind: type[T], what: str, first: Exception) -> T:
    import json

    try:
        value = json.loads(bytes(frame))
    except (ValueError, RecursionError):
        raise RemoteProtocolError(f"{what} is not JSON: {first}") from None
    try:
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, RecursionError):
        if isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            given = {name: item for name, item in value.items() if item is not None}
            try:
                return msgspec.convert(given, kind)
            except (msgspec.ValidationError, RecursionError):
                pass
        # The first error is of the frame as it came.
        raise RemoteProtocolError(f"{what}: {first}") from None
