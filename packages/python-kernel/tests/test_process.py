"""A kernel process and what user code does in it: output by every way, questions, interrupts, comms, figures."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time

import pytest

from antiphon_wire_protocol.client.portal import Portal
from antiphon_wire_protocol.discovery.connection import ConnectionInfo, read_connection_file, write_connection_file
from antiphon_wire_protocol.errors import KernelDied
from antiphon_wire_protocol.manager.manager import KernelManager

STREAMED = {"stream"}


def streaming(message):
    return message.msg_type in STREAMED


def test_print_and_standard_error_in_order(kernel):
    ran = kernel.run("import sys\nprint('a'); print('b', file=sys.stderr); print('c')")
    assert [(one.name, one.text) for one in ran.of("stream")] == [
        ("stdout", "a\n"),
        ("stderr", "b\n"),
        ("stdout", "c\n"),
    ]


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.system('echo from-below'); None",
        "import subprocess; subprocess.run(['echo', 'from-below']); None",
        "import os; os.write(1, b'from-below\\n'); None",
        "import ctypes; libc = ctypes.CDLL(None); libc.puts(b'from-below'); libc.fflush(None); None",
        "!echo from-below",
        "%%bash\necho from-below",
        "import sys; sys.stdout.buffer.write(b'from-below\\n'); None",
    ],
)
def test_what_children_and_c_code_write_is_there_before_the_reply(kernel, code):
    assert kernel.run(code).text() == "from-below\n"


def test_a_forked_child_is_heard(kernel):
    code = "import os\npid = os.fork()\nif not pid:\n    print('child', flush=True)\n    os._exit(0)\n"
    code += "os.waitpid(pid, 0); None"
    assert kernel.run(code).text() == "child\n"


def test_functions_of_cells_in_a_pool(kernel):
    code = (
        "import multiprocessing\ndef square(x):\n    return x * x\n"
        "with multiprocessing.get_context('fork').Pool(2) as pool:\n    out = pool.map(square, range(4))\nout"
    )
    assert kernel.run(code).value == "[0, 1, 4, 9]"


def test_threads_write_to_the_cell_that_waits_for_them(kernel):
    code = "import threading\nt = threading.Thread(target=print, args=('thread',)); t.start(); t.join()"
    assert kernel.run(code).text() == "thread\n"


def test_a_flood_arrives_whole(kernel):
    ran = kernel.run("for i in range(50_000): print(i)")
    assert ran.text() == "".join(f"{i}\n" for i in range(50_000))
    assert len(ran.of("stream")) < 500


def test_questions(kernel):
    assert kernel.run("input('name? ') + '!'", answer="Ada").value == "'Ada!'"
    ran = kernel.run("from getpass import getpass\ngetpass('word? ')", answer="secret")
    assert ran.value == "'secret'"


def test_questions_nobody_can_answer(kernel):
    assert "InputNotAllowed" in kernel.run("input()", allow_stdin=False, stop_on_error=False).traceback


INTERRUPTED = {
    "busy": "print('x')\nwhile True: pass",
    "sleeping": "import time\nprint('x')\ntime.sleep(60)",
    "awaiting": "import asyncio\nprint('x')\nawait asyncio.sleep(60)",
    "busy in a coroutine": "async def f():\n    print('x')\n    while True: pass\nawait f()",
    "gathering": "import asyncio\nprint('x')\nawait asyncio.gather(asyncio.sleep(60), asyncio.sleep(61))",
    "waiting for a child": "import subprocess\nprint('x')\nsubprocess.run(['sleep', '60'])",
    "in a shell escape": "!echo x; sleep 60",
    "in a script": "%%bash\necho x; sleep 60",
    "waiting for a lock": "import threading\nprint('x')\nthreading.Event().wait()",
}


@pytest.mark.parametrize("code", INTERRUPTED.values(), ids=INTERRUPTED)
def test_interrupts(kernel, code):
    seen = []

    def first_stream(message):
        seen.append(message.msg_type)
        return seen.count("stream") == 1 and message.msg_type == "stream"

    ran = kernel.run(code, when=first_stream, stop_on_error=False)
    if ran.reply.status == "error":
        assert ran.reply.ename == "KeyboardInterrupt"
        assert "interrupts.py" not in ran.traceback
    assert kernel.run("'alive'").value == "'alive'"


def test_an_interrupted_question(kernel):
    async def work():
        execution = kernel.client.execute("input('never')", allow_stdin=True, stop_on_error=False)
        async for message in execution:
            if message.msg_type == "input_request":
                await kernel.manager.interrupt()
        return await execution.done()

    assert kernel.ask(work()).ename == "KeyboardInterrupt"


def test_asyncio_in_every_form(kernel):
    assert kernel.run("import asyncio\nawait asyncio.sleep(0, 'awaited')").value == "'awaited'"
    assert kernel.run("asyncio.run(asyncio.sleep(0, 'run'))").value == "'run'"
    kernel.run("task = asyncio.create_task(asyncio.sleep(0.01, 'task'))")
    assert kernel.run("await task").value == "'task'"


def test_tasks_go_on_between_cells(kernel):
    kernel.run("import asyncio\ndone = []\nasync def later():\n    await asyncio.sleep(0.02); done.append(1)\n"
               "t = asyncio.create_task(later())")  # fmt: skip
    ran = kernel.run("import time\ndeadline = time.monotonic() + 10\n"
                     "while not done and time.monotonic() < deadline: await asyncio.sleep(0.01)\ndone")  # fmt: skip
    assert ran.value == "[1]"


ASYNCIO = """
import asyncio
async def f(x=1):
    await asyncio.sleep(0)
    return x
async def refused():
    coro = f()
    try: asyncio.run(coro)
    finally: coro.close()
def nested():
    async def inner(): return await f(5)
    return asyncio.run(inner())
async def gathered(): return await asyncio.gather(f(1), asyncio.wait_for(f(2), 10), asyncio.to_thread(lambda: 3))
async def child():
    made = await asyncio.create_subprocess_exec("echo", "hi", stdout=asyncio.subprocess.PIPE)
    return (await made.communicate())[0]
"""


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("asyncio.run(f())", "1"),
        ("asyncio.run(f(), debug=True)", "1"),
        ("[nested() for _ in range(3)]", "[5, 5, 5]"),
        ("asyncio.run(gathered())", "[1, 2, 3]"),
        ("asyncio.run(child())", "b'hi\\n'"),
        ("with asyncio.Runner() as runner: out = runner.run(f(5)), runner.run(f(6))\nout", "(5, 6)"),
        ("asyncio.get_event_loop().run_until_complete(f(3))", "3"),
        ("loop = asyncio.new_event_loop(); out = loop.run_until_complete(f(4)); loop.close(); out", "4"),
        ("import concurrent.futures as c\nc.ThreadPoolExecutor().submit(lambda: asyncio.run(f(7))).result()", "7"),
        ("task = asyncio.create_task(f(8)); asyncio.run(f(9)), task.done()", "(9, False)"),
    ],
)
def test_asyncio_run_works_inside_a_cell(kernel, cell, value):
    kernel.run(ASYNCIO)
    assert kernel.run(cell).value == value
    assert kernel.run("await f('the loop of the cells is as it was')").value == "'the loop of the cells is as it was'"


def test_asyncio_run_is_refused_where_a_loop_runs_as_python_refuses_it(kernel):
    kernel.run(ASYNCIO)
    for cell in ("await refused()", "asyncio.run(refused())"):
        ran = kernel.run(cell, stop_on_error=False)
        assert ran.reply.evalue == "asyncio.run() cannot be called from a running event loop"


@pytest.mark.parametrize(
    "setting",
    {
        "plain": "v.set({0})",
        "awaiting": "import asyncio\nawait asyncio.sleep(0)\nv.set({0})\nawait asyncio.sleep(0)",
        "in a coroutine": "async def setter(): v.set({0})\nawait setter()",
        "timed": "%time v.set({0})",
        "timed, awaiting": "%time await setter()",
        "in a cell magic": "%%time\nimport asyncio\nawait asyncio.sleep(0)\nv.set({0})",
        "that fails": "v.set({0})\n1/0",
        "that fails after awaiting": "import asyncio\nawait asyncio.sleep(0)\nv.set({0})\n1/0",
    }.items(),
    ids=lambda item: item[0],
)
def test_context_variables_persist_across_cells(kernel, setting):
    _, cell = setting
    kernel.run("import contextvars\nv = contextvars.ContextVar('v')\nasync def setter(): v.set('new')\nv.set('old');")
    kernel.run(cell.format("'new'"), stop_on_error=False)
    assert kernel.run("v.get()").value == "'new'"
    assert kernel.run("import asyncio\nawait asyncio.sleep(0)\nv.get()").value == "'new'"
    assert kernel.run("%time v.get()").value == "'new'"


def test_what_libraries_keep_in_context_variables_persists(kernel):
    kernel.run("import decimal, numpy\ndecimal.getcontext().prec = 5\nnumpy.seterr(divide='raise');")
    assert kernel.run("import asyncio\nawait asyncio.sleep(0)\ndecimal.Decimal(1) / 3").value == "Decimal('0.33333')"
    assert kernel.run("numpy.geterr()['divide']").value == "'raise'"


def test_figures_are_shown_after_their_cell(kernel):
    ran = kernel.run("import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])")
    (figure,) = ran.of("display_data")
    assert set(figure.data) == {"text/plain", "image/png"}
    assert figure.data["text/plain"] == "<Figure size 640x480 with 1 Axes>"
    assert kernel.run("plt.get_fignums()").value == "[]"


def test_figures_in_other_formats(kernel):
    kernel.run("import matplotlib.pyplot as plt")
    kernel.run("%config InlineBackend.figure_formats = ['svg', 'retina']")
    (figure,) = kernel.run("plt.figure(figsize=(2, 1)); plt.plot([1]); plt.show()").of("display_data")
    assert set(figure.data) == {"text/plain", "image/svg+xml", "image/png"}
    assert set(figure.metadata["image/png"]) == {"width", "height"}
    kernel.run("%config InlineBackend.figure_format = 'png'")
    assert (
        "expected one of" in kernel.run("%config InlineBackend.figure_format = 'oil'", stop_on_error=False).reply.evalue
    )


def test_comms_of_the_comm_package(kernel):
    kernel.run(
        "from comm import create_comm, get_comm_manager\nheard = []\n"
        "def opened(comm, message):\n"
        "    comm.on_msg(lambda m: (heard.append(bytes(m['buffers'][0])), comm.send({'echo': m['content']['data']})))\n"
        "get_comm_manager().register_target('ear', opened)"
    )

    async def work():
        client = kernel.client
        with client.broadcasts() as broadcasts:
            comm_id = client.comm_open("ear", {})
            assert comm_id in (await client.comm_info("ear")).comms
            client.comm_msg(comm_id, {"x": 1}, buffers=[b"raw"])
            async for message in broadcasts:
                if message.msg_type == "comm_msg":
                    client.comm_close(comm_id)
                    return message.content.data, (await client.comm_info("ear")).comms

    assert kernel.ask(work()) == ({"echo": {"x": 1}}, {})
    assert kernel.run("heard").value == "[b'raw']"


def test_a_comm_that_a_cell_opens(kernel):
    ran = kernel.run(
        "from comm import create_comm\nc = create_comm(target_name='page', data={'a': 1})\nc.send({}, buffers=[b'12'])"
    )
    (opened,) = ran.of("comm_open")
    assert (opened.target_name, opened.data) == ("page", {"a": 1})
    assert [bytes(b) for m in ran.messages if m.msg_type == "comm_msg" for b in m.buffers] == [b"12"]


def test_the_users_module_is_main(kernel):
    assert kernel.run("import __main__\nx_here = 1\n__main__.x_here").value == "1"
    assert kernel.run("__name__").value == "'__main__'"


def test_the_working_directory_can_be_imported_from_but_shadows_nothing(kernel, tmp_path):
    assert kernel.run("import sys; sys.path[0]").value == "''"
    (tmp_path / "msgspec.py").write_text("raise SystemExit('shadowed')")
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", "antiphon_python_kernel", "-f", "/nonexistent.json"],
        cwd=tmp_path, capture_output=True, text=True, timeout=20,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, "connection file /nonexistent.json: No such file or directory\n")


def test_the_environment_of_children(kernel):
    assert kernel.run("import os; os.environ['PAGER'], os.environ['FORCE_COLOR']").value == "('cat', '1')"


def test_cells_are_named_as_libraries_expect(kernel):
    ran = kernel.run(
        "def f(): pass\nimport os; os.path.basename(os.path.dirname(f.__code__.co_filename)).split('_')[0]"
    )
    assert ran.value == "'ipykernel'"


def test_a_crash_is_told_with_its_reason(kernel):
    async def work():
        async with KernelManager(kernel.manager.spec) as manager:
            await manager.ready(30)
            async with manager.client() as client:
                await client.ready(30)
                execution = client.execute("import ctypes; ctypes.string_at(0)")
                with pytest.raises(KernelDied) as caught:
                    await execution.done(20)
                return str(caught.value)

    with Portal() as portal:
        reason = portal.run(work(), 60)
    assert "SIGSEGV" in reason and "Segmentation fault" in reason


def test_exit_is_replied_before_the_kernel_goes(kernel):
    async def work():
        async with KernelManager(kernel.manager.spec) as manager:
            await manager.ready(30)
            async with manager.client() as client:
                await client.ready(30)
                reply = await client.execute("exit").done(10)
                assert manager.alive, "frontends that poll find the kernel alive, and read the reply"
                end = await asyncio.wait_for(manager.wait(), 10)
                return reply.payload, end.code

    with Portal() as portal:
        assert portal.run(work(), 60) == ([{"source": "ask_exit", "keepkernel": False}], 0)


@pytest.mark.parametrize("end", ["closed", "full"])
@pytest.mark.parametrize("kind", ["pipe", "terminal"])
def test_it_leaves_with_its_parent_whatever_became_of_its_stderr(tmp_path, kind, end):
    """jupyter_console's kernels write to its terminal, which goes with it; a kernel must not wait to say goodbye."""
    ours, theirs = os.openpty() if kind == "terminal" else os.pipe()
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    file = tmp_path / "kernel.json"
    write_connection_file(file, ConnectionInfo(key="k"))
    kernel = subprocess.Popen(
        [sys.executable, "-m", "antiphon_python_kernel", "-f", str(file)],
        env={**os.environ, "JPY_PARENT_PID": str(parent.pid)},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    while read_connection_file(file).hb_port == 0:
        assert kernel.poll() is None
        time.sleep(0.01)
    if end == "closed":
        os.close(ours)
    else:
        os.set_blocking(theirs, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(theirs, b"x" * 4096)
        os.set_blocking(theirs, True)
    os.close(theirs)
    parent.kill()
    parent.communicate()
    try:
        assert kernel.wait(30) in (0, 1)
    finally:
        kernel.kill()
        kernel.wait()
        if end == "full":
            os.close(ours)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("!read x; echo got $x", "got Ada\n"),
        ("%%bash\nread -p 'name? ' x\necho got $x", "got Ada\n"),
        ("%%sh\nhead -1 | tr a-z A-Z", "ADA\n"),
        ("!python3 -c \"print(input('name? ')[::-1])\"", "name? adA\n"),
    ],
)
def test_children_read_what_the_frontend_answers(kernel, cell, said):
    ran = kernel.run(cell, answer="Ada")
    assert (ran.reply.status, ran.text()) == ("ok", said)


def test_children_read_nothing_where_the_frontend_does_not_answer(kernel):
    assert kernel.run("!read x; echo $?", allow_stdin=False).text() == "1\n"
    assert kernel.run("%%bash\ncat\necho over", allow_stdin=False).text() == "over\n"


def test_a_child_that_waits_for_an_answer_is_interrupted(kernel):
    async def work():
        execution = kernel.client.execute("%%bash\nread x\necho never", allow_stdin=True, stop_on_error=False)
        async for message in execution:
            if message.msg_type == "input_request":
                await kernel.manager.interrupt()
        return await execution.done()

    assert kernel.ask(work()).ename == "KeyboardInterrupt"


@pytest.mark.parametrize("cell", ["!echo first; read x; echo $x", "%%bash\necho first\nread x\necho $x"])
def test_what_a_child_writes_is_there_before_it_is_answered(kernel, cell):
    async def work():
        seen = []
        execution = kernel.client.execute(cell, on_input=lambda prompt, password: seen.append("asked") or "second")
        async for message in execution:
            if message.msg_type == "stream":
                seen.append(message.content.text)
        await execution.done()
        return seen

    assert kernel.ask(work()) == ["first\n", "asked", "second\n"]
