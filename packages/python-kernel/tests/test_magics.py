"""How to attach another frontend, asked of a running kernel."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest


def test_connect_info_shows_the_file_and_how_to_attach(kernel):
    path = kernel.manager.connection_file
    shown = kernel.run("%connect_info").text()
    text, _, advice = shown.partition("\n\n")
    assert json.loads(text) == json.loads(Path(path).read_text())
    name = os.path.basename(path)
    assert f"jupyter console --existing {name}\n" in advice
    assert f"antiphon console --existing {name.removeprefix('kernel-').removesuffix('.json')}\n" in advice


def test_a_file_elsewhere_is_named_in_full(kernel, tmp_path):
    code = f"import os\nos.environ['JUPYTER_RUNTIME_DIR'] = {str(tmp_path)!r}\n%connect_info\n"
    shown = kernel.run(code + "del os.environ['JUPYTER_RUNTIME_DIR']").text()
    assert f"--existing {kernel.manager.connection_file}\n" in shown


def on_path(kernel, folder, line):
    """Run a cell with the Qt console looked for in one folder only."""
    return kernel.run(f"import os\n_path = os.environ['PATH']\nos.environ['PATH'] = {str(folder)!r}\n{line}")


@pytest.fixture(autouse=True)
def path_restored(kernel):
    yield
    kernel.run("os.environ['PATH'] = globals().pop('_path', os.environ['PATH'])")


def program(folder, script):
    path = folder / "jupyter-qtconsole"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_qtconsole_that_is_not_installed(kernel, tmp_path):
    ran = on_path(kernel, tmp_path, "%qtconsole")
    shown = ran.text("stderr") + ran.traceback
    assert "pip install qtconsole PySide6" in shown
    assert len(shown.strip().splitlines()) == 1


def test_a_qtconsole_is_started_on_this_kernel(kernel, tmp_path):
    heard = tmp_path / "heard"
    os.mkfifo(heard)
    program(tmp_path, f'echo "$@ ${{JPY_PARENT_PID:-nobody}}" > {heard}')
    assert on_path(kernel, tmp_path, "%qtconsole --style 'a b'").reply.status == "ok"
    assert heard.read_text() == f"--existing {kernel.manager.connection_file} --style a b nobody\n"


def test_a_qtconsole_that_fails_says_why(kernel, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    program(tmp_path, f"read line < {gate}; echo first; echo 'no Qt here' >&2; exit 1")
    on_path(kernel, tmp_path, "%qtconsole")
    # Whoever waits for the program writes to the newest cell: this one.
    opened = f"import threading\nopen({str(gate)!r}, 'w').write('now')"
    ran = kernel.run(f"{opened}\n[one.join() for one in threading.enumerate() if one.name == 'qtconsole'];")
    assert ran.text("stderr") == "%qtconsole: no Qt here\n"
