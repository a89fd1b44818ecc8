"""The kernelspec that `make` installs: that of this environment, for our own search and for Jupyter's alike."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from antiphon_wire_protocol.discovery.kernelspec import find_kernelspec
from antiphon_wire_protocol.manager.blocking import BlockingKernelManager

HOME = Path(sys.prefix, "share", "jupyter", "kernels", "antiphon")


@pytest.fixture
def decoy(tmp_path, monkeypatch):
    """A kernel of the same name in the user's own folder."""
    folder = tmp_path / "kernels" / "antiphon"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps({"argv": ["/bin/false"], "display_name": "decoy", "language": "x"}))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("JUPYTER_PATH", raising=False)
    return folder


def test_jupyter_finds_the_one_of_this_environment(decoy):
    spec = KernelSpecManager().get_kernel_spec("antiphon")
    assert Path(spec.resource_dir) == HOME
    assert spec.argv[:3] == [sys.executable, "-m", "antiphon_python_kernel"]


def test_we_find_the_one_that_jupyter_finds(decoy):
    assert find_kernelspec("antiphon").argv == KernelSpecManager().get_kernel_spec("antiphon").argv


def test_both_prefer_the_users_when_told_so(decoy, monkeypatch):
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    assert KernelSpecManager().get_kernel_spec("antiphon").argv == ["/bin/false"]
    assert find_kernelspec("antiphon").argv == ["/bin/false"]


def test_it_runs_on_the_interpreter_that_installed_it():
    with BlockingKernelManager("antiphon") as manager, manager.client() as client:
        reply = client.execute(f"import sys; assert sys.prefix == {sys.prefix!r}")
    assert reply.status == "ok"
