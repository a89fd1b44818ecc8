from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_exec_core.history import History, default_path, read_ranges


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "profile" / "history.sqlite")


@pytest.fixture
def earlier(path: str) -> Iterator[str]:
    """A file with two closed sessions."""
    for session in (1, 2):
        history = History(path)
        for number in (1, 2, 3):
            history.append(number, f"raw {session}.{number}", f"run {session}.{number}")
        history.close()
    yield path


@contextmanager
def locked(path: str) -> Iterator[None]:
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        lock.execute("ROLLBACK")
        lock.close()


@contextmanager
def unwritable(path: str) -> Iterator[None]:
    """The file cannot be written, not by root either: its header tells of a future format that may only be read."""
    content = Path(path).read_bytes()
    Path(path).write_bytes(content[:18] + b"\x03" + content[19:])
    try:
        yield
    finally:
        Path(path).write_bytes(content)


def rows(path: str, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_nothing_is_opened_before_the_first_append(path: str) -> None:
    history = History(path)
    history.close()
    assert not os.path.exists(path)


def test_appended_entries_are_readable_before_they_are_written(path: str) -> None:
    history = History(path)
    history.append(1, "%pwd", "get_ipython()...")
    assert history.range() == [(0, 1, "%pwd")]
    assert history.range(raw=False) == [(0, 1, "get_ipython()...")]
    history.close()


def test_written_with_the_schema_that_ipython_reads(path: str) -> None:
    history = History(path, log_output=True)
    history.append(1, "!ls", "get_ipython().system('ls')")
    history.append_output(1, "'out'")
    assert history.flush()
    assert rows(path, "SELECT session, line, source, source_raw FROM history") == [
        (1, 1, "get_ipython().system('ls')", "!ls")
    ]
    assert rows(path, "SELECT * FROM output_history") == [(1, 1, "'out'")]
    history.close()
    assert rows(path, "SELECT session, num_cmds, remark FROM sessions") == [(1, 1, "")]
    assert rows(path, "SELECT end FROM sessions")[0][0] is not None


def test_the_file_is_the_owners_only(path: str) -> None:
    history = History(path)
    history.append(1, "a", "a")
    history.close()
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_sessions_are_numbered_on(earlier: str) -> None:
    history = History(earlier)
    assert history.session_number == 3
    history.close()


def test_tail_goes_on_into_earlier_sessions(earlier: str) -> None:
    history = History(earlier)
    history.append(1, "now", "now")
    assert history.tail(3) == [(2, 2, "raw 2.2"), (2, 3, "raw 2.3"), (3, 1, "now")]
    assert history.tail(1, raw=False) == [(3, 1, "now")]
    assert history.tail(0) == []
    history.close()


def test_range_by_absolute_and_relative_session(earlier: str) -> None:
    history = History(earlier)
    assert history.range(1, 2, 3) == [(1, 2, "raw 1.2")]
    assert [entry[1] for entry in history.range(-1)] == [1, 2, 3]
    assert history.range(-1, 3, raw=False) == [(2, 3, "run 2.3")]
    assert history.range(99) == []
    history.close()


def test_search_by_glob_and_unique(earlier: str) -> None:
    history = History(earlier)
    history.append(1, "raw 1.2", "x")
    assert [entry[:2] for entry in history.search("*.2")] == [(1, 2), (2, 2), (3, 1)]
    assert [entry[:2] for entry in history.search("*.2", unique=True)] == [(2, 2), (3, 1)]
    assert history.search("*.2", n=1) == [(3, 1, "raw 1.2")]
    assert history.search("nothing*") == []
    history.close()


def test_outputs_come_with_the_source(path: str) -> None:
    history = History(path)
    history.append(1, "1", "1")
    history.append_output(1, "one")
    history.append(2, "2", "2")
    assert history.range(output=True) == [(0, 1, ("1", "one")), (0, 2, ("2", None))]
    history.close()


def test_the_results_that_are_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("antiphon_exec_core.history._OUTPUTS", 1000)
    history = History(None)
    for number in range(1, 21):
        history.append(number, "x", "x")
        history.append_output(number, "y" * 100)
    assert [number for _, number, (_, text) in history.range(output=True) if text] == list(range(11, 21))
    history.append_output(20, "z" * 5000)
    assert history.range(start=20, output=True) == [(0, 20, ("x", "z" * 5000))]


def test_in_memory_only() -> None:
    for history in (History(None), History(":memory:")):
        history.append(1, "a", "a")
        assert history.tail() == [(1, 1, "a")]
        assert history.session_number == 1
        assert history.flush()
        history.close()


def test_a_corrupt_file_is_put_aside(path: str) -> None:
    os.makedirs(os.path.dirname(path))
    Path(path).write_bytes(b"this is not a database, whatever its name says" * 100)
    history = History(path)
    history.append(1, "a", "a")
    assert history.flush()
    history.close()
    assert rows(path, "SELECT source_raw FROM history") == [("a",)]
    assert len([name for name in os.listdir(os.path.dirname(path)) if "corrupt" in name]) == 1


def test_a_locked_file_never_blocks_an_append_and_is_written_later(earlier: str) -> None:
    lock = sqlite3.connect(earlier, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    history = History(earlier)
    begun = time.perf_counter()
    for number in range(1, 1001):
        history.append(number, f"cell {number}", "x")
    assert time.perf_counter() - begun < 0.2
    assert len(history.range()) == 1000
    lock.execute("ROLLBACK")
    lock.close()
    assert history.flush()
    history.close()
    assert rows(earlier, "SELECT count(*) FROM history WHERE session = 3") == [(1000,)]


def test_a_locked_file_blocks_neither_reading_nor_the_end(earlier: str, capfd: pytest.CaptureFixture[str]) -> None:
    with locked(earlier):
        history = History(earlier)
        for number in range(1, 4):
            history.append(number, f"cell {number}", "x")
        begun = time.perf_counter()
        assert [entry[2] for entry in history.tail()] == ["cell 1", "cell 2", "cell 3"]
        assert history.range(-1) == []
        history.close()
        assert time.perf_counter() - begun < 6
    assert capfd.readouterr().err == f"history: 3 cells not written to {earlier}: database is locked\n"


def test_a_disk_that_does_not_answer_blocks_neither_reading_nor_the_end(
    earlier: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("antiphon_exec_core.history._BUSY", 60)  # both threads are stuck in SQLite
    monkeypatch.setattr("antiphon_exec_core.history._PATIENCE", 0.1)
    with locked(earlier):
        history = History(earlier)
        history.append(1, "cell", "x")
        begun = time.perf_counter()
        assert history.search("raw*") == []
        history.close(timeout=0.5)
        assert time.perf_counter() - begun < 10
        expected = f"history: 1 cell not written to {earlier}: the disk did not answer within 0.5 s\n"
        assert capfd.readouterr().err == expected


def test_a_read_only_file_is_read_and_told_of(earlier: str, capfd: pytest.CaptureFixture[str]) -> None:
    with unwritable(earlier):
        history = History(earlier)
        history.append(1, "cell", "x")
        assert not history.flush()
        history.append(2, "cell", "x")
        assert [entry[2] for entry in history.tail(3)] == ["raw 2.3", "cell", "cell"]
        history.close()
    said = capfd.readouterr().err
    assert said.startswith(f"history: 2 cells not written to {earlier}: ") and said.count("\n") == 1


def test_what_no_longer_fits_is_counted(
    earlier: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("antiphon_exec_core.history._UNWRITTEN", 10)
    with locked(earlier):
        history = History(earlier)
        for number in range(1, 26):
            history.append(number, "cell", "x")
        history.close()
    assert "history: 25 cells not written" in capfd.readouterr().err


def test_all_written_is_nothing_to_tell(path: str, capfd: pytest.CaptureFixture[str]) -> None:
    history = History(path)
    history.append(1, "cell", "x")
    history.close()
    assert capfd.readouterr().err == ""


def test_a_long_file_is_read_no_further_than_needed(path: str) -> None:
    history = History(path)
    for number in range(1, 2001):
        history.append(number, f"cell {number}", "x")
    history.close()
    again = History(path)
    assert [entry[2] for entry in again.tail(2)] == ["cell 1999", "cell 2000"]
    assert len(again.search("*")) == 2000
    again.close()


def test_a_place_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    history = History(str(tmp_path / "file" / "history.sqlite"))
    history.append(1, "a", "a")
    history.flush()
    assert history.tail() == [(1, 1, "a")]
    history.close()


def test_append_imports_no_sqlite(path: str) -> None:
    code = (
        "import sys; from antiphon_exec_core.history import History\n"
        f"h = History({path!r}); h.append(1, 'a', 'a')\n"
        "assert 'sqlite3' not in sys.modules and 'logging' not in sys.modules\n"
        "h.close(); assert 'sqlite3' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_writes_a_session_of_its_own(path: str) -> None:
    code = (
        "import os; from antiphon_exec_core.history import History\n"
        f"h = History({path!r}); h.append(1, 'parent', 'x'); h.flush()\n"
        "if os.fork() == 0:\n"
        "    h.append(2, 'child', 'x'); h.close(); os._exit(0)\n"
        "os.wait(); h.close()"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=20)
    assert rows(path, "SELECT session, source_raw FROM history") == [(1, "parent"), (2, "child")]


def test_default_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTIPHON_HOME", "/somewhere")
    assert default_path() == os.path.join("/somewhere", "profile_default", "history.sqlite")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", [(0, 3, 4)]),
        ("4-6", [(0, 4, 7)]),
        ("4-", [(0, 4, None)]),
        ("1 3-4", [(0, 1, 2), (0, 3, 5)]),
        ("243/1-5", [(243, 1, 6)]),
        ("~4", [(-4, 1, None)]),
        ("~4/", [(-4, 1, None)]),
        ("~1/7", [(-1, 7, 8)]),
        ("~8/1-~6/5", [(-8, 1, None), (-7, 1, None), (-6, 1, 6)]),
        ("~2/3-4", [(-2, 3, 5)]),
    ],
)
def test_ranges(text: str, expected: list[tuple[int, int, int | None]]) -> None:
    assert read_ranges(text) == expected


@settings(deadline=None)  # a loaded machine is no failure
@given(st.text(alphabet="0123456789~/- abc", max_size=20))
def test_ranges_of_any_text_give_ranges_or_say_what_is_wrong(text: str) -> None:
    try:
        for session, start, stop in read_ranges(text):
            assert isinstance(session, int) and start >= 0 and (stop is None or isinstance(stop, int))
    except ValueError:
        pass
