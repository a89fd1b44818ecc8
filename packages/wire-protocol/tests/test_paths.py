from __future__ import annotations

import os
import socket
import stat
import sys
from pathlib import Path

import pytest
from jupyter_core.paths import jupyter_path

from antiphon_wire_protocol.discovery.connection import ConnectionInfo, write_connection_file
from antiphon_wire_protocol.discovery.paths import (
    connection_file_path,
    find_connection_file,
    install_folder,
    kernel_folders,
    runtime_folder,
)
from antiphon_wire_protocol.errors import BadConnectionFile


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def connection_files(home: Path, *names: str) -> None:
    """Make files, each written a second after the one before."""
    for age, name in enumerate(names):
        path = Path(runtime_folder()) / name
        path.write_text("{}")
        os.utime(path, (2000 - age, 1000 + age))


def test_kernels_are_looked_for_where_jupyter_looks(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_PATH", os.pathsep.join([str(home / "one"), str(home / "two")]))
    folders = kernel_folders()
    assert folders[:2] == [str(home / "one" / "kernels"), str(home / "two" / "kernels")]
    assert folders[:-1] == jupyter_path("kernels")
    assert folders[-1] == str(home / "ipython" / "kernels")


@pytest.mark.parametrize("preferred", [True, False])
def test_environment_or_user_first(home: Path, monkeypatch: pytest.MonkeyPatch, preferred: bool) -> None:
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", str(int(preferred)))
    folders = kernel_folders()
    environment = folders.index(os.path.join(sys.prefix, "share", "jupyter", "kernels"))
    assert (environment < folders.index(str(home / "data" / "kernels"))) is preferred


def test_where_kernelspecs_are_installed(home: Path) -> None:
    assert install_folder(user=True) == str(home / "data" / "kernels")
    assert install_folder(prefix="/p") == os.path.abspath("/p/share/jupyter/kernels")
    assert install_folder(prefix=sys.prefix) in kernel_folders()
    assert install_folder() in kernel_folders()


def test_the_runtime_folder_is_its_owners_alone(home: Path) -> None:
    before = os.umask(0)
    try:
        folder = runtime_folder()
    finally:
        os.umask(before)
    assert folder == str(home / "runtime")
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    assert connection_file_path("abc") == str(home / "runtime" / "kernel-abc.json")


def test_a_connection_file_is_found_by_path_name_or_part(home: Path) -> None:
    connection_files(home, "kernel-one.json", "kernel-two.json", "other-three.json")
    one = str(home / "runtime" / "kernel-one.json")
    assert find_connection_file(one) == one
    assert find_connection_file("kernel-one.json") == one
    assert find_connection_file("one") == one
    assert find_connection_file("kernel-o*") == one
    (home / "mine.json").write_text("{}")
    assert find_connection_file("mine.json") == str(home / "mine.json")


def test_of_several_the_one_written_last(home: Path) -> None:
    connection_files(home, "kernel-1.json", "kernel-2.json", "kernel-3.json")
    assert find_connection_file() == find_connection_file("kernel") == str(home / "runtime" / "kernel-3.json")


def test_an_id_is_meant_before_a_part_of_one(home: Path) -> None:
    connection_files(home, "kernel-one.json", "kernel-one-more.json")
    assert find_connection_file("one") == str(home / "runtime" / "kernel-one.json")
    assert (
        find_connection_file("on") == find_connection_file("latest") == str(home / "runtime" / "kernel-one-more.json")
    )


def test_where_there_is_a_choice_the_dead_are_passed_over(home: Path) -> None:
    connection_files(home, "kernel-1.json", "kernel-2.json", "kernel-3.json")
    with socket.create_server(("127.0.0.1", 0)) as server:
        write_connection_file(home / "runtime" / "kernel-1.json", ConnectionInfo(hb_port=server.getsockname()[1]))
        os.utime(home / "runtime" / "kernel-1.json", (1000, 1000))
        assert find_connection_file() == str(home / "runtime" / "kernel-1.json")
        os.utime(home / "runtime" / "kernel-2.json")  # a kernel that may be starting
        assert find_connection_file() == str(home / "runtime" / "kernel-2.json")
    assert find_connection_file("kernel-3") == str(home / "runtime" / "kernel-3.json"), "what is named is taken"


def test_none_is_an_error_that_says_where_it_was_looked_for(home: Path) -> None:
    with pytest.raises(BadConnectionFile, match="of any kernel"):
        find_connection_file()
    connection_files(home, "jpserver-1.json")
    with pytest.raises(BadConnectionFile, match=rf"x in .* {home / 'runtime'}"):
        find_connection_file("x")
