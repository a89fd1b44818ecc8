"""Install one package, its declared requirements and its test requirements into this environment, and nothing else.

Its siblings come as wheels built from this checkout; third-party versions are those of constraints.txt.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
RUNNER = ["pytest", "pytest-timeout", "pytest-xdist"]


def versions_only(locked: str) -> str:
    """The lock without its hashes: pip refuses wheels built here beside hashed requirements."""
    return "\n".join(line.removesuffix(" \\") for line in locked.splitlines() if not line.startswith("    --hash"))


def pip(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *words], check=True)


def distributions() -> list[str]:
    """What our packages are called on an index."""
    found = sorted(ROOT.glob("packages/*/pyproject.toml"))
    return [str(tomllib.loads(path.read_text())["project"]["name"]) for path in found]


def main(package: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder, "constraints.txt")
        constraints.write_text(versions_only((ROOT / "constraints.txt").read_text()))
        pip(
            "wheel",
            "-q",
            "--no-deps",
            "-w",
            folder,
            *(str(path.parent) for path in sorted(ROOT.glob("packages/*/pyproject.toml"))),
        )
        # The last of them is called as the product is.
        name = package if package == "antiphon" else f"antiphon_{package.replace('-', '_')}"
        wheel = next(Path(folder).glob(f"{name}-*.whl"))
        # An environment that is used again has our packages of last time, under the same version.
        pip("uninstall", "-q", "-y", *distributions())
        pip("install", "-q", "--find-links", folder, "-c", str(constraints), f"{wheel}[test]", *RUNNER)


if __name__ == "__main__":
    main(sys.argv[1])
