"""Our runner on our kernel beside nbclient on ipykernel: whole processes, in turns, each in an environment of its own.

    python benchmarks/execution.py
    python benchmarks/execution.py --rounds 5

Figures are medians of the rounds; exit code 1 when a bound is missed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from peers import compile_sources, peer_python, table

NOTEBOOKS = {
    "500 trivial cells (s)": [f"x = {number}" for number in range(500)],
    "one cell (s)": ["1 + 1"],
    "100 cells that print and show (s)": ["print('text')\n{'a': 1}"] * 100,
    "20 000 printed lines (s)": ["for i in range(20_000): print(i)"],
}
BOUNDS = {"500 trivial cells (s)": 0.25}
OURS = """
import json, sys
from antiphon_nb_convert.execution import execute, execute_all
notebooks = [json.load(open(path)) for path in sys.argv[2:]]
done = execute_all(notebooks, int(sys.argv[1]), kernel="antiphon")
assert all(cell["execution_count"] for execution in done for cell in execution.notebook["cells"])
"""
THEIRS = """
import sys
import nbformat
from nbclient import NotebookClient
notebook = NotebookClient(nbformat.read(sys.argv[1], as_version=4), kernel_name="python3").execute()
assert all(cell["execution_count"] for cell in notebook["cells"])
"""


def write(folder: str, name: str, sources: list[str]) -> str:
    """A notebook of code cells; its path."""
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": s, "outputs": [], "execution_count": None}
        for n, s in enumerate(sources)
    ]
    path = Path(folder, f"{name}.ipynb")
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
    return str(path)


def seconds(*command: str) -> float:
    """How long a process takes; what it says is shown only if it fails."""
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    ours, theirs = sys.executable, str(peer_python("nbclient", "ipykernel"))
    compile_sources(Path(ours), Path(theirs))
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in NOTEBOOKS}
    one_by_one: list[float] = []
    two_by_two: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: write(folder, str(n), sources) for n, (name, sources) in enumerate(NOTEBOOKS.items())}
        twenty = [write(folder, f"many-{n}", ["sum(range(3_000_000))"] * 3) for n in range(20)]
        for _ in range(rounds):
            for name, path in paths.items():
                taken[name].append((seconds(ours, "-c", OURS, "1", path), seconds(theirs, "-c", THEIRS, path)))
            one_by_one.append(seconds(ours, "-c", OURS, "1", *twenty))
            two_by_two.append(seconds(ours, "-c", OURS, "2", *twenty))
    figures = {
        name: (statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs))
        for name, pairs in taken.items()
    }
    lines, reached = table(figures, BOUNDS, "nbclient")
    print(*lines, sep="\n")
    faster = statistics.median(one_by_one) / statistics.median(two_by_two)
    print(f"\n20 notebooks, two at a time: {faster:.2f} times as fast as one at a time (bound 1.6)")
    return 0 if reached and faster >= 1.6 else 1


if __name__ == "__main__":
    sys.exit(main())
