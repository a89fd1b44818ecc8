"""Write the locks: every third-party version, with hashes, for all Pythons and systems we support.

``lock.py`` writes them all with the newest versions; ``lock.py --keep constraints.txt`` only that one, where what is
locked already stays as it is. Groups are those of the top pyproject.toml.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent


def group(name: str) -> list[str]:
    """What a dependency group asks for."""
    return list(tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"][name])


def house() -> list[str]:
    """What the packages require from others, and what is needed to develop them."""
    names = group("dev")
    for path in sorted(ROOT.glob("packages/*/pyproject.toml")):
        project = tomllib.loads(path.read_text())["project"]
        names += project["dependencies"]
        for extra in project.get("optional-dependencies", {}).values():
            names += extra
    return [name for name in names if not name.startswith("antiphon-")]


LOCKS: dict[str, Callable[[], list[str]]] = {
    "constraints.txt": house,
    "tests/journeys/qt-constraints.txt": lambda: group("qt"),
    "tests/ecosystem/constraints.txt": lambda: group("ecosystem"),
}
"""What is wanted in each lock."""


def write(file: str, *, keep: bool) -> int:
    command = [
        str(Path(sys.executable).parent / "uv"), "pip", "compile", "-", "--universal", "--python-version", "3.11",
        "--generate-hashes", "--no-header", "--no-annotate", "-o", str(ROOT / file), "-q",
        *([] if keep else ["--upgrade"]),
    ]  # fmt: skip
    return subprocess.run(command, input="\n".join(sorted(set(LOCKS[file]()))), text=True, check=False).returncode


def main(words: list[str]) -> int:
    files = [word for word in words if not word.startswith("-")]
    return max(write(file, keep="--keep" in words) for file in files or LOCKS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
