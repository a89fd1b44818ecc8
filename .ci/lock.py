"""Write constraints.txt: every third-party version, with hashes, for all Pythons and systems we support."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def wanted() -> list[str]:
    """What the packages require from others, and what is needed to develop them."""
    names = list(tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["dev"])
    for path in sorted(ROOT.glob("packages/*/pyproject.toml")):
        project = tomllib.loads(path.read_text())["project"]
        names += project["dependencies"]
        for extra in project.get("optional-dependencies", {}).values():
            names += extra
    return sorted({name for name in names if not name.startswith("antiphon-")})


def main() -> int:
    command = [
        str(Path(sys.executable).parent / "uv"), "pip", "compile", "-", "--universal", "--python-version", "3.11",
        "--generate-hashes", "--no-header", "--no-annotate", "--upgrade", "-o", str(ROOT / "constraints.txt"), "-q",
    ]  # fmt: skip
    return subprocess.run(command, input="\n".join(wanted()), text=True, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
