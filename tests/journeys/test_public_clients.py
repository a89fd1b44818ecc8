"""Frontends that others wrote, driving our kernel."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import nbformat
import pexpect
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
TOUR = ROOT / "examples" / "tour.ipynb"
ANSI = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


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


def test_execute_interactive(blocking):
    reply, heard = interactive(blocking, "print('out')\n6 * 7")
    assert reply["status"] == "ok"
    assert ("stream", {"name": "stdout", "text": "out\n"}) in heard
    assert [content["data"] for kind, content in heard if kind == "execute_result"] == [{"text/plain": "42"}]


def test_execute_interactive_with_input(blocking):
    def answer(message):
        assert message["content"] == {"prompt": "name? ", "password": False}
        blocking.input("Ada")

    _, heard = interactive(blocking, "input('name? ')", allow_stdin=True, stdin_hook=answer)
    assert [content["data"] for kind, content in heard if kind == "execute_result"] == [{"text/plain": "'Ada'"}]


def test_an_error_reaches_it_whole(blocking):
    reply, heard = interactive(blocking, "1/0")
    (error,) = [content for kind, content in heard if kind == "error"]
    assert reply["ename"] == error["ename"] == "ZeroDivisionError"
    assert "Cell" in ANSI.sub("", "\n".join(error["traceback"]))


def executed(kernel):
    notebook = nbformat.read(TOUR, as_version=4)
    NotebookClient(notebook, kernel_name=kernel, timeout=120, resources={"metadata": {"path": TOUR.parent}}).execute()
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def essence(cell):
    """Outputs as a reader sees them: kinds, MIME keys, texts. Line ends are the terminal's affair."""
    seen = []
    for output in cell.outputs:
        match output.output_type:
            case "stream":
                if seen and seen[-1][:2] == ("stream", output.name):
                    seen[-1] = ("stream", output.name, seen[-1][2] + output.text)
                else:
                    seen.append(("stream", output.name, output.text))
            case "error":
                seen.append(("error", output.ename, output.evalue))
            case kind:
                seen.append((kind, sorted(output.data), output.data.get("text/plain")))
    return [tuple(x.replace("\r\n", "\n") if isinstance(x, str) else x for x in one) for one in seen]


def test_nbclient_runs_the_tour_as_on_ipykernel():
    ours, theirs = executed("antiphon"), executed("python3")
    assert len(ours) == len(theirs) > 10
    for one, other in zip(ours, theirs, strict=True):
        assert essence(one) == essence(other), one.source
        assert one.execution_count == other.execution_count


def test_jupyter_console_is_typed_into(tmp_path):
    environment = {**os.environ, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", "HOME": str(tmp_path)}
    environment |= {"JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "ANTIPHON_HOME": str(tmp_path / "antiphon")}
    console = pexpect.spawn(
        sys.executable,
        ["-m", "jupyter_console", "--kernel", "antiphon", "--simple-prompt"],
        env=environment,
        timeout=40,
        encoding="utf-8",
        dimensions=(40, 120),
    )
    try:
        console.expect(r"In \[1\]")
        console.sendline("1 + 1")
        console.expect(r"Out\[1\]: 2")
        console.expect(r"In \[2\]")
        console.sendline("print('hi ' * 2)")
        console.expect("hi hi")
        console.expect(r"In \[3\]")
        console.sendline("input('who? ')")
        console.expect("who\\?")
        console.sendline("Ada")
        console.expect("'Ada'")
        console.expect(r"In \[4\]")
        console.sendline("import time; print('spin' + 'ning'); time.sleep(60)")
        console.expect("spinning")
        console.sendintr()
        console.expect("KeyboardInterrupt")
        console.expect(r"In \[")
        console.sendline("exit")
        console.expect(pexpect.EOF)
    finally:
        console.close(force=True)
