"""What a kernel and a client load at start: told by the list of modules, not by a clock."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {
    "asyncio",
    "concurrent.futures",
    "contextlib2",
    "dataclasses",
    "email",
    "ctypes",
    "importlib.metadata",
    "json",
    "jupyter_core",
    "logging",
    "multiprocessing",
    "pathlib",
    "random",
    "secrets",
    "select",
    "selectors",
    "shutil",
    "socket",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "traitlets",
    "zmq",
}


def loaded(*modules: str) -> set[str]:
    """What importing these adds to an interpreter that has msgspec: what msgspec loads is not our choice."""
    code = (
        "import sys, json, msgspec; before = set(sys.modules)\n"
        + "".join(f"import {module}\n" for module in modules)
        + "added = sorted(set(sys.modules) - before); import json; print(json.dumps(added))"
    )
    code = code.replace("import sys, json, msgspec", "import sys, msgspec")
    done = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    return set(json.loads(done.stdout))


PACKAGE = "antiphon_wire_protocol"


@pytest.mark.parametrize(
    "modules",
    [
        ("errors",),
        ("message.session", "message.content", "discovery.connection"),
        ("message.conversation", "message.v4"),
        ("discovery.paths", "discovery.kernelspec"),
    ],
)
def test_messages_and_discovery_load_nothing_heavy(modules: tuple[str, ...]) -> None:
    assert loaded(*(f"{PACKAGE}.{module}" for module in modules)) & HEAVY == set()


def test_a_kernels_part_of_the_package_is_this_and_no_more() -> None:
    ours = {
        name.removeprefix(f"{PACKAGE}.")
        for name in loaded(f"{PACKAGE}.message.session", f"{PACKAGE}.discovery.connection")
        if name.startswith(PACKAGE)
    }
    assert ours == {
        PACKAGE,
        "errors",
        "message",
        "message.codec",
        "message.content",
        "message.messages",
        "message.session",
        "message.signing",
        "discovery",
        "discovery.connection",
    }


def test_the_package_itself_loads_nothing() -> None:
    assert {name for name in loaded(PACKAGE) if name.startswith(PACKAGE)} == {PACKAGE}
