"""`examples/run.py` as people use it: what it shows, what it writes, how it fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pexpect
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


def test_twin_displays_are_told_apart_and_updated_displays_are_shown_anew(tmp_path):
    twins = "a = display('x', display_id=True); b = display('x', display_id=True)"
    path = write(tmp_path / "twins.ipynb", twins, "b.update('B')", "a.update('A')")
    done = run(path)
    assert [output.data["text/plain"] for output in executed(path)[0].outputs] == ["'A'", "'B'"]
    assert done.stdout.index("'B'") < done.stdout.index("'A'")


def test_what_is_no_image_is_kept_and_stops_nothing(tmp_path):
    bundles = [{"image/png": "!!! not base64"}, {"image/png": "a"}, {"application/x-odd+json": {"a": 1}}]
    path = write(tmp_path / "odd.ipynb", *(f"display({bundle}, raw=True)" for bundle in bundles))
    assert run(path).returncode == 0
    assert [cell.outputs[0].data for cell in executed(path)] == bundles


def test_long_lines_stay_whole_in_a_pipe(tmp_path):
    assert "  " + "x" * 300 + "\n" in run(write(tmp_path / "long.ipynb", "print('x' * 300)")).stdout


@pytest.mark.parametrize("code", ["time.sleep(60)", "\ntry: time.sleep(60)\nexcept KeyboardInterrupt: print('caught')"])
def test_ctrl_c_ends_the_run_and_keeps_what_was_there(tmp_path, code):
    path = write(
        tmp_path / "c.ipynb", "print('kept')", f"import time; print('spin' + 'ning'); {code}", "print('never')"
    )
    with subprocess.Popen([sys.executable, str(RUN), str(path)], stdout=subprocess.PIPE, text=True) as process:
        heard = next(line for line in process.stdout if "spinning" in line)
        process.send_signal(signal.SIGINT)
        heard += process.stdout.read()
    assert process.returncode == 1
    assert "interrupt" in heard.lower()
    first, second, third = executed(path)
    assert first.outputs[0].text == "kept\n"
    assert second.outputs and not third.outputs


def test_a_second_ctrl_c_ends_a_cell_that_will_not_be_interrupted(tmp_path):
    loop = "for i in range(1000):\n  try: print(f'round {i}'); time.sleep(60)\n  except KeyboardInterrupt: pass"
    path = write(tmp_path / "c.ipynb", f"import time\n{loop}")
    with subprocess.Popen([sys.executable, str(RUN), str(path)], stdout=subprocess.PIPE, text=True) as process:
        for wanted in ("round 0", "round 1"):
            next(line for line in process.stdout if line.strip() == wanted)
            process.send_signal(signal.SIGINT)
        assert "interrupted" in process.stdout.read()
    assert process.returncode == 1


def test_a_question_is_put_to_the_terminal(tmp_path):
    path = write(tmp_path / "ask.ipynb", "input('who? ')")
    terminal = pexpect.spawn(
        sys.executable,
        [str(RUN), str(path)],
        env={**os.environ, "TERM": "xterm"},
        timeout=40,
        encoding="utf-8",
    )
    try:
        terminal.expect("who\\? ")
        terminal.sendline("Ada")
        terminal.expect(pexpect.EOF)
    finally:
        terminal.close()
    assert terminal.exitstatus == 0
    assert executed(path)[0].outputs[0].data == {"text/plain": "'Ada'"}


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


@pytest.mark.parametrize(("program", "said"), [("/no/such/program", "no command"), ("/bin/false", "exit code 1")])
def test_a_kernel_that_does_not_start_is_one_clear_line(tmp_path, program, said):
    folder = tmp_path / "jupyter" / "kernels" / "broken"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps({"argv": [program], "display_name": "x", "language": "x"}))
    path = write(tmp_path / "n.ipynb", "1", kernel="broken")
    done = run(path, env={**os.environ, "JUPYTER_PATH": str(tmp_path / "jupyter")})
    assert (done.returncode, done.stderr) == (1, "")
    assert said in done.stdout.splitlines()[0] and len(done.stdout.splitlines()) == 2


def test_where_nothing_can_be_written_nothing_is_run(tmp_path):
    path = write(tmp_path / "n.ipynb", "1")
    for output in (tmp_path, tmp_path / "no" / "folder.ipynb"):
        done = run(path, "--output", output)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def test_a_summary_for_scripts(tmp_path):
    path = write(tmp_path / "n.ipynb", "1", kernel="a-kernel-of-somebody-else")
    summary = json.loads(run(path, "--json").stdout)
    assert (summary["cells"], summary["kernel"], summary["failure"]) == (1, "antiphon", None)


def test_another_kernel(tmp_path):
    path = write(tmp_path / "n.ipynb", "import sys; 'ipykernel' in sys.modules")
    assert run(path, "--kernel", "python3").returncode == 0
    assert executed(path)[0].outputs[0].data == {"text/plain": "True"}
