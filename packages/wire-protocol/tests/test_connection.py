from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_wire_protocol.discovery.connection import (
    CHANNELS,
    ConnectionInfo,
    connection_fields,
    connection_info,
    read_connection_file,
    write_connection_file,
)
from antiphon_wire_protocol.errors import BadConnectionFile, NoSuchKernel

INFO = ConnectionInfo(
    shell_port=1, iopub_port=2, stdin_port=3, control_port=4, hb_port=5, key="secret", kernel_name="k"
)


def test_urls() -> None:
    assert [INFO.url(channel) for channel in CHANNELS] == [f"tcp://127.0.0.1:{port}" for port in (1, 2, 3, 4, 5)]
    ipc = ConnectionInfo(transport="ipc", ip="/run/k", shell_port=1)
    assert ipc.url("shell") == "ipc:///run/k-1"
    assert ConnectionInfo(ip="::1", hb_port=9).url("hb") == "tcp://[::1]:9"
    assert ConnectionInfo().url("shell") == "tcp://127.0.0.1:*"


def test_ports_by_channel() -> None:
    moved = INFO.with_ports(shell=10, hb=50)
    assert (moved.shell_port, moved.iopub_port, moved.hb_port, moved.key) == (10, 2, 50, "secret")
    assert INFO.shell_port == 1
    with pytest.raises(TypeError):
        INFO.with_ports(shall=1)


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "kernel.json"
    write_connection_file(path, INFO)
    assert read_connection_file(path) == INFO
    assert read_connection_file(str(path)).key_bytes == b"secret"


def test_upstreams_file_is_understood_and_ours_by_upstream(tmp_path: Path) -> None:
    from jupyter_client.connect import write_connection_file as write_theirs

    path = tmp_path / "theirs.json"
    _, theirs = write_theirs(str(path), key=b"abc", ip="127.0.0.1", kernel_name="python3")
    info = read_connection_file(path)
    assert (info.key, info.shell_port, info.kernel_name) == ("abc", theirs["shell_port"], "python3")
    assert json.loads(path.read_text()).items() <= connection_fields(info).items()


def test_unknown_fields_survive_a_rewrite(tmp_path: Path) -> None:
    path = tmp_path / "kernel.json"
    path.write_text(json.dumps({"shell_port": 7, "future": {"a": [1]}, "unknown_fields": 3}))
    write_connection_file(path, read_connection_file(path).with_ports(hb=8))
    written = json.loads(path.read_text())
    assert (written["future"], written["unknown_fields"], written["shell_port"], written["hb_port"]) == (
        {"a": [1]},
        3,
        7,
        8,
    )


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "kernel.json"
    before = os.umask(0)
    try:
        write_connection_file(path, INFO)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    write_connection_file(path, INFO)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_reader_ever_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "kernel.json"
    large = ConnectionInfo(key="x" * 50_000)
    write_connection_file(path, large)
    stop = threading.Event()

    def rewrite() -> None:
        while not stop.is_set():
            write_connection_file(path, large)

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        for _ in range(300):
            assert read_connection_file(path) == large
    finally:
        stop.set()
        writer.join()


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "kernel.json").mkdir()
    with pytest.raises(OSError):
        write_connection_file(tmp_path / "kernel.json", INFO)
    write_connection_file(tmp_path / "other.json", INFO)
    assert sorted(os.listdir(tmp_path)) == ["kernel.json", "other.json"]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "kernel.json").symlink_to(precious)
    write_connection_file(tmp_path / "kernel.json", INFO)
    assert precious.read_text() == "mine"
    assert read_connection_file(tmp_path / "kernel.json") == INFO


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"", "truncated"),
        (b"{", "truncated"),
        (b"[]", "Expected `object`"),
        (b"\xff", "invalid"),
        (b'{"ip": 3}', r"Expected `str`, got `int` - at `\$.ip`"),
        (b'{"shell_port": 70000}', r"<= 65535 - at `\$.shell_port`"),
        (b'{"shell_port": "many"}', r"\$.shell_port"),
        (b'{"transport": "pigeon"}', "pigeon"),
        (b'{"a":' * 10_000, "recursion"),
    ],
)
def test_a_bad_file_is_one_clear_error(tmp_path: Path, text: bytes, problem: str) -> None:
    path = tmp_path / "kernel.json"
    path.write_bytes(text)
    with pytest.raises(BadConnectionFile, match=problem) as caught:
        read_connection_file(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_no_kernel(tmp_path: Path) -> None:
    with pytest.raises(NoSuchKernel, match=r"nothing\.json: No such file"):
        read_connection_file(tmp_path / "nothing.json")
    with pytest.raises(BadConnectionFile, match="directory"):
        read_connection_file(tmp_path)


def test_text_ports_bytes_and_nulls_of_other_peers() -> None:
    info = connection_info({"shell_port": "5", "key": b"k", "kernel_name": None, "curve_publickey": None})
    assert (info.shell_port, info.key, info.kernel_name) == (5, "k", "")


def test_keys_do_not_end_up_in_logs() -> None:
    info = ConnectionInfo(key="very secret", curve_secretkey="hidden")
    assert "secret'" not in repr(info)
    assert "hidden" not in repr(info)
    assert "hmac-sha256" in repr(info)


def test_fields_that_are_not_used_are_not_written() -> None:
    assert not {"curve_publickey", "curve_secretkey", "jupyter_session"} & connection_fields(INFO).keys()
    assert connection_fields(ConnectionInfo(curve_publickey="p"))["curve_publickey"] == "p"


@given(
    st.dictionaries(
        st.sampled_from([*ConnectionInfo.__struct_fields__, "other"]), st.integers() | st.text() | st.none()
    )
)
def test_random_fields_are_a_connection_or_a_validation_error(fields: dict[str, object]) -> None:
    import msgspec

    try:
        info = connection_info(fields)
    except msgspec.ValidationError:
        return
    assert connection_info(connection_fields(info)) == info
