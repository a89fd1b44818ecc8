"""Both backends are backends, and every listener hears all that one says."""

from __future__ import annotations

import inspect

import pytest

from antiphon_console_client.backend import About, Backend, Choice, Gone, Listener, Reply
from antiphon_console_client.batch import Printed
from antiphon_console_client.console import Console
from antiphon_console_client.local import Local
from antiphon_console_client.remote import Remote


def methods(protocol: type) -> list[str]:
    return [name for name, value in vars(protocol).items() if inspect.isfunction(value) and not name.startswith("_")]


@pytest.mark.parametrize("kind", [Local, Remote])
@pytest.mark.parametrize("name", methods(Backend))
def test_backends(kind: type, name: str) -> None:
    wanted, found = getattr(Backend, name), getattr(kind, name)
    assert inspect.signature(found) == inspect.signature(wanted)
    assert inspect.iscoroutinefunction(found) == inspect.iscoroutinefunction(wanted)


@pytest.mark.parametrize("kind", [Printed, Console])
@pytest.mark.parametrize("name", methods(Listener))
def test_listeners(kind: type, name: str) -> None:
    wanted, found = getattr(Listener, name), getattr(kind, name)
    assert inspect.signature(found) == inspect.signature(wanted)
    assert inspect.iscoroutinefunction(found) == inspect.iscoroutinefunction(wanted)


def test_values_have_plain_defaults() -> None:
    assert About("hello").language == "python"
    assert Reply("ok", 1).payload == ()
    assert Choice("x", 0, 1).type == ""
    assert str(Gone("the kernel went home")) == "the kernel went home"
