"""The peers' own environments, `.venv-peers` and `.venv-peers-NAME`: made once, brought up to date where possible."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
PEERS = ROOT / ".venv-peers"


def peer_python(*packages: str, of: str = "") -> Path:
    """The interpreter that has the newest of these packages, in an environment of that name where what else is
    installed would change the figures. Raises SystemExit where one is nowhere to be had.
    """
    folder = PEERS.with_name(f"{PEERS.name}-{of}") if of else PEERS
    python, made = folder / "bin" / "python", folder / f"installed-{'-'.join(sorted(packages))}"
    if not python.exists():
        print(f"making {folder.name} ...", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
    words = ["install", "-q", "--disable-pip-version-check", "--upgrade", "--upgrade-strategy", "eager", *packages]
    done = subprocess.run([python, "-m", "pip", *words], capture_output=made.exists(), check=False)
    if done.returncode and not made.exists():
        raise SystemExit(f"nothing to compare with: {', '.join(packages)} could not be installed into {folder.name}")
    if done.returncode:
        print("the index cannot be reached: comparing with what is there", file=sys.stderr)
    made.touch()
    return python


def compile_sources(*pythons: Path) -> None:
    """Give both sides their bytecode, as an installer does, whatever PYTHONDONTWRITEBYTECODE says."""
    folders = [str(path) for path in ROOT.glob("packages/*/src")]
    for python in pythons:
        asked = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
        site = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()
        subprocess.run([python, "-m", "compileall", "-q", site, *folders], check=False, stdout=subprocess.DEVNULL)


def table(figures: dict[str, tuple[float, float]], bounds: dict[str, float], peer: str) -> tuple[list[str], bool]:
    """The lines of a Markdown table, and whether every bound is kept. A figure is (ours, theirs): less is better."""
    lines = [f"| figure | ours | {peer} | ratio | bound | reached |", "|---|---:|---:|---:|---:|---|"]
    reached = True
    for name, (ours, theirs) in figures.items():
        ratio, bound = ours / theirs, bounds.get(name)
        kept = bound is None or ratio <= bound
        reached = reached and kept
        shown = ("", "") if bound is None else (f"{bound:.2f}", "yes" if kept else "NO")
        lines.append(f"| {name} | {ours:.2f} | {theirs:.2f} | {ratio:.3f} | {shown[0]} | {shown[1]} |")
    return lines, reached
