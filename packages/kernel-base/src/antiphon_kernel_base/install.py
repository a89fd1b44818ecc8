"""Write a kernelspec for a kernel, where Jupyter looks for it: ``python -m mykernel install``."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

from antiphon_wire_protocol.message.messages import PROTOCOL_VERSION


def kernel_json(
    argv: Sequence[str],
    display_name: str,
    language: str,
    *,
    env: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The content of a kernel.json (jupyter_client documentation, "Kernel specs")."""
    return {
        "argv": list(argv),
        "display_name": display_name,
        "language": language,
        "interrupt_mode": "signal",
        "env": dict(env or {}),
        "metadata": dict(metadata or {}),
        "kernel_protocol_version": PROTOCOL_VERSION,
    }


def install(
    name: str,
    spec: Mapping[str, Any],
    *,
    user: bool = False,
    prefix: str | None = None,
    resources: str | None = None,
) -> str:
    """Install a kernelspec and return its folder: in the user's data folder, under `prefix`, or under this environment.

    `resources` is a folder whose files (logos) are copied beside kernel.json. An older spec of that name is replaced as
    a whole; nobody ever finds half of one. Raises `OSError` when the folder cannot be written.
    """
    if user:
        from jupyter_core.paths import jupyter_data_dir

        root = jupyter_data_dir()
    else:
        root = os.path.join(prefix or sys.prefix, "share", "jupyter")
    parent = os.path.join(root, "kernels")
    target = os.path.join(parent, name.lower())
    os.makedirs(parent, exist_ok=True)
    fresh = tempfile.mkdtemp(prefix=f".{name}-", dir=parent)
    try:
        os.chmod(fresh, 0o755)
        if resources is not None:
            shutil.copytree(resources, fresh, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        with open(os.path.join(fresh, "kernel.json"), "w", encoding="utf-8") as file:
            json.dump(spec, file, indent=1)
            file.write("\n")
        if os.path.isdir(target):
            old = tempfile.mkdtemp(prefix=f".{name}-old-", dir=parent)
            os.rename(target, os.path.join(old, name))
            os.rename(fresh, target)
            shutil.rmtree(old)
        else:
            os.rename(fresh, target)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return target
