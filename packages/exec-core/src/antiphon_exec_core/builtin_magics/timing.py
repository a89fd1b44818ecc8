"""Magics that measure: time, timeit."""

from __future__ import annotations

import gc
import math
import time as clocks
import timeit as stdlib_timeit
from collections.abc import Callable, Coroutine, Generator
from typing import Any

from ..errors import UsageError
from ..magic_options import Options, read_options
from ..magics import silenced_by_semicolon, verbatim

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "μs"), (1e-9, "ns"))


def format_seconds(seconds: float, precision: int = 3) -> str:
    """A span of time in the unit that suits it: `1min 5s`, `12.3 ms`."""
    if seconds >= 60:
        parts = []
        for name, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
            count, seconds = divmod(seconds, size)
            if count:
                parts.append(f"{int(count)}{name}")
        return " ".join(parts)
    if seconds > 0:
        scale, unit = next((pair for pair in _UNITS if seconds >= pair[0]), _UNITS[-1])
    else:
        scale, unit = _UNITS[-1]
    return f"{seconds / scale:.{precision}g} {unit}"


@verbatim
@silenced_by_semicolon
def time(line: str, compiler: Any, runner: Any, transformer: Any, tracebacks: Any, cell: str | None = None) -> Any:
    """`%time [--no-raise-error] statement`, or `%%time` over a cell: run it once, print CPU and wall time.

    The value of an expression, or of a cell's last one, is returned. The line may await. With --no-raise-error an
    exception is shown and not passed on.
    """
    options, code = read_options(line, "", ("no-raise-error",)) if line.startswith("--") else ({}, line)
    if cell is not None:
        if code.strip():
            raise UsageError("Can't use statement directly after '%%time'!")
        code = cell
    values: list[Any] = []
    begun = clocks.perf_counter()
    program = compiler.compile(transformer.transform(code), 0, named=False)
    watch = _Watch(clocks.perf_counter() - begun, tracebacks if "no-raise-error" in options else None)

    async def awaiting() -> Any:
        with watch:
            await runner.awaiting(program, values.append)
        return values[-1] if values and not watch.failed else None

    if program.awaits:
        return awaiting()
    with watch:
        runner.run(program, values.append)
    return values[-1] if values and not watch.failed else None


class _Watch:
    """Prints how long its block took. With `tracebacks` an exception is shown, and not passed on."""

    def __init__(self, compiling: float, tracebacks: Any = None) -> None:
        self._compiling = compiling
        self._tracebacks = tracebacks
        self.failed = False

    def __enter__(self) -> None:
        self._before = _times()
        self._wall = clocks.perf_counter()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: Any) -> bool:
        self.failed = error is not None
        # an interrupt cancels what awaits
        if kind is None or issubclass(kind, (Exception, KeyboardInterrupt)) or kind.__name__ == "CancelledError":
            _print_times(self._before, self._wall, self._compiling)
        if self._tracebacks is None or not isinstance(error, Exception):
            return False
        from .debugging import show_error

        show_error(error, self._tracebacks)
        return True


def _times() -> tuple[float, float]:
    try:
        import resource
    except ImportError:  # Windows
        return clocks.process_time(), 0.0
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime, usage.ru_stime


def _print_times(before: tuple[float, float], wall: float, compiling: float) -> None:
    wall = clocks.perf_counter() - wall
    user, system = (now - then for now, then in zip(_times(), before, strict=True))
    total = format_seconds(user + system)
    print(f"CPU times: user {format_seconds(user)}, sys: {format_seconds(system)}, total: {total}")
    print(f"Wall time: {format_seconds(wall)}")
    if compiling > 0.1:
        print(f"Compiler : {format_seconds(compiling)}")


class TimeitResult:
    """What `%timeit -o` returns: `average`, `stdev`, `best`, `worst` in seconds per loop; `all_runs`, `loops`."""

    def __init__(self, loops: int, repeat: int, all_runs: list[float], compile_time: float, precision: int) -> None:
        self.loops, self.repeat, self.all_runs = loops, repeat, all_runs
        self.compile_time = compile_time
        self._precision = precision
        self.timings = [run / loops for run in all_runs]
        self.best, self.worst = min(self.timings), max(self.timings)

    @property
    def average(self) -> float:
        return math.fsum(self.timings) / len(self.timings)

    @property
    def stdev(self) -> float:
        mean = self.average
        return math.sqrt(math.fsum((timing - mean) ** 2 for timing in self.timings) / len(self.timings))

    def __str__(self) -> str:
        runs = "s" if self.repeat > 1 else ""
        loops = "s" if self.loops > 1 else ""
        return (
            f"{format_seconds(self.average, self._precision)} ± {format_seconds(self.stdev, self._precision)} per loop "
            f"(mean ± std. dev. of {self.repeat} run{runs}, {self.loops:,} loop{loops} each)"
        )

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(f"<TimeitResult : {self}>")

    def __repr__(self) -> str:
        return f"<TimeitResult : {self}>"


@verbatim
@silenced_by_semicolon
def timeit(
    line: str, namespace: Any, transformer: Any, local_ns: Any, cell: str | None = None
) -> TimeitResult | Coroutine[Any, Any, TimeitResult | None] | None:
    """`%timeit [-n N] [-r R] [-t|-c] [-p P] [-q] [-o] [-v name] statement`, or `%%timeit [options] [setup]` and a cell.

    Runs the statement N times in a loop, R times over (7), and prints mean and deviation. Without -n the loop is made
    long enough to last 0.2 s. -c measures CPU time, -p sets the digits, -q prints nothing, -o returns the result,
    -v stores it under a name. The statement may await.
    """
    options, rest = read_options(line, "n:r:tcp:qov:")
    setup, statement = ("pass", rest) if cell is None else (rest or "pass", cell)
    if not statement.strip():
        return None
    statement, setup = transformer.transform(statement), transformer.transform(setup)
    repeat, precision = options.number("r", 7), options.number("p", 3)
    clock = clocks.process_time if "c" in options else clocks.perf_counter
    names = namespace.user_ns if local_ns is namespace.user_ns else {**namespace.user_ns, **local_ns}
    begun = clocks.perf_counter()
    plain, awaiting = _loop(statement, setup, names, clock)
    runs = _runs(options.number("n", 0), repeat)

    def told(loops: int, all_runs: list[float]) -> TimeitResult | None:
        return _told(TimeitResult(loops, repeat, all_runs, compile_time, precision), options, namespace)

    async def awaited() -> TimeitResult | None:
        assert awaiting is not None
        seconds: float | None = None
        try:
            while True:
                seconds = await awaiting(runs.send(seconds))
        except StopIteration as done:
            return told(*done.value)

    compile_time = clocks.perf_counter() - begun
    if plain is None:
        return awaited()
    seconds: float | None = None
    try:
        while True:
            seconds = plain(runs.send(seconds))
    except StopIteration as done:
        return told(*done.value)


def _runs(loops: int, repeat: int) -> Generator[int, float | None, tuple[int, list[float]]]:
    """Asks for runs by their number of loops, is sent the seconds of each; gives the loops and all that count."""
    if loops <= 0:
        for power in range(10):
            loops = 10**power
            if ((yield loops) or 0.0) >= 0.2:
                break
    all_runs = []
    for _ in range(repeat):
        all_runs.append((yield loops) or 0.0)
    return loops, all_runs


def _told(result: TimeitResult, options: Options, namespace: Any) -> TimeitResult | None:
    """Print and keep a result as the options of `%timeit` ask for."""
    repeat = result.repeat
    if "q" not in options:
        if result.best > 0 and result.worst > 4 * result.best and result.worst > 1e-6 and repeat > 1:
            print(
                f"The slowest run took {result.worst / result.best:0.2f} times longer than the fastest. "
                "This could mean that an intermediate result is being cached."
            )
        print(result)
        if result.compile_time > 0.1:
            print(f"Compiler time: {result.compile_time:.2f} s")
    if "v" in options:
        namespace.push({options["v"]: result})
    return result if "o" in options else None


Plain = Callable[[int], float]
Awaiting = Callable[[int], Coroutine[Any, Any, float]]

_AWAITING = """\
async def inner(_it, _timer):
    setup
    _t0 = _timer()
    for _i in _it:
        statement
    return _timer() - _t0
"""


def _loop(statement: str, setup: str, names: dict[str, Any], clock: Any) -> tuple[Plain | None, Awaiting | None]:
    """What gives the seconds that a number of loops took: a function, or a coroutine function where it awaits."""
    try:
        timer = stdlib_timeit.Timer(statement, setup, clock, names)
        return timer.timeit, None
    except SyntaxError:
        if "await" not in statement + setup and "async" not in statement + setup:
            raise
    import ast

    tree = ast.parse(_AWAITING)
    inner: Any = tree.body[0]
    inner.body[0:1] = _parsed(setup)
    next(node for node in inner.body if isinstance(node, ast.For)).body = _parsed(statement)
    made: dict[str, Any] = {}
    exec(compile(tree, "<magic-timeit>", "exec"), names, made)

    async def run(loops: int) -> float:
        enabled = gc.isenabled()
        gc.disable()
        try:
            return float(await made["inner"](iter(range(loops)), clock))
        finally:
            if enabled:
                gc.enable()

    return None, run


def _parsed(code: str) -> list[Any]:
    import ast

    return compile(code, "<magic-timeit>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT).body  # type: ignore[no-any-return]
