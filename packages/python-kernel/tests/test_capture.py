"""What is written by different ways in one cell is shown in the order in which it was written."""

from __future__ import annotations

import pytest

WAYS = {
    "print": "print({})",
    "stderr": "print({}, file=sys.stderr)",
    "buffer": "sys.stdout.buffer.write(b'{}\\n')",
    "descriptor 1": "os.write(1, b'{}\\n')",
    "descriptor 2": "os.write(2, b'{}\\n')",
    "C": "libc.printf(b'{}\\n'); libc.fflush(None)",
    "child": "subprocess.run(['echo', '{}'])",
    "child's stderr": "os.system('echo {} >&2')",
    "escape": "get_ipython().system('echo {}')",
    "display": "display({})",
}
FROM_PYTHON = ("print", "stderr", "buffer", "display", "escape")
FROM_BELOW = ("descriptor 1", "descriptor 2", "C", "child", "child's stderr")


def shown(ran) -> list[str]:
    """What one sees, in order."""
    words = []
    for message in ran.messages:
        if message.msg_type == "stream":
            words += message.content.text.split()
        elif message.msg_type in ("display_data", "execute_result"):
            words.append(message.content.data["text/plain"])
    return words


def cell(ways) -> str:
    lines = [WAYS[way].format(number) for number, way in enumerate(ways)]
    return "\n".join(["import os, sys, subprocess, ctypes", "libc = ctypes.CDLL(None)", *lines, "'end'"])


@pytest.mark.parametrize("before", ["", "import asyncio; await asyncio.sleep(0)\n"], ids=["plain", "awaiting"])
@pytest.mark.parametrize("below", FROM_BELOW)
@pytest.mark.parametrize("above", FROM_PYTHON)
def test_the_order_of_what_is_written_is_kept(kernel, above, below, before):
    ways = [above, below] * 5
    ran = kernel.run(before + cell(ways))
    assert shown(ran) == [*map(str, range(len(ways))), "'end'"]


def test_streams_keep_their_names(kernel):
    ran = kernel.run(cell(["print", "descriptor 2", "stderr", "C"]))
    assert [(one.name, one.text) for one in ran.of("stream")] == [
        ("stdout", "0\n"), ("stderr", "1\n"), ("stderr", "2\n"), ("stdout", "3\n"),
    ]  # fmt: skip


def test_the_order_holds_over_many_lines(kernel):
    code = "import os\nfor i in range(0, 4000, 2):\n    print(i)\n    os.write(1, b'%d\\n' % (i + 1))"
    assert shown(kernel.run(code)) == [str(i) for i in range(4000)]


def test_what_is_written_below_is_there_before_a_question(kernel):
    async def work():
        seen = []
        execution = kernel.client.execute(
            "import os\nos.write(1, b'below')\nx = input('? ')", on_input=lambda *_: seen.append("asked") or "a"
        )
        async for message in execution:
            if message.msg_type == "stream":
                seen.append(message.content.text)
        await execution.done()
        return seen

    assert kernel.ask(work()) == ["below", "asked"]


def test_threads_that_write_by_every_way_lose_nothing(kernel):
    code = (
        "import os, threading\n"
        "def write(n):\n"
        "    for i in range(300):\n"
        "        print(f'p{n}.{i}\\n', end=''); os.write(1, b'w%d.%d\\n' % (n, i))\n"
        "threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]; None"
    )
    words = shown(kernel.run(code))
    assert sorted(words) == sorted(f"{kind}{n}.{i}" for kind in "pw" for n in range(4) for i in range(300))
    for kind in "pw":
        for n in range(4):
            mine = [word for word in words if word.startswith(f"{kind}{n}.")]
            assert mine == [f"{kind}{n}.{i}" for i in range(300)]
