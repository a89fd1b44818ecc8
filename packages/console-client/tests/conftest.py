"""Interpreters for prompts, whose histories and settings are nobody's."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
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


DRIVES_OURS = {
    "test_a_cell_before_the_first_prompt",
    "test_a_broken_config_file",
    "test_a_wrong_key",
    "test_edit_runs_what_was_written_in_a_kernel",
    "test_images_go_where_the_file_says",
}
"""Tests of the console that look at our own kernel; those with a parameter `console` do too."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Installed alone, this package has no kernel of ours to drive."""
    callspec = getattr(item, "callspec", None)
    drives = getattr(item, "originalname", "") in DRIVES_OURS or (callspec is not None and "console" in callspec.id)
    if drives and find_spec("antiphon_python_kernel") is None:
        pytest.skip("antiphon-python-kernel is not installed")
