"""Async tests run on a loop of their own, and never for ever."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon_wire_protocol.discovery.kernelspec import KernelSpec

LIMIT = 30.0


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}

    async def limited() -> None:
        async with asyncio.timeout(LIMIT):
            await pyfuncitem.obj(**arguments)

    asyncio.run(limited())
    return True


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runtime folder of the test's own, which must be empty again at its end."""
    folder = tmp_path / "r"
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(folder))
    yield folder
    left = [str(path) for path in folder.rglob("*") if not path.is_dir()]
    assert left == [], "a kernel left files behind"


@pytest.fixture
def scripted(runtime: Path) -> KernelSpec:
    """A kernelspec of a kernel that starts fast and repeats what it is told; its sockets are files."""
    return KernelSpec(
        argv=[sys.executable, "-m", "antiphon_wire_protocol.testing", "{connection_file}"],
        name="scripted",
        metadata={"antiphon": {"transport": "ipc"}},
    )
