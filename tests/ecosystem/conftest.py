"""Which Python has the libraries: that of `.venv-ecosystem`, made by `make ecosystem`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

HOME = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def python() -> str:
    found = os.environ.get("ANTIPHON_ECOSYSTEM_PYTHON", str(HOME / ".venv-ecosystem" / "bin" / "python"))
    if not os.path.exists(found):
        if os.environ.get("ANTIPHON_REQUIRE"):
            pytest.fail(f"{found} is not there: make ecosystem")
        pytest.skip("the libraries are not installed: make ecosystem")
    return found
