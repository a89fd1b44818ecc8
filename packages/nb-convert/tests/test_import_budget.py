"""What the command imports: the time to a result is mostly that."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = """
import contextlib, io, sys
from antiphon_nb_convert.command import main
try:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as told:
        code = main(sys.argv[1:])
except SystemExit as ended:
    code = ended.code
assert not code, told.getvalue()
print(*sys.modules)
"""
NEVER = {"IPython", "asyncio", "bleach", "bs4", "nbconvert", "nbformat", "tornado", "traitlets", "zmq"}
RENDERERS = {"jinja2", "latex2mathml", "mistune", "nh3", "pygments", "typst"}
PROCESSES = {"antiphon_wire_protocol", "concurrent.futures", "msgspec", "multiprocessing"}


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    output = {"output_type": "stream", "name": "stdout", "text": "2\n"}
    code = {"cell_type": "code", "id": "b", "metadata": {}, "source": "print(2)", "outputs": [output]}
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Title\n\n$x^2$ and `code`"},
        {**code, "execution_count": 1},
    ]
    info = {"name": "python", "file_extension": ".py"}
    path = tmp_path / "small.ipynb"
    path.write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"language_info": info}, "cells": cells})
    )
    return path


def imported(*words: str) -> set[str]:
    """The modules of a process that has run the command."""
    done = subprocess.run([sys.executable, "-c", RUN, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("words", [["--help"], ["--list"]])
def test_help_and_the_list_import_nothing_that_renders(words: list[str]) -> None:
    assert imported(*words) & (NEVER | RENDERERS | PROCESSES) == set()


def test_a_page_is_made_without_what_validates_configures_or_executes(notebook: Path) -> None:
    modules = imported(str(notebook), "--to", "html")
    assert notebook.with_suffix(".html").stat().st_size > 1000
    assert modules & (NEVER | PROCESSES | {"typst"}) == set()


def test_a_script_is_made_without_what_pages_need(notebook: Path) -> None:
    modules = imported(str(notebook), "--to", "script")
    assert "print(2)" in notebook.with_suffix(".py").read_text()
    assert modules & (NEVER | PROCESSES | {"latex2mathml", "nh3", "typst"}) == set()
