"""What was typed, in this session and in earlier ones, over SQLite with IPython's schema.

The rule: a cell never waits for the disk, nor does the exit for long. `append` is a list append; one thread, woken at
most about once a second, imports sqlite3 and writes. The running session is answered from memory, so it is readable
before it is written; the file is read by a thread that is given up when it does not answer. What could not be written
is told in one line when the session ends.
"""

from __future__ import annotations

import fnmatch
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .profile import history_file

if TYPE_CHECKING:
    import sqlite3
    import threading

__all__ = ["Entry", "History", "default_path", "read_ranges"]

Entry = tuple[int, int, "str | tuple[str, str | None]"]
"""(session, number, source), or (session, number, (source, output)) if outputs were asked for; as in history_reply."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (session integer primary key autoincrement, start timestamp, end timestamp,
    num_cmds integer, remark text);
CREATE TABLE IF NOT EXISTS history (session integer, line integer, source text, source_raw text,
    PRIMARY KEY (session, line));
CREATE TABLE IF NOT EXISTS output_history (session integer, line integer, output text, PRIMARY KEY (session, line));
"""
_PAUSE = 1.0  # seconds the writer gathers rows before it writes
_BUSY = 0.5  # seconds a reader waits for a locked file before it answers from memory alone
_OUTPUTS = 10_000_000  # characters of results that are remembered
_PATIENCE = 2.0  # seconds a reader waits for a disk that does not answer
_CHUNK = 100  # rows that a reader hands over at once
_SPAN = 10_000  # sessions that one range may run over
_UNWRITTEN = 10_000  # rows kept for a file that stays locked; older ones are given up


def default_path() -> str:
    """`profile_default/history.sqlite` in our home."""
    return history_file()


class History:
    """The history of one session, and of the earlier ones in the same file.

    `path` None or ":memory:" keeps this session only, without SQLite. `log_output` also writes outputs to the file.
    Nothing is opened, read or started before the first `append` or question.
    """

    def __init__(self, path: str | None = None, *, log_output: bool = False) -> None:
        self.path = None if path == ":memory:" else path
        self.log_output = log_output
        self._rows: list[tuple[int, str, str]] = []
        self._outputs: dict[int, str] = {}
        self._outputs_size = 0
        self._unwritten: deque[tuple[str, tuple[Any, ...]]] = deque(maxlen=_UNWRITTEN)
        self._session: int | None = 1 if self.path is None else None
        self._writer: _Writer | None = None
        self._given_up = 0  # cells that can no longer be written
        self._trouble = ""  # why the last attempt to write failed
        self._put_aside: list[str] = []  # where damaged files are now

    # -- writing ------------------------------------------------------------------------------------------------------

    def append(self, number: int, raw: str, transformed: str) -> None:
        """Remember that cell `number` was typed as `raw` and run as `transformed`. Never blocks."""
        self._rows.append((number, raw, transformed))
        if self.path is not None:
            self._queue("history", (number, transformed, raw))
            self._wake()
        elif self._trouble:
            self._given_up += 1

    def append_output(self, number: int, text: str) -> None:
        """Remember the text of cell `number`'s result. Never blocks."""
        self._outputs_size += len(text) - len(self._outputs.get(number, ""))
        self._outputs[number] = text
        while len(self._outputs) > 1 and (len(self._outputs) > 1000 or self._outputs_size > _OUTPUTS):
            self._outputs_size -= len(self._outputs.pop(next(iter(self._outputs))))
        if self.path is not None and self.log_output:
            self._queue("output", (number, text))
            self._wake()

    def _queue(self, kind: str, values: tuple[Any, ...]) -> None:
        waiting = self._unwritten
        if len(waiting) == waiting.maxlen and waiting[0][0] == "history":
            self._given_up += 1  # the oldest makes room
        waiting.append((kind, values))

    def _wake(self) -> None:
        if self._writer is None or self._writer.pid != os.getpid():  # a forked child has no threads: it starts its own
            if self._writer is not None:
                self._session = None
            self._writer = _Writer(self)
        self._writer.wake()

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until everything is written; False when it could not be within `timeout` seconds."""
        if self.path is None or (not self._unwritten and self._session is not None):
            return True
        self._wake()
        assert self._writer is not None
        return self._writer.finish(timeout) and not self._unwritten

    def close(self, timeout: float = 2.0) -> None:
        """Write what is left and note the end of the session. Waits no longer than `timeout` seconds.

        Cells that could not be written are told of by one line on the process's standard error, as is a damaged file.
        """
        if self._writer is None or self._writer.pid != os.getpid():
            return
        path = self._writer.path
        self._queue("end", (len(self._rows),))
        in_time = self._writer.finish(timeout, stop=True)
        self._writer = None
        for name in self._put_aside if sys.__stderr__ is not None else ():
            print(f"history: {path} was damaged; it is kept as {name}, and a new one was begun", file=sys.__stderr__)
        lost = self._given_up + sum(kind == "history" for kind, _ in list(self._unwritten))
        if lost and sys.__stderr__ is not None:
            why = self._trouble if in_time or self._trouble else f"the disk did not answer within {timeout:g} s"
            print(
                f"history: {lost} {'cell' if lost == 1 else 'cells'} not written to {path}: {why}", file=sys.__stderr__
            )

    @property
    def session_number(self) -> int:
        """Number of this session in the file; 0 while the file cannot be written."""
        if self._session is None:
            self._queue("begin", ())
            self.flush(_BUSY * 2)
        return self._session or 0

    # -- reading ------------------------------------------------------------------------------------------------------

    def tail(self, n: int = 10, raw: bool = True, output: bool = False, unique: bool = False) -> list[Entry]:
        """The last `n` entries of all sessions, oldest first."""
        return self._newest(self._backwards(raw, output, None), n, unique)

    def search(
        self, pattern: str = "*", raw: bool = True, output: bool = False, n: int | None = None, unique: bool = False
    ) -> list[Entry]:
        """The last `n` entries (all when None) matching the glob `pattern` (`*`, `?`, `[...]`), oldest first."""
        return self._newest(self._backwards(raw, output, pattern), n, unique)

    def range(
        self, session: int = 0, start: int = 1, stop: int | None = None, raw: bool = True, output: bool = False
    ) -> list[Entry]:
        """Cells `start` up to but not including `stop` (None: to the end) of a session, oldest first.

        Session 0 is this one, a negative number counts back from it.
        """
        if session == 0 or session == self._session:
            rows = [row for row in self._rows if row[0] >= start and (stop is None or row[0] < stop)]
            return [self._entry(session, *row, raw, output) for row in rows]
        if session < 0:
            session += self.session_number
        where, values = "history.session = ? AND history.line >= ?", [session, start]
        if stop is not None:
            where += " AND history.line < ?"
            values.append(stop)
        return list(self._read(where, values, "history.line", raw, output))

    def _entry(self, session: int, number: int, raw_source: str, source: str, raw: bool, output: bool) -> Entry:
        text = raw_source if raw else source
        return (session, number, (text, self._outputs.get(number)) if output else text)

    def _backwards(self, raw: bool, output: bool, pattern: str | None) -> Iterator[Entry]:
        """Entries from the newest to the oldest; the file is opened only when this session has been used up."""
        session: int | None = None
        for row in reversed(self._rows):
            if pattern is None or fnmatch.fnmatchcase(row[1] if raw else row[2], pattern):
                if session is None:
                    session = self.session_number
                yield self._entry(session, *row, raw, output)
        where, values = "history.session != ?", [self._session or 0]
        if pattern is not None:
            where += f" AND {'source_raw' if raw else 'source'} GLOB ?"
            values.append(pattern)  # type: ignore[arg-type]
        yield from self._read(where, values, "history.session DESC, history.line DESC", raw, output)

    @staticmethod
    def _newest(entries: Iterable[Entry], n: int | None, unique: bool) -> list[Entry]:
        found: list[Entry] = []
        seen = set()
        if n is not None and n <= 0:
            return []
        for entry in entries:
            if unique:
                text = entry[2] if isinstance(entry[2], str) else entry[2][0]
                if text in seen:
                    continue
                seen.add(text)
            found.append(entry)
            if len(found) == n:
                break
        found.reverse()
        return found

    def _read(self, where: str, values: list[Any], order: str, raw: bool, output: bool) -> Iterator[Entry]:
        """Rows of the file. A reader has its own connection, so it may be called from any thread; no file, no rows."""
        if self.path is None:
            return
        column = "source_raw" if raw else "source"
        query = f"SELECT history.session, history.line, {column}"
        query += ", output" if output else ""
        query += " FROM history"
        query += " LEFT JOIN output_history USING (session, line)" if output else ""
        for row in _rows_of(self.path, f"{query} WHERE {where} ORDER BY {order}", values):
            yield (row[0], row[1], (row[2], row[3]) if output else row[2])


def _rows_of(path: str, query: str, values: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Rows of the file as they come, as far as they come in time. One that is locked or damaged gives none."""
    import sqlite3
    from queue import Empty, Full, Queue
    from threading import Event, Thread

    chunks: Queue[list[tuple[Any, ...]]] = Queue(2)
    enough = Event()

    def put(chunk: list[tuple[Any, ...]]) -> bool:
        while not enough.is_set():
            try:
                chunks.put(chunk, timeout=0.1)
                return True
            except Full:
                continue
        return False

    def read() -> None:
        with suppress(sqlite3.Error, OSError):  # this session's memory is the whole answer then
            os.stat(path)  # else sqlite would make it
            connection = sqlite3.connect(path, timeout=_BUSY)
            try:
                cursor = connection.execute(query, values)
                while (chunk := cursor.fetchmany(_CHUNK)) and put(chunk):
                    pass
            finally:
                connection.close()
        put([])

    Thread(target=read, name="history reader", daemon=True).start()
    try:
        while chunk := chunks.get(timeout=_PATIENCE):
            yield from chunk
    except Empty:
        return
    finally:
        enough.set()


class _Writer:
    """The thread that owns the writing connection."""

    def __init__(self, history: History) -> None:
        import threading

        self.pid = os.getpid()
        self.path = history.path
        self._history = history
        self._connection: sqlite3.Connection | None = None
        self._wanted = threading.Event()
        self._hurry = threading.Event()
        self._changed = threading.Condition()
        self._rounds_asked = 0
        self._rounds_done = 0
        self._stopping = False
        self._asleep = True
        self._thread: threading.Thread = threading.Thread(target=self._work, name="history", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        if self._asleep:  # a lost race costs one needless wake-up, nothing else
            self._asleep = False
            self._wanted.set()

    def finish(self, timeout: float, stop: bool = False) -> bool:
        """Ask for a round without the pause and wait for it."""
        deadline = time.monotonic() + timeout
        with self._changed:
            self._rounds_asked += 1
            mine = self._rounds_asked
            self._stopping = self._stopping or stop
            self._hurry.set()
            self._wanted.set()
            while self._rounds_done < mine:
                left = deadline - time.monotonic()
                if left <= 0 or not self._thread.is_alive():
                    return self._rounds_done >= mine
                self._changed.wait(left)
        return True

    def _work(self) -> None:
        while True:
            self._wanted.wait()
            self._hurry.wait(_PAUSE)
            with self._changed:
                asked, stopping = self._rounds_asked, self._stopping
                self._hurry.clear()
            self._wanted.clear()
            self._asleep = True
            self._write()  # what could not be written waits for the next append, or for close
            with self._changed:
                self._rounds_done = asked
                self._changed.notify_all()
            if stopping:
                if self._connection is not None:
                    self._connection.close()
                return

    def _write(self) -> None:
        """Write all that waits; what cannot be written now goes on waiting."""
        import sqlite3

        history = self._history
        rows = list(history._unwritten)
        try:
            if self._connection is None:
                self._connection = _open(history.path or "", history._put_aside.append)
            with self._connection as connection:
                if history._session is None:
                    now = time.strftime("%Y-%m-%d %H:%M:%S")
                    cursor = connection.execute(
                        "INSERT INTO sessions VALUES (NULL, ?, NULL, NULL, '')", (now + ".000000",)
                    )
                    session = cursor.lastrowid or 0
                else:
                    session = history._session
                self._insert(connection, session, rows)
            history._session = session
        except sqlite3.OperationalError as error:  # locked, or a disk that is full: the rows stay in memory
            history._trouble = str(error)
            return
        except (sqlite3.DatabaseError, OSError) as error:
            # No history file can be had, or it was damaged while in use: go on with this session only.
            history._trouble = getattr(error, "strerror", None) or str(error)
            history._given_up += sum(kind == "history" for kind, _ in rows)
            history.path, history._session = None, history._session or 1
            history._unwritten.clear()
            return
        history._trouble = ""
        for row in rows:
            if history._unwritten and history._unwritten[0] is row:  # else it made room meanwhile
                history._unwritten.popleft()

    @staticmethod
    def _insert(connection: sqlite3.Connection, session: int, rows: list[tuple[str, tuple[Any, ...]]]) -> None:
        for kind, values in rows:
            if kind == "history":
                connection.execute("INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?)", (session, *values))
            elif kind == "output":
                connection.execute("INSERT OR REPLACE INTO output_history VALUES (?, ?, ?)", (session, *values))
            elif kind == "end":
                now = time.strftime("%Y-%m-%d %H:%M:%S") + ".000000"
                connection.execute(
                    "UPDATE sessions SET end = ?, num_cmds = ? WHERE session = ?", (now, values[0], session)
                )


def _open(path: str, put_aside: Callable[[str], object]) -> sqlite3.Connection:
    """The file at `path`, made 0600 when it is not there; a damaged one is put aside under a name that says so."""
    import sqlite3

    os.makedirs(os.path.dirname(path) or ".", mode=0o700, exist_ok=True)
    for attempt in (1, 2):
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, timeout=_BUSY, check_same_thread=False)
        try:
            # A lost second of history is no reason to wait for the platter.
            connection.execute("PRAGMA synchronous = OFF")
            connection.executescript(_SCHEMA)
            return connection
        except sqlite3.OperationalError:
            connection.close()
            raise
        except sqlite3.DatabaseError:
            connection.close()
            if attempt == 2:
                raise
            base, extension = os.path.splitext(path)
            aside = f"{base}-corrupt-{time.strftime('%Y%m%d-%H%M%S')}{extension}"
            os.replace(path, aside)
            put_aside(aside)
    raise AssertionError("unreachable")


def read_ranges(text: str) -> list[tuple[int, int, int | None]]:
    """`"3 4-6 ~1/7-~2/3 243/1-5 ~4"` -> (session, start, stop) each, as `History.range` takes them.

    Stop is exclusive, None is the session's end; `~n` is the n-th session before this one (session -n).
    A span over several sessions becomes one range per session. Words that are no range raise ValueError.
    """
    ranges: list[tuple[int, int, int | None]] = []
    for word in text.split():
        first, dash, last = word.partition("-")
        session, start = _point(first)
        if not dash:
            ranges.append((session, start, start + 1) if start is not None else (session, 1, None))
            continue
        start = 1 if start is None else start
        if not last:
            ranges.append((session, start, None))
            continue
        end_session, end = _point(last, session)
        stop = None if end is None else end + 1
        if end_session == session:
            ranges.append((session, start, stop))
            continue
        if end_session < session:
            raise ValueError(f"range runs backwards: {word}")
        if end_session - session > _SPAN:
            raise ValueError(f"a range over more than {_SPAN} sessions: {word}")
        ranges.append((session, start, None))
        ranges.extend((between, 1, None) for between in range(session + 1, end_session))
        ranges.append((end_session, 1, stop))
    return ranges


def _point(text: str, session: int = 0) -> tuple[int, int | None]:
    """`7`, `~1/7`, `243/1`, `~4/`, `~4`: session and number; a bare `~4` is the whole session."""
    before, slash, number = text.rpartition("/")
    if not slash and text.startswith("~"):
        before, number = text, ""
    if before:
        session = -int(before[1:]) if before.startswith("~") else int(before)
    return session, int(number) if number else None
