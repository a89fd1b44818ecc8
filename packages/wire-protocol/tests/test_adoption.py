"""A record on disk, and whether the process it names is still the one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from antiphon_wire_protocol.errors import NoSuchKernel
from antiphon_wire_protocol.manager import adoption
from antiphon_wire_protocol.manager.adoption import KernelRecord


@pytest.fixture
def record(tmp_path: Path) -> KernelRecord:
    started = adoption.start_time(os.getpid())
    assert started is not None
    return KernelRecord(
        pid=os.getpid(),
        start_time=started,
        boot_id=adoption.boot_id(),
        kernel_name="antiphon",
        kernel_id="k",
        connection_file=str(tmp_path / "kernel-k.json"),
    )


def test_a_record_is_read_as_it_was_written(record: KernelRecord) -> None:
    path = adoption.write_record(record)
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert adoption.read_record(record.connection_file) == record


def test_a_record_that_is_missing_or_broken(record: KernelRecord) -> None:
    with pytest.raises(NoSuchKernel, match="No such file"):
        adoption.read_record(record.connection_file)
    for text in ("", "{}", '{"pid": "x"}', "\xff"):
        Path(adoption.record_path(record.connection_file)).write_text(text, encoding="latin-1")
        with pytest.raises(NoSuchKernel, match="process record"):
            adoption.read_record(record.connection_file)


def test_the_process_itself(record: KernelRecord) -> None:
    adoption.check_process(record)


def test_another_process_of_the_same_number(record: KernelRecord) -> None:
    with pytest.raises(NoSuchKernel, match="is another one by now"):
        adoption.check_process(msgspec.structs.replace(record, start_time=record.start_time - 1))


def test_another_boot(record: KernelRecord) -> None:
    with pytest.raises(NoSuchKernel, match="started anew"):
        adoption.check_process(msgspec.structs.replace(record, boot_id="another"))


def test_a_process_that_has_ended_even_when_nobody_took_notice(record: KernelRecord) -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert adoption.start_time(child.pid) is None  # a zombie
    with pytest.raises(NoSuchKernel, match="has ended"):
        adoption.check_process(msgspec.structs.replace(record, pid=child.pid))
    child.wait()
