"""The debugger over a real kernel: every answer travels as an input_reply."""

from __future__ import annotations

import pytest
from jupyter_client.manager import start_new_kernel

FUNCTIONS = "def f(x):\n    y = x * 2\n    return 10 / y\n\ndef g(a):\n    b = a + 1\n    return f(b)\n"


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel(kernel_name="antiphon")
    client.execute_interactive(FUNCTIONS + "%config InteractiveShell.colour = False", timeout=30)
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel()


def talk(kernel, code, *answers, otherwise=None):
    """Run a cell; what it wrote, what it showed, its reply, and the prompts it asked with."""
    _, client = kernel
    left, asked, text, shown = list(answers), [], [], []

    def answer(message):
        asked.append(message["content"]["prompt"])
        if left:
            client.input(left.pop(0))
        else:
            otherwise()

    def heard(message):
        content = message["content"]
        if message["msg_type"] == "stream":
            text.append(content["text"])
        elif message["msg_type"] in ("execute_result", "error"):
            shown.append(content)

    reply = client.execute_interactive(code, timeout=30, allow_stdin=True, stdin_hook=answer, output_hook=heard)
    assert not left
    return "".join(text), shown, reply["content"], asked


def test_after_an_error(kernel):
    assert talk(kernel, "g(-1)")[2]["status"] == "error"
    said, _, reply, asked = talk(kernel, "%debug", "p y", "up", "p b", "down", "q")
    assert reply["status"] == "ok"
    assert asked == ["ipdb> "] * 5
    assert said == (
        "> Cell In[1](3)f()\n      1 def f(x):\n      2     y = x * 2\n----> 3     return 10 / y\n      4\n"
        "      5 def g(a):\n\n0\n"
        "> Cell In[1](7)g()\n      4\n      5 def g(a):\n      6     b = a + 1\n----> 7     return f(b)\n"
        "      8 get_ipython().run_line_magic('config', 'InteractiveShell.colour = False')\n\n0\n"
        "> Cell In[1](3)f()\n      1 def f(x):\n      2     y = x * 2\n----> 3     return 10 / y\n      4\n"
        "      5 def g(a):\n\n"
    )


def test_step_by_step(kernel):
    said, shown, reply, _ = talk(kernel, "import pdb\npdb.set_trace()\nv = g(1)\nv", "b f", "c", "n", "p y", "c")
    assert reply["status"] == "ok"
    assert "(2)f()" in said and "(3)f()" in said and "\n4\n" in said
    assert shown[0]["data"] == {"text/plain": "2.5"}


def test_breakpoint_and_quit(kernel):
    said, shown, reply, _ = talk(
        kernel, "def h():\n    k = 7\n    breakpoint()\n    k = 8\n    return k\nh()", "p k", "q"
    )
    assert "7\n" in said
    assert reply["status"] == "error"
    assert shown[0]["traceback"] == ["BdbQuit: the debugger was left, and the cell with it"]
    assert talk(kernel, "'alive'")[1][0]["data"] == {"text/plain": "'alive'"}


def test_an_interrupt_at_the_prompt_ends_the_debugger(kernel):
    said, _, reply, _ = talk(kernel, "breakpoint()\nx = 1", otherwise=kernel[0].interrupt_kernel)
    assert (reply["status"], reply["ename"]) == ("error", "BdbQuit")
    assert "--KeyboardInterrupt--" in said
    assert talk(kernel, "'alive'")[1][0]["data"] == {"text/plain": "'alive'"}


def test_pdb_on(kernel):
    talk(kernel, "%pdb on")
    said, shown, reply, asked = talk(kernel, "g(-1)", "p y", "q")
    talk(kernel, "%pdb off")
    assert (reply["status"], asked, shown[0]["ename"]) == ("error", ["ipdb> "] * 2, "ZeroDivisionError")
    assert "\n0\n" in said


def test_a_frontend_without_input_is_told(kernel):
    _, client = kernel
    assert client.execute_interactive("1/0", timeout=30, output_hook=print)["content"]["status"] == "error"
    heard = []
    reply = client.execute_interactive("%debug", timeout=30, allow_stdin=False, output_hook=heard.append)
    assert reply["content"]["status"] == "ok"
    assert "***" in "".join(one["content"]["text"] for one in heard if one["msg_type"] == "stream")
