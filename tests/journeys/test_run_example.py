"""`examples/run.py` as people use it: what it shows, what it writes, how it fails."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

RUN = Path(__file__).parents[2] / "examples" / "run.py"


def write(path, *cells, kernel="antiphon"):
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": kernel, "display_name": kernel, "language": "python"}
    for cell in cells:
        notebook.cells.append(nbformat.v4.new_code_cell(cell))
    nbformat.write(notebook, path)
    return path


def run(*words, **fields):
    command = [sys.executable, str(RUN), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, stdin=subprocess.DEVNULL, **fields)


def executed(path):
    notebook = nbformat.read(path.with_suffix(".executed.ipynb"), as_version=4)
    nbformat.validate(notebook)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_a_good_run(tmp_path):
    path = write(tmp_path / "good.ipynb", "print('a')\nprint('b')", "h = display(1, display_id=True)", "h.update(2)\n3")
    done = run(path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 cells" in done.stdout
    first, second, third = executed(path)
    assert first.outputs == [{"output_type": "stream", "name": "stdout", "text": "a\nb\n"}]
    assert second.outputs[0].data == {"text/plain": "2"}, "an update reaches the cell that showed it"
    assert third.outputs[0].data == {"text/plain": "3"}
    assert [cell.execution_count for cell in (first, second, third)] == [1, 2, 3]


@pytest.mark.parametrize(("on_error", "ran"), [("stop", 1), ("continue", 2)])
def test_a_failed_cell(tmp_path, on_error, ran):
    path = write(tmp_path / "bad.ipynb", "1/0", "print('after')")
    done = run(path, "--on-error", on_error)
    assert done.returncode == 1
    assert "cell 1: ZeroDivisionError: division by zero" in done.stdout
    cells = executed(path)
    assert cells[0].outputs[0].ename == "ZeroDivisionError"
    assert len([cell for cell in cells if cell.execution_count]) == ran


def test_a_dying_kernel_is_told_with_its_reason_and_nothing_is_lost(tmp_path):
    path = write(tmp_path / "dies.ipynb", "print('kept')", "import os; os.kill(os.getpid(), 9)", "print('never')")
    done = run(path)
    assert done.returncode == 1
    assert "cell 2: the kernel has ended: killed by SIGKILL" in done.stdout
    assert executed(path)[0].outputs[0].text == "kept\n"


def test_a_cell_that_takes_too_long(tmp_path):
    path = write(tmp_path / "long.ipynb", "import time; time.sleep(60)")
    done = run(path, "--timeout", "0.5")
    assert (done.returncode, "cell 1: no end after 0.5 s" in done.stdout) == (1, True)


@pytest.mark.parametrize(
    "content", [None, "{", "[]", '{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}']
)
def test_nothing_to_run_is_one_clear_line(tmp_path, content):
    path = tmp_path / "n.ipynb"
    if content is not None:
        path.write_text(content)
    done = run(path)
    assert done.returncode == 2
    assert str(path) in done.stderr and len(done.stderr.splitlines()) == 1
    assert not path.with_suffix(".executed.ipynb").exists()


def test_an_unknown_kernel_is_one_clear_line(tmp_path):
    done = run(write(tmp_path / "n.ipynb", "1"), "--kernel", "no-such-kernel")
    assert done.returncode == 2
    assert "no-such-kernel" in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_summary_for_scripts(tmp_path):
    path = write(tmp_path / "n.ipynb", "1", kernel="a-kernel-of-somebody-else")
    summary = json.loads(run(path, "--json").stdout)
    assert (summary["cells"], summary["kernel"], summary["failure"]) == (1, "antiphon", None)


def test_another_kernel(tmp_path):
    path = write(tmp_path / "n.ipynb", "import sys; 'ipykernel' in sys.modules")
    assert run(path, "--kernel", "python3").returncode == 0
    assert executed(path)[0].outputs[0].data == {"text/plain": "True"}
