"""Frontends that others wrote, driving our kernel."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
import pexpect
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

TOUR = Path(__file__).parents[2] / "examples" / "tour.ipynb"

SMALL = (
    "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('more')",
    "class Shown:\n    _repr_html_ = lambda self: '<b>x</b>'\n    __repr__ = lambda self: 'Shown'",
    "display(Shown())\nShown()",
    "handle = display('first', display_id=True)\n'a result'",
    "handle.update('second')",
    "import asyncio\nawait asyncio.sleep(0, 'awaited')",
    "_, Out[4], In[6].splitlines()[0]",
    "!echo from a shell",
    "%%capture heard\nprint('caught')",
    "heard.stdout",
    "'silenced';",
    "{'rows': list(range(40)), 'text': 'long ' * 30}",
    "def f(n):\n    return 1 / n\nf(0)",
    "raise KeyError('missing')",
    "'after the errors'",
)
"""Cells whose outputs any Python kernel shows alike."""


@pytest.fixture(scope="module")
def blocking():
    manager, client = start_new_kernel(kernel_name="antiphon")
    yield client
    client.stop_channels()
    manager.shutdown_kernel()


def interactive(client, code, **fields):
    heard = []
    reply = client.execute_interactive(code, timeout=30, output_hook=heard.append, **fields)
    return reply["content"], [(one["msg_type"], one["content"]) for one in heard]


def results(heard):
    return [content["data"] for kind, content in heard if kind == "execute_result"]


def text(heard, name):
    """What a stream carried; a busy machine may cut it into any number of messages."""
    return "".join(content["text"] for kind, content in heard if kind == "stream" and content["name"] == name)


def test_execute_interactive(blocking):
    reply, heard = interactive(blocking, "import sys\nprint('out')\nprint('err', file=sys.stderr)\n6 * 7")
    assert reply["status"] == "ok"
    assert (text(heard, "stdout"), text(heard, "stderr")) == ("out\n", "err\n")
    assert results(heard) == [{"text/plain": "42"}]


@pytest.mark.parametrize(
    ("call", "password"), [("input('name? ')", False), ("__import__('getpass').getpass('name? ')", True)]
)
def test_execute_interactive_with_input(blocking, call, password):
    asked = []

    def answer(message):
        asked.append(message["content"])
        blocking.input("Ada")

    _, heard = interactive(blocking, call, allow_stdin=True, stdin_hook=answer)
    assert asked == [{"prompt": "name? ", "password": password}]
    assert results(heard) == [{"text/plain": "'Ada'"}]


def test_input_that_nobody_can_answer(blocking):
    reply, _ = interactive(blocking, "input()", allow_stdin=False)
    assert (reply["status"], bool(reply["evalue"])) == ("error", True)


def test_an_error_reaches_it_whole(blocking):
    reply, heard = interactive(blocking, "1/0")
    (error,) = [content for kind, content in heard if kind == "error"]
    assert reply["ename"] == error["ename"] == "ZeroDivisionError"
    assert reply["evalue"] == error["evalue"] == "division by zero"
    assert "Cell" in "\n".join(error["traceback"])


def executed(kernel, notebook, folder):
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, kernel_name=kernel, timeout=100, resources=resources, allow_errors=True).execute()
    nbformat.validate(notebook)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def essence(cell):
    """Outputs as a reader sees them: kinds, MIME keys, texts. Line ends are the terminal's affair."""
    streams, others = {}, []
    for output in cell.outputs:
        match output.output_type:
            case "stream":
                streams[output.name] = streams.get(output.name, "") + output.text.replace("\r\n", "\n")
            case "error":
                others.append(("error", output.ename, output.evalue))
            case kind:
                others.append((kind, sorted(output.data), output.data.get("text/plain")))
    return streams, others


def assert_alike(ours, theirs):
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert essence(one) == essence(other), one.source
        assert one.execution_count == other.execution_count, one.source


def small():
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in SMALL])


def test_nbclient_runs_a_small_notebook_as_on_ipykernel(tmp_path):
    ours = executed("antiphon", small(), tmp_path)
    assert_alike(ours, executed("python3", small(), tmp_path))
    assert essence(ours[0]) == ({"stdout": "out\nmore\n", "stderr": "err\n"}, [])
    assert essence(ours[3])[1][0] == ("display_data", ["text/plain"], "'second'"), "an update reaches what it updates"
    assert [output.ename for cell in ours for output in cell.outputs if output.output_type == "error"] == [
        "ZeroDivisionError",
        "KeyError",
    ]


def test_nbclient_runs_the_tour_as_on_ipykernel():
    ours, theirs = (
        executed(kernel, nbformat.read(TOUR, as_version=4), TOUR.parent) for kernel in ("antiphon", "python3")
    )
    assert len(ours) > 10
    assert_alike(ours, theirs)


@pytest.fixture
def console(tmp_path):
    """jupyter_console in a terminal of its own, at its first prompt."""
    environment = {**os.environ, "HOME": str(tmp_path), "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}
    one = pexpect.spawn(
        sys.executable,
        ["-m", "jupyter_console", "--kernel", "antiphon"],
        env=environment,
        timeout=40,
        encoding="utf-8",
        dimensions=(40, 120),
    )
    try:
        one.expect(prompt(1))
        yield one
    finally:
        one.close(force=True)


def prompt(number, word="In "):
    """The prompt with this number, whatever its colours."""
    colour = r"(?:\x1b\[[\d;]*m)*"
    return rf"{word}\[{colour}{number}{colour}\]: {colour}"


def test_jupyter_console_shows_results_and_streams(console):
    console.send("1+1\r")
    console.expect(prompt(1, "Out") + "2")
    console.expect(prompt(2))
    console.send("print('h' 'i')\r")
    console.expect("hi\r\n")
    console.expect(prompt(3))
    console.send("1/0\r")
    console.expect("ZeroDivisionError")
    console.expect(prompt(4))


def test_jupyter_console_completes(console):
    console.send("unmistakable_name = 5\r")
    console.expect(prompt(2))
    console.send("unmist\t")
    console.expect("akable_name")
    console.send(" + 37\r")
    console.expect(prompt(2, "Out") + "42")


def test_jupyter_console_asks(console):
    console.send("input('wh' 'o? ')\r")
    console.expect(r"who\? ")
    console.send("Ada\r")
    console.expect(prompt(1, "Out") + "'Ada'")


def test_jupyter_console_interrupts_an_endless_loop_and_goes_on(console):
    console.send("\x1b[200~print('spin' 'ning')\nwhile True: pass\n\x1b[201~\r\r")  # pasted, as terminals mark it
    console.expect("spinning")
    console.sendintr()
    console.expect("KeyboardInterrupt")
    console.expect(prompt(2))
    console.send("6*7\r")
    console.expect(prompt(2, "Out") + "42")


def test_jupyter_console_leaves_at_exit(console):
    console.send("exit\r")
    console.expect(pexpect.EOF)
    console.close()
    assert console.exitstatus == 0
