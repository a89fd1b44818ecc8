"""multiprocessing and process pools over what cells define, unmodified, by every way of starting a process."""

from __future__ import annotations

import pytest

FRESH = ["spawn", "forkserver"]
ALL = [*FRESH, "fork"]

DEFINED = """
import functools, multiprocessing, os, sys, time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
base = 10
def helper(x): return x + base
def f(x): return helper(x) * 2
class Refused(Exception): pass
class Account:
    class Entry:
        def __init__(self, amount): self.amount = amount
    def __init__(self, balance=0): self.balance = balance
    def paid(self, amount): return Account(self.balance + amount)
    def refuse(self): raise Refused("no")
@dataclass
class Point:
    x: int
    def moved(self): return Point(self.x + 1)
@functools.lru_cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
"""


@pytest.fixture(autouse=True)
def defined(kernel):
    assert kernel.run(DEFINED).reply.status == "ok"


def in_pool(kernel, method, expression, workers=2):
    return kernel.run(
        f"with multiprocessing.get_context({method!r}).Pool({workers}) as pool:\n    out = {expression}\nout",
        stop_on_error=False,
    )


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize(
    ("expression", "expected"),
    {
        "pool.map(f, range(4))": "[20, 22, 24, 26]",
        "pool.map(lambda x: x + base, range(3))": "[10, 11, 12]",
        "pool.map(fib, [10, 20])": "[55, 6765]",
        "pool.map(functools.partial(f), [1])": "[22]",
        "[a.balance for a in pool.map(Account(2).paid, [1, 2])]": "[3, 4]",
        "type(pool.apply(Point(1).moved)) is Point": "True",
        "isinstance(pool.apply(Account.Entry, (1,)), Account.Entry)": "True",
        "[p.x for p in pool.imap_unordered(Point, [7])]": "[7]",
    }.items(),
)
def test_a_pool_takes_functions_classes_and_lambdas_of_cells(kernel, method, expression, expected):
    assert in_pool(kernel, method, expression).value == expected


@pytest.mark.parametrize("method", ALL)
def test_an_executor_takes_functions_classes_and_lambdas_of_cells(kernel, method):
    code = (
        f"with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context({method!r})) as executor:\n"
        "    out = list(executor.map(f, range(3))), executor.submit(Point, 1).result().x\n"
        "out"
    )
    assert kernel.run(code).value == "([20, 22, 24], 1)"


@pytest.mark.parametrize("method", FRESH)
def test_a_process_runs_a_function_of_a_cell_and_prints(kernel, method):
    code = (
        f"context = multiprocessing.get_context({method!r})\n"
        "lock = context.Lock()\n"
        "def child(queue):\n    with lock: print('from the child', flush=True)\n    queue.put(Point(5))\n"
        "queue = context.Queue()\nprocess = context.Process(target=child, args=(queue,))\nprocess.start()\n"
        "got = queue.get(timeout=20); process.join()\nprocess.exitcode, got == Point(5)"
    )
    ran = kernel.run(code)
    assert ran.value == "(0, True)"
    assert ran.text() == "from the child\n"


@pytest.mark.parametrize("method", FRESH)
def test_a_process_class_of_a_cell(kernel, method):
    code = (
        f"context = multiprocessing.get_context({method!r})\n"
        "class Worker(context.Process):\n    def run(self): sys.exit(base)\n"
        "worker = Worker(); worker.start(); worker.join(); worker.exitcode"
    )
    assert kernel.run(code).value == "10"


@pytest.mark.parametrize("method", ALL)
def test_an_exception_class_of_a_cell_comes_back_as_itself(kernel, method):
    ran = in_pool(kernel, method, "None\n    try: pool.apply(Account().refuse)\n    except Refused as e: out = str(e)")
    assert ran.value == "'no'"


def test_the_traceback_of_a_worker_shows_the_line_of_the_cell(kernel):
    assert 'def refuse(self): raise Refused("no")' in in_pool(kernel, "spawn", "pool.apply(Account().refuse)").traceback


@pytest.mark.parametrize("method", ALL)
def test_what_an_initializer_sets_stays_in_the_worker(kernel, method):
    code = (
        "shared = None\ndef prepare(value):\n    global shared\n    shared = value\ndef use(i): return shared, i\n"
        f"with multiprocessing.get_context({method!r}).Pool(2, prepare, ('set',)) as pool:\n"
        "    out = pool.map(use, range(2))\nout, shared"
    )
    assert kernel.run(code).value == "([('set', 0), ('set', 1)], None)"


def test_what_a_worker_keeps_in_a_global_stays_until_the_kernels_changes(kernel):
    kernel.run("seen = []\ndef keep(i):\n    seen.append(i)\n    return list(seen)")
    kernel.run("workers = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('spawn'))")
    assert kernel.run("[workers.submit(keep, i).result() for i in range(3)]").value == "[[0], [0, 1], [0, 1, 2]]"
    assert kernel.run("seen.append('new')\nworkers.submit(keep, 9).result()").value == "['new', 9]"
    assert kernel.run("workers.shutdown(); seen").value == "['new']"


def test_a_live_worker_hears_of_redefinitions(kernel):
    kernel.run("workers = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('spawn'))")
    assert kernel.run("workers.submit(f, 1).result()").value == "22"
    assert kernel.run("base = 100\nworkers.submit(f, 1).result()").value == "202"
    assert kernel.run("def helper(x): return -x\nworkers.submit(f, 1).result()").value == "-2"
    kernel.run("class Point(Point):\n    def moved(self): return Point(-self.x)")
    assert kernel.run("workers.submit(Point(3).moved).result().x").value == "-3"
    kernel.run("workers.shutdown()")


def test_a_global_that_cannot_be_sent_is_told_of_where_it_is_used(kernel):
    kernel.run(
        "import threading\nhandle = threading.Lock()\ndef asks(use): return handle.locked() if use else 'not used'"
    )
    assert in_pool(kernel, "spawn", "pool.apply(asks, (False,))").value == "'not used'"
    assert "RuntimeError: the global name 'handle' could not be sent to this process: TypeError: cannot pickle" in (
        in_pool(kernel, "spawn", "pool.apply(asks, (True,))").traceback
    )


@pytest.mark.parametrize("method", FRESH)
def test_a_worker_re_runs_no_file(kernel, method, tmp_path):
    (tmp_path / "analysis.py").write_text("raise SystemExit('it was run again')")
    kernel.run(f"__file__ = {str(tmp_path / 'analysis.py')!r}")
    assert in_pool(kernel, method, "pool.map(f, [0])").value == "[20]"
    assert kernel.run("del __file__").reply.status == "ok"


def test_a_worker_has_workers_of_its_own(kernel):
    code = (
        "def outer(n):\n    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('spawn')) as inner:\n"
        "        return [p.x for p in inner.map(Point, range(n))] + list(inner.map(f, range(n)))\n"
        "with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('spawn')) as executor:\n"
        "    out = executor.submit(outer, 2).result()\nout"
    )
    assert kernel.run(code).value == "[0, 1, 20, 22]"


def test_submodules_that_a_function_reaches_are_imported_in_the_worker(kernel):
    kernel.run("import xml.dom.minidom\ndef parsed(text): return xml.dom.minidom.parseString(text).firstChild.tagName")
    assert in_pool(kernel, "spawn", "pool.map(parsed, ['<a/>'])").value == "['a']"


def test_a_fork_inherits_its_globals_and_is_not_sent_them(kernel):
    code = (
        "class Heavy:\n    def __reduce__(self): raise AssertionError('it was pickled')\n"
        "heavy = Heavy()\ndef look(_): return type(heavy).__name__"
    )
    kernel.run(code)
    assert in_pool(kernel, "fork", "pool.map(look, [0])").value == "['Heavy']"


DEFINED_MORE = """
import abc, collections, dataclasses, enum, typing
class Base(abc.ABC):
    @abc.abstractmethod
    def go(self): ...
class Sub(Base):
    def go(self): return super().__class__.__name__, self.static(), self.prop, Sub.named()
    @staticmethod
    def static(): return "static"
    @property
    def prop(self): return "prop"
    @classmethod
    def named(cls): return cls.__name__
class Colour(enum.Enum):
    RED = 1
Pair = collections.namedtuple("Pair", "a b")
T = typing.TypeVar("T")
class Box(typing.Generic[T]):
    def __init__(self, x: T): self.x = x
@dataclasses.dataclass(slots=True, frozen=True)
class Row:
    x: int
    colour: Colour = Colour.RED
row = Row(5)
def deco(f):
    @functools.wraps(f)
    def wrapper(*args): return "deco", f(*args)
    return wrapper
@deco
def decorated(x): return x + 1
def even(n): return True if n == 0 else odd(n - 1)
def odd(n): return False if n == 0 else even(n - 1)
def counter():
    n = 0
    def add():
        nonlocal n
        n += 1
    def get(): return n
    return add, get
add, get = counter()
def count(_): add(); add(); return get()
def local():
    class Local: pass
    return Local
Local = local()
Former = Point
class Point(Point): pass
"""


@pytest.mark.parametrize("method", FRESH)
@pytest.mark.parametrize(
    ("expression", "expected"),
    {
        "pool.map(Sub.go, [Sub()])": "[('super', 'static', 'prop', 'Sub')]",
        "pool.apply(lambda c: (c is Colour.RED, c), (Colour.RED,)) == (True, Colour.RED)": "True",
        "pool.apply(lambda: (Pair(1, 2), Box[int](3).x))": "(Pair(a=1, b=2), 3)",
        "pool.apply(lambda: dataclasses.replace(row, x=6)) == Row(6)": "True",
        "pool.map(decorated, [1])": "[('deco', 2)]",
        "pool.map(even, [10])": "[True]",
        "pool.map(count, [0])": "[2]",
        "pool.apply(lambda: (lambda y: y * base))(4)": "40",
        "type(pool.apply(lambda: Local())) is Local": "True",
        "type(pool.apply(lambda: Former(1))) is Former": "True",
        "type(pool.apply(lambda: Point(1))) is Point": "True",
        "pool.apply(lambda: 'get_ipython' in globals())": "False",
    }.items(),
)
def test_what_else_cells_define(kernel, method, expression, expected):
    kernel.run(DEFINED_MORE)
    assert in_pool(kernel, method, expression, workers=1).value == expected


def test_managers_and_shared_arrays(kernel):
    kernel.run(
        "from multiprocessing.managers import BaseManager\n"
        "class Calculator:\n    def add(self, a, b): return a + b + base\n"
        "class Calculators(BaseManager): pass\n"
        "Calculators.register('Calculator', Calculator)\n"
        "context = multiprocessing.get_context('spawn')\n"
        "numbers = context.Array('i', 1)\n"
        "def child():\n    with numbers.get_lock(): numbers[0] = base"
    )
    assert kernel.run("with Calculators(ctx=context) as m: out = m.Calculator().add(1, 2)\nout").value == "13"
    assert kernel.run("p = context.Process(target=child); p.start(); p.join(); numbers[0]").value == "10"


def test_cloudpickle_is_imported_only_for_what_a_cell_defines():
    import subprocess
    import sys

    code = (
        "import sys\nfrom antiphon_python_kernel.composition import python_kernel\n"
        "from antiphon_exec_core.cell import Cell\nfrom antiphon_exec_core.outputs import TerminalOutlet\n"
        "kernel = python_kernel(); run = lambda text: kernel.interpreter.run(Cell(text, True), TerminalOutlet())\n"
        "assert 'multiprocessing' not in sys.modules\n"
        "run('from multiprocessing.reduction import ForkingPickler as P; P.dumps(len); P.dumps([print])')\n"
        "print('cloudpickle' in sys.modules)\n"
        "run('P.dumps(lambda: 1)')\n"
        "print('cloudpickle' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["False", "True"]
