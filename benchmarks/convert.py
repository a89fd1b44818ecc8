"""Our convert command beside the newest nbconvert: whole processes, in turns, each in an environment of its own.

    python benchmarks/convert.py
    python benchmarks/convert.py --rounds 7 --only "small notebook"

Figures are medians of the rounds; exit code 1 when a bound is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peers import compile_sources, peer_python, table

HELP = "--help (ms)"
SMALL = "small notebook to html (ms)"
SMALL_MEMORY = "small notebook to html, peak memory (MB)"
LONG = "1 000 cells to html (ms)"
LONG_MEMORY = "1 000 cells to html, peak memory (MB)"
MANY = "50 files in one call (ms)"
SCRIPT = "small notebook to script (ms)"
PDF = "small notebook to pdf, Typst and XeLaTeX (ms)"
EXECUTE = "executing 500 trivial cells (s)"
RESIDENT = "small notebook to html, resident (ms)"
BOUNDS = {
    HELP: 0.15,
    SMALL: 0.22,
    SMALL_MEMORY: 0.6,
    LONG: 0.2,
    LONG_MEMORY: 0.6,
    MANY: 0.2,
    SCRIPT: 0.2,
    PDF: 0.1,
    EXECUTE: 0.25,
}
RESIDENT_LIMIT = 20.0  # milliseconds
TWO_JOBS = 1.6  # times as fast as one

OURS_RESIDENT = """
import sys, time
from antiphon_nb_convert.pipeline import convert
def render(path): return len(convert(path, "html").data)
"""
THEIRS_RESIDENT = """
import sys, time
from nbconvert import HTMLExporter
exporter = HTMLExporter()
def render(path): return len(exporter.from_filename(path)[0])
"""
RENDERS = """
taken = []
for _ in range(25):
    began = time.perf_counter()
    assert render(sys.argv[1]) > 1000
    taken.append(time.perf_counter() - began)
print(sorted(taken[5:])[10] * 1e3)
"""

PROSE = """\
## Step {n}: what is *measured* here

The mean of $x_1, \\dots, x_n$ is $\\bar x = \\frac{{1}}{{n}} \\sum_i x_i$, and **nothing else** is said by `mean({n})`:

- a list of [one link](https://example.org/{n}),
- and another item with `code` in it.
"""
TABLE = """
| quantity | value |
|----------|------:|
| n        | {n}   |
"""
CODE = """\
import math

def mean(values, *, weights=None):
    \"\"\"The mean of some values.\"\"\"
    weights = weights or [1.0] * len(values)
    return math.fsum(v * w for v, w in zip(values, weights)) / math.fsum(weights)

print(f"step {n}: {{mean(range({n} + 1)):.3f}}")
"""


def notebook(cells: int, prose: str = PROSE + TABLE) -> dict[str, Any]:
    """Prose with mathematics, a list and a table, and code with its output, in turns."""
    made: list[dict[str, Any]] = []
    for n in range(cells):
        cell: dict[str, Any] = {"id": f"cell-{n}", "metadata": {}}
        if n % 2:
            stream = {"output_type": "stream", "name": "stdout", "text": f"step {n}: {n / 2:.3f}\n"}
            cell |= {"cell_type": "code", "source": CODE.format(n=n), "outputs": [stream], "execution_count": n}
        else:
            cell |= {"cell_type": "markdown", "source": prose.format(n=n)}
        made.append(cell)
    return wrapped(made)


def trivial(sources: list[str]) -> dict[str, Any]:
    """Code cells that have not run."""
    return wrapped(
        [
            {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": s, "outputs": [], "execution_count": None}
            for n, s in enumerate(sources)
        ]
    )


def wrapped(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """A notebook of these cells."""
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python", "file_extension": ".py", "pygments_lexer": "ipython3"},
    }
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


class Meter:
    """Runs commands and notes what they took, by figure and side."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env
        self.samples: dict[str, tuple[list[float], list[float]]] = {}

    def add(self, figure: str, side: int, value: float) -> None:
        """One more sample."""
        self.samples.setdefault(figure, ([], []))[side].append(value)

    def run(self, command: list[str]) -> tuple[float, float]:
        """Seconds of a process, and megabytes that it had at most. Raises SystemExit where it fails."""
        with tempfile.TemporaryFile() as said:
            began = time.perf_counter()
            process = subprocess.Popen(command, env=self._env, stdout=said, stderr=said)
            _, status, used = os.wait4(process.pid, 0)
            taken = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                said.seek(0)
                raise SystemExit(f"{' '.join(command)}\n{said.read().decode()}")
        return taken, used.ru_maxrss / 1024

    def resident(self, python: Path, code: str, path: str) -> float:
        """Milliseconds of one of many renders in one process."""
        done = subprocess.run(
            [python, "-c", code + RENDERS, path], env=self._env, capture_output=True, text=True, check=True
        )
        return float(done.stdout)

    def figures(self) -> dict[str, tuple[float, float]]:
        """The medians."""
        return {
            figure: (statistics.median(ours), statistics.median(theirs))
            for figure, (ours, theirs) in self.samples.items()
        }


def measure(rounds: int, only: str, folder: Path, env: dict[str, str]) -> tuple[dict[str, tuple[float, float]], float]:
    """Figure to (ours, theirs), and how many times as fast two jobs are (0: not measured)."""
    words = ["nbconvert", "nbclient", "ipykernel", "pypandoc_binary"]  # the last has the pandoc that their PDF needs
    ours, theirs = Path(sys.executable), peer_python(*words, of="nbconvert")
    compile_sources(ours, theirs)
    pandoc = next(theirs.parent.parent.glob("lib/*/site-packages/pypandoc/files")).resolve()
    meter = Meter({**env, "PATH": f"{pandoc}:{os.environ['PATH']}"})
    commands = [str(ours.parent / "antiphon"), "convert"], [str(theirs.parent / "jupyter-nbconvert")]

    def write(name: str, content: dict[str, Any]) -> str:
        path = folder / f"{name}.ipynb"
        path.write_text(json.dumps(content))
        return str(path)

    small, long = write("small", notebook(12)), write("long", notebook(1000))
    fifty = [write(f"one-of-fifty-{n}", notebook(12)) for n in range(50)]
    cells = write("cells", trivial([f"x = {n}" for n in range(500)]))
    twenty = [write(f"one-of-twenty-{n}", trivial(["sum(range(3_000_000))"] * 3)) for n in range(20)]
    to_html = ["--to", "html", "--output-dir", str(folder / "results")]
    execute = ["--to", "notebook", "--execute", "--output-dir", str(folder / "results")]
    processes: list[tuple[str, str, list[str], float]] = [
        (HELP, "", ["--help"], 1e3),
        (SMALL, SMALL_MEMORY, [*to_html, small], 1e3),
        (LONG, LONG_MEMORY, [*to_html, long], 1e3),
        (MANY, "", [*to_html, *fifty], 1e3),
        (SCRIPT, "", ["--to", "script", "--output-dir", str(folder / "results"), small], 1e3),
        (EXECUTE, "", [*execute, cells], 1.0),
    ]
    if shutil.which("xelatex"):
        plain = write("plain", notebook(12, PROSE))  # the LaTeX that the newest pandoc writes of a table fails there
        processes.append((PDF, "", ["--to", "pdf", "--output-dir", str(folder / "results"), plain], 1e3))
    else:
        print("no XeLaTeX here: PDF is not compared", file=sys.stderr)
    residents: tuple[Callable[[], float], Callable[[], float]] = (
        lambda: meter.resident(ours, OURS_RESIDENT, small),
        lambda: meter.resident(theirs, THEIRS_RESIDENT, small),
    )
    one_by_one: list[float] = []
    two_by_two: list[float] = []
    for turn in range(rounds + 1):
        for figure, memory, words, scale in processes:
            if only not in figure:
                continue
            for side, command in enumerate(commands):
                kernel = ["--kernel", "antiphon"] if figure == EXECUTE and side == 0 else []
                taken, peak = meter.run([*command, *words, *kernel])
                if not turn:  # it fills caches
                    continue
                meter.add(figure, side, taken * scale)
                if memory:
                    meter.add(memory, side, peak)
        if turn and only in RESIDENT:
            for side, render in enumerate(residents):
                meter.add(RESIDENT, side, render())
        if turn and only in "--jobs 2":
            for jobs, taken_by in (("1", one_by_one), ("2", two_by_two)):
                words = [*commands[0], *execute, "--kernel", "antiphon", "--jobs", jobs, *twenty]
                taken_by.append(meter.run(words)[0])
        print(f"\rround {turn} of {rounds}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    faster = statistics.median(one_by_one) / statistics.median(two_by_two) if one_by_one else 0.0
    return meter.figures(), faster


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", metavar="WORDS", help="the figures whose names have these words")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "HOME": home, "ANTIPHON_HOME": f"{home}/antiphon", "JUPYTER_RUNTIME_DIR": f"{home}/run"}
        for name in ("PYTHONDONTWRITEBYTECODE", "JUPYTER_PATH", "JUPYTER_CONFIG_DIR"):
            env.pop(name, None)
        figures, faster = measure(options.rounds, options.only, Path(home), env)
    lines, reached = table(figures, BOUNDS, "nbconvert")
    print(*lines, sep="\n")
    if RESIDENT in figures and figures[RESIDENT][0] > RESIDENT_LIMIT:
        print(f"\nresident: more than {RESIDENT_LIMIT:.0f} ms")
        reached = False
    if faster:
        print(f"\n20 executing notebooks, --jobs 2: {faster:.2f} times as fast as --jobs 1 (bound {TWO_JOBS})")
        reached = reached and faster >= TWO_JOBS
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
