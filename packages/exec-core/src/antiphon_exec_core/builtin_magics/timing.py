"""Magics that measure: time, timeit."""

from __future__ import annotations

import gc
import math
import time as clocks
import timeit as stdlib_timeit
from collections.abc import Callable
from typing import Any

from ..errors import UsageError
from ..magic_options import read_options
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
    compiling = clocks.perf_counter() - begun
    before = clocks.process_time(), *_times()
    wall = clocks.perf_counter()
    try:
        runner.run(program, values.append)
    except Exception as error:
        _print_times(before, wall, compiling)
        if "no-raise-error" not in options:
            raise
        from .debugging import show_error

        show_error(error, tracebacks)
        return None
    except KeyboardInterrupt:
        _print_times(before, wall, compiling)
        raise
    _print_times(before, wall, compiling)
    return values[-1] if values else None


def _times() -> tuple[float, float]:
    try:
        import resource
    except ImportError:  # Windows
        return clocks.process_time(), 0.0
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime, usage.ru_stime


def _print_times(before: tuple[float, float, float], wall: float, compiling: float) -> None:
    wall = clocks.perf_counter() - wall
    user, system = (now - then for now, then in zip(_times(), before[1:], strict=True))
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
    line: str, namespace: Any, transformer: Any, runner: Any, local_ns: Any, cell: str | None = None
) -> TimeitResult | None:
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
    run = _loop(statement, setup, names, clock, runner)
    compile_time = clocks.perf_counter() - begun
    loops = options.number("n", 0)
    worst_single = 0.0
    if loops <= 0:
        for power in range(10):
            loops = 10**power
            worst_single = run(loops)
            if worst_single >= 0.2:
                break
    result = TimeitResult(loops, repeat, [run(loops) for _ in range(repeat)], compile_time, precision)
    if "q" not in options:
        if result.best > 0 and result.worst > 4 * result.best and result.worst > 1e-6 and repeat > 1:
            print(
                f"The slowest run took {result.worst / result.best:0.2f} times longer than the fastest. "
                "This could mean that an intermediate result is being cached."
            )
        print(result)
        if compile_time > 0.1:
            print(f"Compiler time: {compile_time:.2f} s")
    if "v" in options:
        namespace.push({options["v"]: result})
    return result if "o" in options else None


def _loop(statement: str, setup: str, names: dict[str, Any], clock: Any, runner: Any) -> Callable[[int], float]:
    """A function of the number of loops that gives the seconds they took."""
    try:
        timer = stdlib_timeit.Timer(statement, setup, clock, names)
        return timer.timeit
    except SyntaxError:
        if "await" not in statement and "async" not in statement:
            raise
    source = (
        "async def inner(_it, _timer):\n"
        f"    {_indented(setup, 4)}\n"
        "    _t0 = _timer()\n"
        "    for _i in _it:\n"
        f"        {_indented(statement, 8)}\n"
        "    return _timer() - _t0\n"
    )
    made: dict[str, Any] = {}
    exec(compile(source, "<magic-timeit>", "exec"), names, made)

    def run(loops: int) -> float:
        enabled = gc.isenabled()
        gc.disable()
        try:
            return float(runner.await_(made["inner"](iter(range(loops)), clock)))
        finally:
            if enabled:
                gc.enable()

    return run


def _indented(code: str, columns: int) -> str:
    return code.strip().replace("\n", "\n" + " " * columns)
