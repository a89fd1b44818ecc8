"""Garbage collection is put off, and comes back as it was."""

from __future__ import annotations

import gc

import pytest

from antiphon_console_client.collection import put_off


@pytest.mark.parametrize("was_enabled", [True, False])
def test_it_is_as_it_was_afterwards(was_enabled: bool) -> None:
    before = gc.isenabled()
    (gc.enable if was_enabled else gc.disable)()
    try:
        with pytest.raises(ZeroDivisionError), put_off():
            assert not gc.isenabled()
            raise ZeroDivisionError
        assert gc.isenabled() is was_enabled
    finally:
        (gc.enable if before else gc.disable)()
