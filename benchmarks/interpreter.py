"""Our interpreter beside IPython's, without any kernel: long cells, many magics, completion. Each in its own process.

    python benchmarks/interpreter.py

Figures are medians of the rounds; exit code 1 when a bound is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from peers import compile_sources, peer_python, table

BOUNDS = {
    "2 000-line cell (ms)": 0.5,
    "cell with 400 magic lines (ms)": 0.1,
    "'df.' on 100 000 columns (ms)": 0.1,
    r"first '\alpha' (ms)": 0.05,  # IPython scanned a million names for it once; since 9.18 it does for the next only
    r"first '\GREEK' (ms)": 0.05,
}
LIMITS = {"'df.' on 100 000 columns (ms)": 50.0}
"""Milliseconds that ours may take in any case."""

WORK = r"""
import json, sys, time

def clock(work, *arguments):
    begun = time.perf_counter()
    work(*arguments)
    return (time.perf_counter() - begun) * 1e3

long_cell = "".join(f"def f{n}(a, b={n}):\n    c = a + b\n    return c * {n}\nx{n} = f{n}({n})\n" for n in range(500))
magic_cell = "".join(f"%env NAME_{n} value_{n}\n" if n % 2 else f"v{n} = %pwd\n" for n in range(400))

found = {}
run("1")
found["first '\\alpha' (ms)"] = clock(complete, "\\alpha")
found["first '\\GREEK' (ms)"] = clock(complete, "\\GREEK")
found["2 000-line cell (ms)"] = clock(run, long_cell)
found["cell with 400 magic lines (ms)"] = clock(run, magic_cell)
run("import pandas as pd, numpy as np\nnames = [f'column{n}' for n in range(100_000)]")
run("df = pd.DataFrame(np.zeros((1, 100_000)), columns=names)")
found["'df.' on 100 000 columns (ms)"] = clock(complete, "df.")
print(json.dumps(found), file=sys.__stdout__)
"""

OURS = r"""
import io, contextlib
from antiphon_exec_core.cell import Cell
from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.settings import Settings
from antiphon_exec_core.testing import RecordingOutlet
shell = Interpreter(Settings(history_file=":memory:"))
def run(code):
    with contextlib.redirect_stdout(io.StringIO()):
        outcome = shell.run(Cell(code), RecordingOutlet())
    assert outcome.ok, outcome.error
def complete(code):
    assert shell.complete(code).matches
"""

THEIRS = r"""
import io, contextlib, warnings
warnings.simplefilter("ignore")
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.completer import provisionalcompleter
from traitlets.config import Config
shell = InteractiveShell.instance(config=Config({"HistoryManager": {"hist_file": ":memory:"}}))
def run(code):
    with contextlib.redirect_stdout(io.StringIO()):
        shell.run_cell(code, store_history=True).raise_error()
def complete(code):
    with provisionalcompleter():
        assert list(shell.Completer.completions(code, len(code)))
"""


def once(python: Path, head: str) -> dict[str, float]:
    """The figures of one process."""
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "HOME": home, "IPYTHONDIR": home, "ANTIPHON_HOME": home}
        done = subprocess.run([python, "-c", head + WORK], capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        raise SystemExit(f"{python}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    ours, theirs = Path(sys.executable), peer_python("ipython", "pandas")
    compile_sources(ours, theirs)
    samples: dict[str, tuple[list[float], list[float]]] = {}
    for turn in range(rounds + 1):
        for side, (python, head) in enumerate(((ours, OURS), (theirs, THEIRS))):
            for name, value in once(python, head).items():
                if turn:  # the first one fills caches
                    samples.setdefault(name, ([], []))[side].append(value)
    figures = {name: (statistics.median(one), statistics.median(other)) for name, (one, other) in samples.items()}
    lines, reached = table(figures, BOUNDS, "IPython")
    print("\n".join(lines))
    for name, limit in LIMITS.items():
        if figures[name][0] > limit:
            print(f"{name}: {figures[name][0]:.1f} is over {limit:.0f}")
            reached = False
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
