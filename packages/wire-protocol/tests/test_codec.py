from __future__ import annotations

import base64
import collections
import datetime
import enum
import fractions
import json
import math
import types
import uuid
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_wire_protocol.errors import LocalProtocolError, RemoteProtocolError
from antiphon_wire_protocol.message.codec import decode, encode
from antiphon_wire_protocol.message.content import Stream


class Text(str):
    def __str__(self) -> str:
        return "not what it holds"


class Whole(int):
    pass


class Real(float):
    pass


class Level(enum.IntEnum):
    LOW = 1


class Colour(enum.Enum):
    RED = "red"


Point = collections.namedtuple("Point", "x y")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Text("abc"), "abc"),
        (Whole(3), 3),
        (Real(1.5), 1.5),
        (Level.LOW, 1),
        (Colour.RED, "red"),
        (Point(1, 2), [1, 2]),
        ((1, 2), [1, 2]),
        ({1}, [1]),
        (collections.OrderedDict(a=1), {"a": 1}),
        (collections.defaultdict(list, a=[1]), {"a": [1]}),
        (types.MappingProxyType({"a": 1}), {"a": 1}),
        (collections.deque([1, 2]), [1, 2]),
        (range(3), [0, 1, 2]),
        ({1: 2}.keys(), [1]),
        (fractions.Fraction(1, 2), 0.5),
        ({None: 1}, {"null": 1}),
        ({True: 1}, {"true": 1}),
        ({1: 2, 1.5: 3}, {"1": 2, "1.5": 3}),
        (2**64, 2**64),
        (-(2**63) - 1, -(2**63) - 1),
        ({"n": 2**70, "nan": math.nan}, {"n": 2**70, "nan": None}),
        ([math.nan, math.inf, -math.inf], [None, None, None]),
        ("\ud800", "\ud800"),
        ({"\udfff": [math.nan, "\ud800"]}, {"\udfff": [None, "\ud800"]}),
        (b"abc", base64.b64encode(b"abc").decode()),
        (bytearray(b"abc"), base64.b64encode(b"abc").decode()),
        (memoryview(b"abc")[::-1], base64.b64encode(b"cba").decode()),
        (datetime.datetime(2026, 11, 20, 1, 2, 3, 4), "2026-11-20T01:02:03.000004"),
        (datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC), "2026-11-20T00:00:00Z"),
        (datetime.date(2026, 11, 20), "2026-11-20"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (np.int8(1), 1),
        (np.uint64(2**64 - 1), 2**64 - 1),
        (np.float32(1.5), 1.5),
        (np.float64(math.nan), None),
        (np.longdouble(1.5), 1.5),
        (np.bool_(True), True),
        (np.str_("s"), "s"),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (np.array(3), 3),
        (np.array([math.nan, 1]), [None, 1]),
        (np.datetime64("2026-11-20"), "2026-11-20"),
        ({np.int64(3): np.float32(0.5)}, {"3": 0.5}),
        ({"\ud800": {"deep": (np.int64(1), {None: b"x"})}}, {"\ud800": {"deep": [1, {"null": "eA=="}]}}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_json_does_not_know_becomes_what_it_knows(value: object, expected: object) -> None:
    assert json.loads(encode(value)) == expected


def test_an_iterator_becomes_a_list() -> None:
    assert encode(n for n in (1, 2)) == b"[1,2]"


class Endless:
    shape = ()

    def item(self) -> Endless:
        return self


def nested(depth: int) -> object:
    value: object = []
    for _ in range(depth):
        value = [value]
    return value


def circle() -> object:
    value: list[object] = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    "value",
    [object(), 1j, {"a": {"b": object()}}, {(1, 2): 3}, len, int, Endless(), nested(100_000), circle(), {"\ud800": 1j}],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_json_form_is_our_fault(value: object) -> None:
    with pytest.raises(LocalProtocolError, match="not JSON"):
        encode(value)


def test_an_error_names_the_type_that_does_not_fit() -> None:
    with pytest.raises(LocalProtocolError, match=r"builtins\.complex"):
        encode({"a": [1, 1j]})


def test_slow_and_fast_way_write_the_same() -> None:
    value = Stream(name="stdout", text="x")
    slow = encode([value, "\ud800"])
    assert json.loads(slow) == [json.loads(encode(value)), "\ud800"]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # All code points, surrogates too.
    | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=())), inner),
)


@given(json_values)
def test_every_json_value_survives(value: Any) -> None:
    assert decode(encode(value), Any, "value") == value


@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_random_bytes_are_a_value_or_a_protocol_error(frame: bytes) -> None:
    for kind in (dict[str, Any], Stream):
        try:
            decode(frame, kind, "frame")
        except RemoteProtocolError as error:
            assert "frame" in str(error)


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (b"12345678901234567890123456789", 12345678901234567890123456789),
        (b"[Infinity, -Infinity]", [math.inf, -math.inf]),
        (b'"\\ud800"', "\ud800"),
        (b'"\xed\xa0\x80"', "\ud800"),
        (memoryview(b'{"a": 1}'), {"a": 1}),
    ],
)
def test_what_only_python_peers_write_is_read_too(frame: bytes, expected: object) -> None:
    assert decode(frame, Any, "value") == expected
    assert math.isnan(decode(b"NaN", float, "value"))


@pytest.mark.parametrize(
    "frame",
    [b"", b"nul", b"\x00", b"{", b'"\xff"', b"{} {}", b"[" * 100_000, b'{"a":' * 100_000, b"9" * 5000],
    ids=lambda frame: repr(frame[:8]),
)
def test_bad_json_is_their_fault(frame: bytes) -> None:
    with pytest.raises(RemoteProtocolError, match="content"):
        decode(frame, Any, "content")


def test_a_field_of_the_wrong_type_is_named() -> None:
    with pytest.raises(RemoteProtocolError, match=r"content of stream: .*text"):
        decode(b'{"name": "stdout", "text": 5}', Stream, "content of stream")
    with pytest.raises(RemoteProtocolError, match=r"missing required field `text`"):
        decode(b'{"name": "stdout"}', Stream, "content of stream")


class Optional(msgspec.Struct):
    matches: list[str] = []


def test_null_counts_as_absent() -> None:
    assert decode(b'{"matches": null}', Optional, "content") == Optional()
    with pytest.raises(RemoteProtocolError):
        decode(b'{"name": "stdout", "text": null}', Stream, "content")


def test_nulls_of_free_form_values_stay_on_the_slow_way_too() -> None:
    slow = b'{"a": null, "text": "\\ud800", "big": 123456789012345678901234567890}'
    assert decode(slow, dict[str, Any], "content") == json.loads(slow)
