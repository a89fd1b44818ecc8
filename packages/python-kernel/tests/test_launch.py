"""The command line of `antiphon-kernel`: serving, and the words about kernels that run."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from antiphon_python_kernel import launch
from antiphon_wire_protocol.manager.app import COMMANDS


def kernel(*words):
    return subprocess.run(
        [sys.executable, "-m", "antiphon_python_kernel", *words], capture_output=True, text=True, check=False
    )


def test_the_words_are_those_of_the_package_that_knows_them():
    assert set(COMMANDS) == launch.VERBS


def test_listing_kernels(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    assert json.loads(kernel("list", "--json").stdout) == []


@pytest.mark.parametrize("words", [["stop"], ["--nonsense"]])
def test_a_command_line_that_makes_no_sense(words, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    done = kernel(*words)
    assert done.returncode == 2
    assert "usage:" in done.stderr


def test_help_names_both_kinds_of_use():
    said = kernel("--help").stdout
    assert "-f FILE" in said
    assert "antiphon_python_kernel list" in said


def test_a_command_that_is_none_is_answered_in_a_line():
    done = kernel("lst")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "antiphon kernel: no command 'lst'; did you mean list?\n"
    assert "there are clean, info" in kernel("xyz").stderr
