from __future__ import annotations

import gc
import math

import pytest

from antiphon_exec_core.weights import weight


def bytes_of(value):
    return weight(value)[1]


class Plain:
    def __init__(self, **fields):
        self.__dict__.update(fields)


class Touchy:
    """Runs away when it is touched."""

    def __getattr__(self, name):
        raise AssertionError(name)

    def __len__(self):
        raise AssertionError("len")

    def __iter__(self):
        raise AssertionError("iter")

    def __sizeof__(self):
        raise AssertionError("sizeof")


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        (1, 20, 40),
        ("x" * 1_000_000, 1_000_000, 1_000_100),
        (bytearray(1_000_000), 1_000_000, 1_000_100),
        ([b"x" * 1000] * 5, 1000, 6000),
        ([bytes(1000) for _ in range(10_000)], 10_000_000, 11_500_000),
        ({i: bytes(1000) for i in range(10_000)}, 10_000_000, 12_500_000),
        (Plain(a=bytes(1_000_000), b=[bytes(1_000_000)]), 2_000_000, 2_010_000),
        (len, 0, 0),
        (math, 0, 0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_weights(value, least, most):
    assert least <= bytes_of(value) <= most


def test_arrays():
    numpy = pytest.importorskip("numpy")
    assert 8_000_000 <= bytes_of(numpy.zeros(1_000_000)) < 8_001_000
    assert 16_000_000 <= bytes_of([numpy.zeros(1_000_000), numpy.zeros(1_000_000)]) < 16_001_000


def test_frames():
    pandas = pytest.importorskip("pandas")
    assert 1_600_000 <= bytes_of(pandas.DataFrame({"a": range(100_000), "b": 1.0})) < 1_700_000
    assert 800_000 <= bytes_of(pandas.Series(range(100_000))) < 801_000
    assert 1_600_000 <= bytes_of(pandas.DataFrame({str(n): range(1000) for n in range(200)})) < 1_700_000


def test_a_view_is_the_array_it_keeps_alive():
    numpy = pytest.importorskip("numpy")
    array = numpy.zeros(1_000_000)
    assert weight(array[:5]) == weight(array)
    assert weight(array)[0] == id(array)


def test_nothing_of_the_users_is_called():
    assert 0 < bytes_of(Touchy()) < 1000
    assert 0 < bytes_of([Touchy(), type("L", (list,), {"__iter__": None, "__len__": None})()]) < 1000


def test_what_refers_to_itself_ends():
    loop = [1]
    loop.append(loop)
    assert 0 < bytes_of(loop) < 1000


def test_it_follows_a_limited_number_of_objects():
    chain = None
    for _ in range(100_000):
        chain = (chain,)
    assert bytes_of(chain) < 100_000
    while chain:  # without the recursion of a long chain's end
        (chain,) = chain
    gc.collect()
