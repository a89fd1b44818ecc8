"""Which errors are allowed, how long a cell may take, what a request says."""

from __future__ import annotations

import pytest

from antiphon_nb_convert.execution.settings import ExecutionSettings

TAG = ["raises-exception"]


@pytest.mark.parametrize(("seconds", "limit"), [(None, None), (0, None), (-1, None), (3, 3), (0.5, 0.5)])
def test_limits(seconds: float | None, limit: float | None) -> None:
    assert ExecutionSettings(timeout=seconds).limit({}) == limit
    assert ExecutionSettings(timeout=99, timeout_func=lambda cell: seconds).limit({}) == limit


def test_force_comes_before_allow_names_and_tag() -> None:
    allow = {"allow_errors": True, "allow_error_names": ("E",)}
    assert not ExecutionSettings().allows("E", [])
    assert ExecutionSettings().allows("E", TAG)
    assert ExecutionSettings(allow_errors=True).allows("E", [])
    assert ExecutionSettings(allow_error_names=("E",)).allows("E", [])
    assert not ExecutionSettings(allow_error_names=("F",)).allows("E", [])
    assert not ExecutionSettings(force_raise_errors=True, **allow).allows("E", TAG)


def test_stop_on_error_of_the_request() -> None:
    assert ExecutionSettings().stops_kernel([])
    assert not ExecutionSettings().stops_kernel(TAG)
    assert not ExecutionSettings(allow_error_names=("E",)).stops_kernel([])
    assert not ExecutionSettings(on_error="continue", force_raise_errors=True).stops_kernel([])
    assert ExecutionSettings(force_raise_errors=True, allow_errors=True).stops_kernel(TAG)
