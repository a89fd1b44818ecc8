"""Finding a connection file by a shell, and what ssh said in one line; the tunnel itself is driven in the journeys."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon_console_client.backend import Gone
from antiphon_console_client.ssh import Tunnel, find_script, last_line

NAMES = ("kernel-1234.json", "kernel-abcd.json", "kernel-a b'c.json", "other.json")


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "runtime"
    folder.mkdir(parents=True)
    for age, name in enumerate(NAMES):
        path = folder / name
        path.write_text(f"this is {name}")
        os.utime(path, (1e9 - age, 1e9 - age))
    return folder


def printed(script: str, folder: Path, **environ: str) -> str:
    done = subprocess.run(
        ["sh", "-c", script],
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environ},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("", "kernel-1234.json"),
        ("latest", "kernel-1234.json"),
        ("abcd", "kernel-abcd.json"),
        ("bc", "kernel-abcd.json"),
        ("kernel-abcd.json", "kernel-abcd.json"),
        ("other.json", "other.json"),
        ("kernel-a*", "kernel-abcd.json"),
        ("kernel-[a-c]*.json", "kernel-abcd.json"),
        ("a b'c", "kernel-a b'c.json"),
        ("kernel-?234*", "kernel-1234.json"),
        ("nosuch", ""),
        ("*nosuch*", ""),
    ],
)
def test_files_by_name(runtime: Path, tmp_path: Path, name: str, found: str) -> None:
    said = printed(find_script(name), tmp_path, JUPYTER_DATA_DIR=str(runtime.parent))
    assert said == (f"this is {found}" if found else "")


def test_a_path_is_itself(runtime: Path, tmp_path: Path) -> None:
    path = runtime / "kernel-a b'c.json"
    assert printed(find_script(str(path)), tmp_path) == "this is kernel-a b'c.json"


def test_the_newest_of_all_folders(runtime: Path, tmp_path: Path) -> None:
    other = tmp_path / "run" / "jupyter"
    other.mkdir(parents=True)
    (other / "kernel-x.json").write_text("newer")
    environ = {"JUPYTER_DATA_DIR": str(runtime.parent), "XDG_RUNTIME_DIR": str(tmp_path / "run")}
    assert printed(find_script(""), tmp_path, **environ) == "newer"
    assert printed(find_script("abcd"), tmp_path, **environ) == "this is kernel-abcd.json"


def test_a_folder_that_is_named_is_the_only_one(runtime: Path, tmp_path: Path) -> None:
    named = tmp_path / "named"
    named.mkdir()
    environ = {"JUPYTER_DATA_DIR": str(runtime.parent), "JUPYTER_RUNTIME_DIR": str(named)}
    assert printed(find_script(""), tmp_path, **environ) == ""
    assert printed(find_script("abcd"), tmp_path, **environ) == ""
    (named / "kernel-x.json").write_text("this one")
    assert printed(find_script(""), tmp_path, **environ) == "this one"


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\0"), min_size=1))
def test_no_name_is_a_command(tmp_path: Path, name: str) -> None:
    before = os.listdir(tmp_path)
    for each in (
        name,
        f"$(touch pwned){name}",
        f"`touch pwned`*{name}",
        f"[;touch pwned;]{name}",
        f"'; touch pwned; '{name}",
    ):
        printed(find_script(each), tmp_path)
    assert os.listdir(tmp_path) == before


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (b"", ""),
        (b"ssh: Could not resolve hostname far: Name or service not known\r\n", "Could not resolve hostname far: Name"),
        (b"far: Permission denied (publickey).\n", "Permission denied (publickey)."),
        (b"@@@@\nWARNING\nHost key verification failed.\n\n", "Host key verification failed."),
        (b"Warning: Permanently added 'far' (ED25519) to the list of known hosts.\n", ""),
        (b"\xff broken", "\ufffd broken"),
    ],
)
def test_the_last_that_ssh_said(said: bytes, line: str) -> None:
    assert last_line(said, "far").startswith(line)
    assert bool(last_line(said, "far")) == bool(line)


def test_a_host_is_not_an_option() -> None:
    with pytest.raises(Gone, match="takes USER@HOST"):
        Tunnel("-oProxyCommand=touch pwned")


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(Gone, match="no program `no-such-ssh`"):
        Tunnel("far", program=["no-such-ssh"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("echo 'no route' >&2; exit 255", "ssh far: no route"),
        ("exit 3", "ssh far: it ended without a word"),
        ("echo garbage", "ssh far: it ended without a word"),
    ],
)
def test_a_program_that_fails(tmp_path: Path, text: str, says: str) -> None:
    program = tmp_path / "ssh"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o700)
    with pytest.raises(Gone, match=says):
        Tunnel("far", program=[str(program)])
