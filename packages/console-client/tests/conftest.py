"""Interpreters for prompts, whose histories and settings are nobody's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon_console_client.local import Local
from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.settings import Settings


@pytest.fixture
def interpreter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Interpreter]:
    for name in ("ANTIPHON_HOME", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / "nobody"))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    made = Interpreter(Settings()._replace(colour=False))
    yield made
    made.close()


@pytest.fixture
def local(interpreter: Interpreter) -> Local:
    return Local(interpreter)
