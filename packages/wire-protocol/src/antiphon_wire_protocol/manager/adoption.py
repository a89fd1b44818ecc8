"""Kernels that outlive the process that started them: what is written down, and how one is known again.

A pid alone proves nothing, since it may have a new owner. The boot id, the time the process started and a kernel_info
reply signed with the key of the connection file do, together.
"""

from __future__ import annotations

import os

import msgspec

from antiphon_wire_protocol.errors import NoSuchKernel


class KernelRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What identifies a running kernel. `start_time` is in clock ticks since boot (proc(5), stat, field 22)."""

    pid: int
    start_time: int
    boot_id: str
    kernel_name: str
    kernel_id: str
    connection_file: str


def record_path(connection_file: str) -> str:
    return connection_file.removesuffix(".json") + ".process"


def write_record(record: KernelRecord) -> str:
    """Write a record beside its connection file; its path."""
    path = record_path(record.connection_file)
    fresh = f"{path}.{os.urandom(4).hex()}"
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.encode(record))
    os.replace(fresh, path)
    return path


def read_record(connection_file: str) -> KernelRecord:
    """The record of the kernel with this connection file. Raises `NoSuchKernel`."""
    path = record_path(connection_file)
    try:
        with open(path, "rb") as file:
            return msgspec.json.decode(file.read(), type=KernelRecord)
    except OSError as error:
        raise NoSuchKernel(f"process record {path}: {error.strerror}") from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NoSuchKernel(f"process record {path}: {error}") from None


def check_process(record: KernelRecord) -> None:
    """Raises `NoSuchKernel`, saying why, unless the recorded process is running."""
    if record.boot_id != boot_id():
        raise NoSuchKernel(f"kernel {record.kernel_id}: the machine was started anew since it ran")
    started = start_time(record.pid)
    if started is None:
        raise NoSuchKernel(f"kernel {record.kernel_id}: process {record.pid} has ended")
    if started != record.start_time:
        raise NoSuchKernel(f"kernel {record.kernel_id}: process {record.pid} is another one by now")


def start_time(pid: int) -> int | None:
    """When a process started, in clock ticks since boot; None when there is none, or when it is a zombie."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name, in parentheses, may hold anything; the fields after it do not.
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in (b"Z", b"X") else int(fields[19])


def boot_id() -> str:
    """The identity of this run of the machine. Raises `NoSuchKernel` where the system tells none."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        raise NoSuchKernel("this system does not tell one process from its successor: nothing can be adopted") from None
