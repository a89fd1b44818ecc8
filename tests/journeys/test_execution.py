"""Notebooks executed on real kernels: ours, ipykernel, and that of R where it is installed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import pytest

from antiphon_nb_convert.errors import CellFailed, Interrupted, KernelLost
from antiphon_nb_convert.execution import (
    BlockingNotebookRunner,
    Job,
    KernelPool,
    NotebookRunner,
    execute,
    execute_all,
    run,
)
from antiphon_nb_convert.execution.parameters import inject
from antiphon_wire_protocol import list_kernelspecs

KERNELS = ["antiphon", "python3"]
WIDGETS = Path(__file__).parents[2] / ".venv-ecosystem" / "bin" / "python"


def made(*sources, **metadata):
    """A notebook of code cells, plain JSON."""
    cells = [nbformat.v4.new_code_cell(source, id=f"c{number}") for number, source in enumerate(sources)]
    return json.loads(json.dumps(nbformat.v4.new_notebook(metadata=metadata, cells=cells)))


def texts(executed):
    nbformat.validate(nbformat.from_dict(executed))
    return [
        "".join(
            output.get("text") or output.get("ename") or output.get("data", {}).get("text/plain", "")
            for output in cell["outputs"]
        )
        for cell in executed["cells"]
    ]


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_kind_of_output(kernel):
    executed = execute(
        made(
            "import sys\nfor i in range(3): print(f'\\r{i}', end='')\nprint()\nprint('e', file=sys.stderr)",
            "from IPython.display import display, clear_output\nh = display('shown', display_id='x')\n1 + 1",
            "h.update('updated')\nprint('gone'); clear_output(wait=True); print('stays')",
            "1/0",
        ),
        kernel=kernel,
        allow_error_names=["ZeroDivisionError"],
    )
    first, second, third, fourth = (cell["outputs"] for cell in executed["cells"])
    assert [(o["name"], o["text"]) for o in first] == [("stdout", "2\n"), ("stderr", "e\n")]
    assert [o["data"]["text/plain"] for o in second] == ["'updated'", "2"]
    assert [o["text"] for o in third] == ["stays\n"]
    assert (fourth[0]["ename"], fourth[0]["evalue"]) == ("ZeroDivisionError", "division by zero")
    assert [cell["execution_count"] for cell in executed["cells"]] == [1, 2, 3, 4]
    assert executed["metadata"]["language_info"]["name"] == "python"


@pytest.mark.parametrize("kernel", KERNELS)
def test_much_output_is_all_there(kernel):
    lines = 20_000
    found = texts(execute(made(f"for i in range({lines}): print(i)", "'end'"), kernel=kernel))
    assert found == ["".join(f"{number}\n" for number in range(lines)), "'end'"]


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_question_fails_at_once_with_a_clear_line(kernel):
    with pytest.raises(CellFailed, match=r"^cell 1: \w+: .*input requests") as caught:
        execute(made("input('who? ')", "1"), kernel=kernel)
    assert "\n" not in str(caught.value)
    asked = execute(made("input('who? ')"), kernel=kernel, on_input=lambda prompt, password: "Ada")
    assert texts(asked)[0].endswith("'Ada'")


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_next_cell_after_an_error_runs(kernel):
    found = run(made("1/0", "print(2)", "3/0", "print(4)"), kernel=kernel, on_error="continue")
    assert texts(found.notebook) == ["ZeroDivisionError", "2\n", "ZeroDivisionError", "4\n"]
    assert [failure.number for failure in found.failures] == [1, 3]


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_cell_that_takes_too_long_is_interrupted(kernel):
    found = run(
        made("import time\nprint('begun', flush=True)\ntime.sleep(60)", "print('next')"),
        kernel=kernel,
        timeout=1.5,
        interrupt_on_timeout=True,
    )
    assert found.ok and texts(found.notebook) == ["begun\nKeyboardInterrupt", "next\n"]


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_death_of_a_kernel_names_the_cell(kernel):
    began = time.monotonic()
    with pytest.raises(KernelLost, match=r"^cell 2: the kernel has ended: killed by SIGKILL$") as caught:
        execute(made("print('kept')", "import os; os.kill(os.getpid(), 9)", "print('never')"), kernel=kernel)
    assert texts(caught.value.notebook) == ["kept\n", "", ""]
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("kernel", KERNELS)
def test_output_of_a_task_belongs_to_the_cell_that_began_it(kernel):
    code = "import asyncio\ngo = asyncio.Event()\nasync def late():\n    await go.wait()\n    print('late')\n"
    cells = made(f"{code}task = asyncio.create_task(late())", "go.set(); await task\nprint('mine')")
    assert texts(execute(cells, kernel=kernel)) == ["late\n", "mine\n"]


@pytest.mark.skipif(not WIDGETS.exists(), reason="no environment with ipywidgets: make ecosystem")
@pytest.mark.parametrize("module", ["antiphon_python_kernel", "ipykernel_launcher"])
def test_widgets_and_output_widgets(module, tmp_path, monkeypatch):
    folder = tmp_path / "kernels" / "widgets"
    folder.mkdir(parents=True)
    argv = [str(WIDGETS), "-m", module, "-f", "{connection_file}"]
    (folder / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "w", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    executed = execute(
        made(
            "import ipywidgets as w\nfrom IPython.display import display\ns = w.IntSlider(3); gone = w.IntText(1)\n"
            "picture = w.Image(value=b'\\x00\\x01\\x02')\ndisplay(s)",
            "s.value = 7\ngone.close()",
            "out = w.Output()\nwith out:\n    print('caught')\n    display(5)\nprint('free')",
            "[o['output_type'] for o in out.outputs]",
            "out.append_stdout('more')",
        ),
        kernel="widgets",
    )
    assert texts(executed)[2] == "free\n"
    assert texts(executed)[3] == "['stream', 'display_data']", "the kernel was told what was caught"
    state = executed["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]
    assert (state["version_major"], state["version_minor"]) == (2, 0)
    models = {model["model_name"]: model for model in state["state"].values()}
    assert models["IntSliderModel"]["state"]["value"] == 7
    assert "IntTextModel" not in models, "closed"
    assert models["ImageModel"]["buffers"] == [{"data": "AAEC", "encoding": "base64", "path": ["value"]}]
    kept = models["OutputModel"]["state"]["outputs"]
    assert [output.get("text", output.get("data")) for output in kept] == ["caught\n", {"text/plain": "5"}, "more"]
    view = executed["cells"][0]["outputs"][0]["data"]["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] in state["state"]


def test_parameters_reach_the_code():
    plain = made("a = 1\nb = 'x'", "print(a, repr(b))", kernelspec={"name": "antiphon", "display_name": "Python"})
    plain["cells"][0]["metadata"]["tags"] = ["parameters"]
    executed = execute(inject(plain, {"a": [1, None, float("inf")], "b": 'it\'s "quoted" \\ \n'}))
    assert texts(executed) == ["", "", "[1, None, inf] " + repr('it\'s "quoted" \\ \n') + "\n"]


@pytest.mark.skipif("ir" not in list_kernelspecs(), reason="R's kernel is not installed")
def test_another_language():
    metadata = {"kernelspec": {"name": "some-r", "display_name": "R", "language": "R"}, "language_info": {"name": "R"}}
    plain = made("x <- 1", "cat(x, s, '\\n')", "stop('no')", **metadata)
    plain["cells"][0]["metadata"]["tags"] = ["parameters"]
    with pytest.warns(UserWarning, match="no parameter 's'"):
        plain = inject(plain, {"x": 5, "s": "ü"})
    found = run(plain, on_error="stop")
    assert found.kernel == "ir", "by its language, since there is no kernel of that name"
    assert texts(found.notebook)[2] == "5 ü \n"
    assert found.failures[0].number == 4 and "no" in found.failures[0].reason


def test_the_folder_of_the_notebook_and_the_environment(tmp_path):
    executed = execute(
        made("import os; print(os.getcwd()); print(os.environ['WORD'])"),
        kernel="antiphon",
        cwd=str(tmp_path),
        env={"WORD": "w"},
    )
    assert texts(executed) == [f"{tmp_path.resolve()}\nw\n"]


def test_many_on_warm_kernels(tmp_path):
    jobs = [Job(made("import os\nprint(os.getpid())", f"print({number})"), str(number)) for number in range(5)]
    found = execute_all(jobs, 2, kernel="antiphon", cwd=str(tmp_path))
    assert [texts(execution.notebook)[1] for execution in found] == [f"{number}\n" for number in range(5)]
    assert len({texts(execution.notebook)[0] for execution in found}) == 5, "a kernel for each"


def test_a_pool_saves_the_start():
    async def timed():
        async with KernelPool() as pool:
            await NotebookRunner(made("1"), kernel="python3", pool=pool).run()
            (waiting,) = [task for tasks in pool._starting.values() for task in tasks]
            await asyncio.shield(waiting)
            warm = await NotebookRunner(made("1"), kernel="python3", pool=pool).run()
        cold = await NotebookRunner(made("1"), kernel="python3").run()
        return warm.seconds, cold.seconds

    warm, cold = asyncio.run(timed())
    assert warm < cold


def test_blocking_cell_by_cell_and_stopped_from_a_thread():
    with BlockingNotebookRunner(
        made("x = 1", "print(x)", "import time; print('on'); time.sleep(60)"), kernel="antiphon"
    ) as runner:
        assert [runner.run_cell(0), runner.run_cell(1)] == [None, None]
        stopper = threading.Thread(target=lambda: _when(lambda: "on" in texts(runner.notebook)[2], runner.stop))
        stopper.start()
        failure = runner.run_cell(2)
        stopper.join()
    assert failure.kind == "interrupted" and texts(runner.notebook) == ["", "1\n", "on\nKeyboardInterrupt"]


def _when(condition, then):
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    then()


SCRIPT = """
import json, sys
from antiphon_nb_convert.errors import ExecutionError
from antiphon_nb_convert.execution import execute
def said(event):
    if "text" in getattr(event, "output", ()):
        print(event.output["text"], end="", flush=True)
try:
    execute(json.loads(sys.argv[1]), kernel="antiphon", on_event=said)
except ExecutionError as error:
    print(error)
    print(json.dumps(error.notebook["cells"][0]["outputs"]))
"""


@pytest.mark.parametrize(("number", "said"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")])
def test_a_signal_keeps_what_has_run_and_leaves_no_kernel(number, said):
    cells = json.dumps(made("print('kept')", "import os, time; print('pid', os.getpid()); time.sleep(60)"))
    with subprocess.Popen([sys.executable, "-c", SCRIPT, cells], stdout=subprocess.PIPE, text=True) as process:
        pid = next(int(line.split()[1]) for line in process.stdout if line.startswith("pid"))
        process.send_signal(number)
        *_, error, outputs = process.stdout.read().splitlines()
    assert process.returncode == 0
    assert error == f"cell 2: {said}"
    assert json.loads(outputs) == [{"output_type": "stream", "name": "stdout", "text": "kept\n"}]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_killed_runner_leaves_no_kernel():
    cells = json.dumps(made("import os, time; print('pid', os.getpid()); time.sleep(60)"))
    with subprocess.Popen([sys.executable, "-c", SCRIPT, cells], stdout=subprocess.PIPE, text=True) as process:
        pid = next(int(line.split()[1]) for line in process.stdout if line.startswith("pid"))
        process.kill()
    _when(lambda: not Path(f"/proc/{pid}").exists(), lambda: None)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_an_interrupt_in_the_middle_is_an_error_with_the_notebook():
    async def stopped():
        runner = NotebookRunner(made("print('a')", "import time; time.sleep(60)"), kernel="antiphon")
        async with runner:
            assert await runner.run_cell(0) is None
            asyncio.get_running_loop().call_later(0.3, runner.stop)
            return await runner.run()

    with pytest.raises((Interrupted, CellFailed)) as caught:
        asyncio.run(stopped())
    assert texts(caught.value.notebook)[0] == "a\n"
