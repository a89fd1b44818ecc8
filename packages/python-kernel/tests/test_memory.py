"""What a kernel keeps: no output, results up to a limit, the last error's frames up to the next success."""

from __future__ import annotations

import pytest

RESIDENT = "import gc; gc.collect(); int(open('/proc/self/statm').read().split()[1]) * 4"  # kB


def resident(kernel) -> int:
    return int(kernel.run(RESIDENT, store_history=False).value)


def test_memory_is_flat_over_cells_that_print_a_megabyte(kernel):
    for _ in range(20):
        kernel.run("print('x' * 1_000_000)")
    before = resident(kernel)
    for _ in range(100):
        kernel.run("print('x' * 1_000_000)")
    assert resident(kernel) - before < 10_000, "kB, of 100 MB printed"


def test_memory_is_flat_over_ten_thousand_printing_cells(kernel):
    for _ in range(500):
        kernel.run("print('x' * 10_000)")
    before = resident(kernel)
    for _ in range(10_000):
        kernel.run("print('x' * 10_000)")
    assert resident(kernel) - before < 10_000, "kB, of 100 MB printed: what is kept are the inputs"


def test_results_are_let_go_by_bytes(kernel):
    kernel.run("%config InteractiveShell.cache_bytes = 30_000_000")
    kernel.run("class Big:\n    def __init__(self): self.data = bytearray(b'x') * 10_000_000")
    first = int(kernel.run("get_ipython().execution_count").value)
    before = resident(kernel)
    for _ in range(20):
        assert kernel.run("Big()").reply.status == "ok"
    assert resident(kernel) - before < 80_000, "kB, of 200 MB of results"
    assert "was let go: Out keeps 30 MB of results (cache_bytes)" in (
        kernel.run(f"Out[{first + 1}]", stop_on_error=False).traceback
    )
    kernel.run("%config InteractiveShell.cache_bytes = 500_000_000")


FAILING = """
import weakref
class Heavy: pass
{begin}def failing():
    global held
    heavy = Heavy()
    held = weakref.ref(heavy)
    1 / 0
{call}failing()
"""


@pytest.mark.parametrize(("begin", "call"), [("", ""), ("async ", "await ")], ids=["plain", "awaiting"])
def test_frames_of_the_last_error_are_released_at_the_next_success(kernel, begin, call):
    assert kernel.run(FAILING.format(begin=begin, call=call), stop_on_error=False).reply.ename == "ZeroDivisionError"
    kernel.run("%xmode", stop_on_error=False)
    assert "failing" in kernel.run("%debug", answer="q").text()
    assert kernel.run("(held() is None,)").value == "(False,)"
    assert kernel.run("held() is None").value == "True"
    assert "were released when a cell succeeded after it" in kernel.run("%debug", answer="q").text()
