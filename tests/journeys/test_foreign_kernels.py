"""Kernels that nobody here wrote, driven by our manager and client: what they agree on, and where they do not.

A kernel that is not on the machine is skipped, unless ANTIPHON_REQUIRE says that all must be there, as `.ci/run` does.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pexpect
import pytest

from antiphon_wire_protocol import BlockingKernelManager, KernelSpec
from antiphon_wire_protocol.discovery.census import Census
from antiphon_wire_protocol.discovery.kernelspec import install_kernelspec
from antiphon_wire_protocol.manager.survey import ask

NPM = Path(__file__).parent / "npm"
TSLAB = NPM / "node_modules" / ".bin" / "tslab"
LIMIT = 30


class Foreign(NamedTuple):
    """One kernel, and code in its language. Pairs are code and what is shown for it; None is what it cannot do."""

    argv: list[str]
    language: str
    there: bool
    says: tuple[str, str]
    gives: tuple[str, str]
    fails: tuple[str, str]
    completes: tuple[str, str]
    inspects: tuple[str, str] | None
    complete: str | None
    incomplete: str | None
    remembers: bool
    endless: str | None
    asks: tuple[str, str] | None


def python(module):
    return [sys.executable, "-m", module, "-f", "{connection_file}"]


IPYKERNEL = Foreign(
    argv=python("ipykernel_launcher"),
    language="python",
    there=find_spec("ipykernel") is not None,
    says=("print('o' 'ut')", "out\n"),
    gives=("6 * 7", "42"),
    fails=("1 / 0", "division by zero"),
    completes=("zi", "zip"),
    inspects=("len", "number of items"),
    complete="1 + 1",
    incomplete="for i in range(3):",
    remembers=True,
    endless="print('on', flush=True)\nimport time\nwhile True:\n    time.sleep(0.1)",
    asks=("print('hello ' + input('who? '))", "hello Ada"),
)

KERNELS = {
    "ipykernel": IPYKERNEL,
    # Its control thread answers no interrupt_request, and SIGINT ends it: it can only be restarted.
    "xeus-python": IPYKERNEL._replace(
        argv=python("xpython_launcher"), there=find_spec("xpython_launcher") is not None, endless=None
    ),
    "bash_kernel": Foreign(
        argv=python("bash_kernel"),
        language="bash",
        there=find_spec("bash_kernel") is not None,
        says=("echo out", "out\n"),
        gives=("echo $((6 * 7))", "42"),
        fails=("no_such_command_here", "command not found"),
        completes=("ech", "echo"),
        inspects=None,
        complete=None,
        incomplete=None,
        remembers=False,
        endless="echo on; sleep 600",
        asks=None,
    ),
    "IRkernel": Foreign(
        argv=["R", "--slave", "-e", "IRkernel::main()", "--args", "{connection_file}"],
        language="R",
        there=shutil.which("R") is not None
        and subprocess.run(["R", "--slave", "-e", "library(IRkernel)"], capture_output=True, check=False).returncode
        == 0,
        says=("cat('out\\n')", "out\n"),
        gives=("6 * 7", "[1] 42"),
        fails=("stop('it went wrong')", "it went wrong"),
        completes=("past", "paste0"),
        inspects=("paste", "package:base"),
        complete="1 + 1",
        incomplete="f <- function(",
        remembers=False,
        endless="cat('on\\n'); flush(stdout()); repeat Sys.sleep(0.1)",
        asks=("cat('hello', readline('who? '))", "hello Ada"),
    ),
    "tslab": Foreign(
        argv=[str(TSLAB), "kernel", "--config-path", "{connection_file}"],
        language="typescript",
        there=TSLAB.exists() and shutil.which("node") is not None,
        says=("console.log('out')", "out\n"),
        gives=("6 * 7", "42"),
        fails=("throw new Error('it went wrong')", "it went wrong"),
        completes=("Math.ab", "abs"),
        inspects=("Math", "Math"),
        complete="1 + 1",
        incomplete="function f() {",
        remembers=False,
        endless="console.log('on'); await new Promise(r => setTimeout(r, 600000))",
        asks=None,
    ),
}


class Running:
    """One of them, with a client."""

    def __init__(self, name):
        self.name = name
        self.foreign = KERNELS[name]
        spec = KernelSpec(argv=self.foreign.argv, name=name.lower(), language=self.foreign.language)
        # A kernel of Node looks for its types where it runs.
        self.manager = BlockingKernelManager(spec, cwd=NPM).start()
        self.info = self.manager.ready(LIMIT)
        self.client = self.manager.client().open()
        self.client.ready(LIMIT)

    def run(self, code, **fields):
        """The reply, and all that was shown as one text. Asked again when refused: tslab is offended by an error."""
        until = time.monotonic() + LIMIT
        while True:
            shown = []
            reply = self.client.execute(code, on_output=shown.append, timeout=LIMIT, **fields)
            said = "".join(map(text, shown))
            if reply.status in ("ok", "error") or said or time.monotonic() > until:
                return reply, said

    def close(self):
        self.client.close()
        self.manager.close()


def text(message):
    content = message.content
    match message.msg_type:
        case "stream":
            return content.text
        case "display_data" | "execute_result":
            return content.data.get("text/plain", "")
        case "error":
            return "\n".join([content.evalue, *content.traceback])
    return ""


@pytest.fixture(scope="module", params=KERNELS)
def kernel(request, tmp_path_factory):
    if not KERNELS[request.param].there:
        if os.environ.get("ANTIPHON_REQUIRE"):
            pytest.fail(f"{request.param} is required here, and not installed")
        pytest.skip(f"{request.param} is not installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path_factory.mktemp("r")))
        running = Running(request.param)
        yield running
        running.close()


@pytest.fixture
def foreign(kernel):
    return kernel.foreign


def wanted(pair):
    if pair is None:
        pytest.skip("this kernel cannot")
    return pair


def test_it_says_what_it_is(kernel, foreign):
    assert kernel.info.language_info["name"] == foreign.language
    assert kernel.info.protocol_version.startswith("5.")


def test_streams(kernel, foreign):
    code, shown = foreign.says
    assert kernel.run(code)[1] == shown


def test_results(kernel, foreign):
    code, shown = foreign.gives
    reply, said = kernel.run(code)
    assert (reply.status, said.strip()) == ("ok", shown)
    assert reply.execution_count >= 1


def test_errors(kernel, foreign):
    code, shown = foreign.fails
    reply, said = kernel.run(code)
    assert reply.status == "error"
    assert shown in said


def test_completion(kernel, foreign):
    code, match = foreign.completes
    found = kernel.client.complete(code, timeout=LIMIT)
    assert match in found.matches
    assert 0 <= found.cursor_start < found.cursor_end == len(code)


def test_inspection(kernel, foreign):
    code, shown = wanted(foreign.inspects)
    found = kernel.client.inspect(code, timeout=LIMIT)
    assert found.found
    assert shown in found.data["text/plain"]


def test_is_it_complete(kernel, foreign):
    assert kernel.client.is_complete(wanted(foreign.complete), timeout=LIMIT).status == "complete"
    assert kernel.client.is_complete(wanted(foreign.incomplete), timeout=LIMIT).status == "incomplete"


def test_history(kernel, foreign):
    if not foreign.remembers:
        pytest.skip("this kernel remembers nothing")
    code = foreign.gives[0]
    kernel.run(code)
    assert code in [entry[2] for entry in kernel.client.history("tail", n=3, timeout=LIMIT).history]


def test_a_question_is_answered(kernel, foreign):
    code, shown = wanted(foreign.asks)
    asked = []
    _, said = kernel.run(code, on_input=lambda prompt, password: asked.append(prompt) or "Ada")
    assert asked == ["who? "]
    assert shown in said


def test_an_interrupt_ends_the_cell_and_not_the_kernel(kernel, foreign):
    shown = []

    def interrupt_once(message):
        shown.append(text(message))
        if shown.count("on\n") == 1 and shown[-1] == "on\n":
            kernel.manager.interrupt()

    reply = kernel.client.execute(wanted(foreign.endless), on_output=interrupt_once, timeout=LIMIT)
    assert reply.status != "ok"
    assert kernel.run(foreign.gives[0])[1].strip() == foreign.gives[1]


def test_it_is_listed_with_what_is_known_of_it(kernel, foreign):
    path = os.path.basename(kernel.manager.connection_file)
    command = [sys.executable, "-m", "antiphon_python_kernel", "info", path, "--json"]
    (seen,) = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert (seen["state"], seen["language"], seen["kernel_name"]) == ("idle", foreign.language, kernel.name.lower())
    if sys.platform.startswith("linux"):
        assert str(os.getpid()) in "".join(seen["attached"])
        assert seen["memory"] > 1_000_000


def test_what_a_kernel_says_it_uses(kernel):
    if kernel.name != "ipykernel":
        pytest.skip("this kernel cannot")
    used = asyncio.run(ask(kernel.manager.connection, usage=True)).usage
    assert used["kernel_memory"] > 1_000_000
    assert used["pid"] == Census().listener(kernel.manager.connection) or not sys.platform.startswith("linux")


@pytest.mark.skipif(find_spec("antiphon_console_client.console_app") is None, reason="there is no console yet")
def test_the_console_drives_it(kernel, foreign, tmp_path):
    spec = KernelSpec(argv=foreign.argv, display_name=kernel.name, language=foreign.language)
    install_kernelspec("foreign", str(tmp_path / "kernels"), spec)
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "JUPYTER_PATH": str(tmp_path),
        "PROMPT_TOOLKIT_NO_CPR": "1",
        "TERM": "xterm-256color",
    }
    console = pexpect.spawn(
        os.path.join(os.path.dirname(sys.executable), "antiphon"),
        ["console", "--kernel", "foreign"],
        cwd=NPM,
        env=environment,
        timeout=LIMIT,
        encoding="utf-8",
        dimensions=(40, 120),
    )
    try:
        console.expect(r"In.*1.*\]: ")
        console.send(f"{foreign.gives[0]}\r")
        # R says "[1] 42" as plain text and "42" as Markdown, which is shown.
        console.expect(rf"{re.escape(foreign.gives[1].split()[-1])}[^0-9]")
        console.expect(r"In.*\]: ")
        console.send("\x04")
        console.expect([pexpect.EOF, r"\[y"])
    finally:
        console.close(force=True)


def test_a_restart_forgets_and_works(kernel, foreign):
    for code, _ in (foreign.gives, foreign.gives):
        before = kernel.run(code)[0].execution_count
    kernel.manager.restart()
    kernel.manager.ready(LIMIT)
    kernel.client.ready(LIMIT)
    reply, said = kernel.run(foreign.gives[0])
    assert (reply.execution_count, said.strip()) == (1, foreign.gives[1])
    assert before > 1


def test_a_shutdown_ends_it_and_leaves_nothing(kernel):
    path = kernel.manager.connection_file
    end = kernel.manager.shutdown()
    assert end.code is not None
    assert "SIGKILL" not in end.reason
    assert not os.path.exists(path)
