"""Kernels started here keep their histories and settings to themselves."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def nobody(tmp_path_factory):
    """What a kernel writes is nobody's: neither history grows by a test, nor does a user's setting change one."""
    folder = tmp_path_factory.mktemp("nobody")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("ANTIPHON_HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR"):
            patch.setenv(name, str(folder / name.lower()))
        yield
