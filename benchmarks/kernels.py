"""Our kernel beside the newest ipykernel: builds the peer's environment once, runs kernel.py, compares with the bounds.

    python benchmarks/kernels.py
    python benchmarks/kernels.py --rounds 5 --output results.json

Exit code 1 when a bound is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from peers import compile_sources, peer_python

HERE = Path(__file__).parent
ROOT = HERE.parent

BOUNDS = {
    "start: process to first result (ms)": 0.33,
    "memory after start (MB, PSS)": 0.55,
    "execute 'pass', reply and idle (ms)": 0.20,
    "execute '1+1', reply and idle (ms)": 0.20,
    "1000 queued executes (s)": 0.09,
    "print 100 000 lines (s)": 0.20,
    "display() 2 000 times (s)": 0.12,
    "error with traceback (ms)": 0.15,
    "first completion (ms)": 0.08,
    "complete 'os.' (ms)": 0.08,
    "inspect 'json.dumps' (ms)": 0.25,
    "shutdown (ms)": 0.10,
}
"""The most that ours may take, as a part of what ipykernel takes in the same run."""


def write_spec(folder: Path, argv: list[str], env: dict[str, str]) -> Path:
    folder.mkdir()
    (folder / "kernel.json").write_text(json.dumps({"argv": argv, "env": env}))
    return folder


def measure(rounds: int) -> dict[str, list[float]]:
    """Figure to [ours, ipykernel, ratio]. Histories and settings are those of nobody."""
    ours, theirs = Path(sys.executable), peer_python("ipykernel")
    compile_sources(ours, theirs)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        arguments = ["-f", "{connection_file}"]
        antiphon = write_spec(
            folder / "antiphon",
            [str(ours), "-m", "antiphon_python_kernel", *arguments],
            {"ANTIPHON_HOME": str(folder / "home")},
        )
        ipykernel = write_spec(
            folder / "ipykernel",
            [str(theirs), "-m", "ipykernel_launcher", *arguments],
            {"IPYTHONDIR": str(folder / "ipython")},
        )
        folders = [str(antiphon), str(ipykernel)]
        command = [sys.executable, str(HERE / "kernel.py"), *folders, "--rounds", str(rounds), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})
        if done.returncode:
            raise SystemExit(done.stderr)
        figures: dict[str, list[float]] = json.loads(done.stdout)
        return figures


def table(results: dict[str, list[float]]) -> tuple[str, bool]:
    """The table as Markdown, and whether every bound was reached."""
    lines = ["| figure | ours | ipykernel | ratio | bound | reached |", "|---|---:|---:|---:|---:|---|"]
    good = True
    for figure, (ours, theirs, ratio) in results.items():
        bound = BOUNDS.get(figure)
        reached = "" if bound is None else "yes" if ratio <= bound else "**no**"
        good = good and (bound is None or ratio <= bound)
        shown = "" if bound is None else f"{bound:.2f}"
        lines.append(f"| {figure} | {ours:.2f} | {theirs:.2f} | {ratio:.2f} | {shown} | {reached} |")
    return "\n".join(lines), good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each kernel, in turn (default: %(default)s)")
    parser.add_argument("--output", type=Path, metavar="PATH", help="write the figures as JSON, too")
    options = parser.parse_args()
    results = measure(options.rounds)
    text, good = table(results)
    print(text)
    if options.output is not None:
        options.output.write_text(json.dumps(results, indent=2) + "\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
