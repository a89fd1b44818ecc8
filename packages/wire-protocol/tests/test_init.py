from __future__ import annotations

import pytest

import antiphon_wire_protocol


@pytest.mark.parametrize("name", antiphon_wire_protocol.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(antiphon_wire_protocol, name) is getattr(antiphon_wire_protocol, name)
    assert name in dir(antiphon_wire_protocol)


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        antiphon_wire_protocol.nothing  # noqa: B018
